"""In a real Chromium: a form that waits for a proof loses nothing, and recovery codes are copied or saved as a file."""

from collections.abc import Callable
from pathlib import Path

import pyotp
from flask import Flask
from playwright.sync_api import Page, expect

from tenants.identity.users import OWNER
from tests.conftest import Database
from tests.factories import an_organisation
from tests.pages.accounts import somebody
from tests.pages.conftest import slug_of
from tests.pages.forms import local
from tests.pages.in_chromium import fill_moment, give_code, log_in_as_owner, log_in_by_password, nothing_sticks_out
from workflows.mail.words import use_operator_contact

FORGET = "update login_session set proof_at = null"
USED = "update user_totp set last_counter = 0 where user_id = :id"


def test_a_long_form_waits_for_the_proof_and_goes_on(
    browse: Callable[..., Page], app: Flask, database: Database
) -> None:
    house, page = an_organisation(), browse(viewport={"width": 360, "height": 740})
    who, secret = log_in_as_owner(page, house)
    database.outside(USED, id=who)
    page.goto(f"/o/{slug_of(house)}/breaches/new")
    page.get_by_label("Korte titel").fill("Map <kwijt> & weg")
    page.get_by_label("Wat is er gebeurd?").fill("Regel een\n\nRegel twee")
    fill_moment(page, "Wanneer is het ontdekt?", local(3))
    fill_moment(page, "Vanaf wanneer wist uw organisatie het zeker?", local(2))
    nothing_sticks_out(page)
    database.outside(FORGET)
    page.get_by_role("button", name="Vastleggen in het register").click()
    expect(page.locator("#kept")).to_contain_text("Wat u typte, is bewaard")
    nothing_sticks_out(page)
    give_code(page, secret)
    expect(page.get_by_role("heading", level=1)).to_have_text("U kunt verder")
    page.get_by_role("button", name="Ga verder met wat ik typte").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Map <kwijt> & weg")


def test_an_app_on_the_same_telephone_confirms_the_secret_that_it_was_given(
    browse: Callable[..., Page], app: Flask
) -> None:
    email, _ = somebody(an_organisation(), OWNER)
    page = browse(viewport={"width": 390, "height": 740}, permissions=["clipboard-read", "clipboard-write"])
    log_in_by_password(page, email)
    link = page.get_by_role("link", name="Openen in uw app")
    address = link.get_attribute("href") or ""
    page.get_by_role("button", name="Kopieer de sleutel").click()
    expect(page.get_by_role("status").last).to_have_text("De sleutel is gekopieerd.")
    assert address.startswith("otpauth://totp/") and pyotp.parse_uri(address).secret == copied(page)
    page.reload()
    expect(link).to_have_attribute("href", address)
    page.get_by_label("Code uit de app").fill("000000")
    page.get_by_role("button", name="Instellen", exact=True).click()
    expect(page.get_by_role("alert")).to_contain_text("Deze code klopt niet")
    expect(link).to_have_attribute("href", address)
    nothing_sticks_out(page)
    page.get_by_label("Code uit de app").fill(pyotp.TOTP(copied(page)).now())
    page.get_by_role("button", name="Instellen", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Uw herstelcodes")


def copied(page: Page) -> str:
    """What was copied last."""
    return str(page.evaluate("navigator.clipboard.readText()"))


def test_recovery_codes_are_copied_and_saved(
    browse: Callable[..., Page], app: Flask, database: Database, tmp_path: Path
) -> None:
    page = browse(viewport={"width": 360, "height": 740}, permissions=["clipboard-read", "clipboard-write"])
    log_in_as_owner(page, an_organisation())
    page.goto("/account")
    page.get_by_role("button", name="Nieuwe herstelcodes").click()
    codes = page.locator("#codes li").all_inner_texts()
    page.get_by_role("button", name="Kopiëren").click()
    expect(page.get_by_role("status")).to_contain_text("De codes zijn gekopieerd")
    assert page.evaluate("navigator.clipboard.readText()").split() == codes and len(codes) == 10
    with page.expect_download() as saved:
        page.get_by_role("link", name="Opslaan als bestand").click()
    saved.value.save_as(tmp_path / "codes.txt")
    assert (tmp_path / "codes.txt").read_text("utf-8").split() == codes
    assert saved.value.suggested_filename == "herstelcodes-meldketen.txt"
    nothing_sticks_out(page)


def test_the_only_owner_is_not_sent_to_another(browse: Callable[..., Page], app: Flask, database: Database) -> None:
    secret, house = pyotp.random_base32(), an_organisation("Bakkerij Zon")
    email, _ = somebody(house, OWNER, secret)
    use_operator_contact("088 000 11 22")
    try:
        page = browse(viewport={"width": 360, "height": 740})
        log_in_by_password(page, email)
        page.goto("/proof/lost")
        expect(page.locator("#terms-run")).to_contain_text("Die 72 uur lopen door terwijl u wacht")
        expect(page.locator("main")).to_contain_text("Bij Bakkerij Zon bent u de enige eigenaar")
        expect(page.locator("main")).to_contain_text("088 000 11 22")
        expect(page.locator("main")).not_to_contain_text("Vraag een eigenaar")
        somebody(house, OWNER)
        page.reload()
        expect(page.locator("main")).to_contain_text("Vraag een eigenaar van uw organisatie")
        expect(page.locator("main")).not_to_contain_text("de enige eigenaar")
    finally:
        use_operator_contact("")

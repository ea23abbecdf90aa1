"""In a real Chromium on a telephone: people row by row, a proposed text, a look at it, and what the approver sees."""

from collections.abc import Callable

from playwright.sync_api import Page, expect

from tests.factories import NOTICE_TEXT
from tests.pages.conftest import Reader
from tests.pages.in_chromium import has_session, nothing_sticks_out
from tests.pages.worlds import a_begun_notice

PHONE = {"width": 390, "height": 844}
PEOPLE = (("Anna Bos", "anna@lezer.nl"), ("Bram Bos", "anna@lezer.nl"), ("Chris", ""), ("Dirk", "dirk@lezer.nl"))


def test_a_notice_on_a_telephone(browse: Callable[..., Page], site: str, reader: Callable[..., Reader]) -> None:
    there = a_begun_notice(reader)
    page = browse(viewport=PHONE)
    has_session(page, there.officer, site)
    page.goto(there.page)
    page.get_by_role("button", name="Nog een persoon").click()
    for nth, (name, address) in enumerate(PEOPLE):
        page.locator(f"#f-people-{nth}-name").fill(name)
        page.locator(f"#f-people-{nth}-email").fill(address)
    nothing_sticks_out(page)
    page.get_by_role("button", name="Lijst opslaan").click()
    expect(page.locator("#f-contact")).to_have_value("Hebt u vragen? Neem contact op met [vul in: een naam of "
                                                     "afdeling].\nTelefoon: [vul in: een telefoonnummer]\n"
                                                     "E-mail: [vul in: een e-mailadres]")
    expect(page.locator("[data-sum=ready]")).to_have_text("3")
    nothing_sticks_out(page)
    page.get_by_role("button", name="Voorleggen aan een collega").click()
    expect(page.locator(".fault").first).to_contain_text("Hier staat nog een open plek")
    for part, words in NOTICE_TEXT.items():
        page.locator(f"#f-{part}").fill(words)
    page.get_by_role("button", name="Bekijk het bericht").click()
    expect(page.locator("#preview .reader").first).to_contain_text("Beste Anna Bos en Bram Bos,")
    expect(page.locator("#f-nature")).to_have_value(NOTICE_TEXT["nature"])
    page.get_by_role("button", name="Stuur een proefmail aan mijzelf").click()
    expect(page.get_by_role("status").first).to_contain_text("De proefmail gaat naar")
    page.get_by_role("button", name="Voorleggen aan een collega").click()
    page.get_by_role("link", name="1", exact=True).last.click()
    expect(page.get_by_role("row", name="Chris")).to_contain_text("krijgt geen mail")
    nothing_sticks_out(page)

    approver = browse(viewport=PHONE)
    has_session(approver, there.approver, site)
    approver.goto(there.page)
    expect(approver.locator("#next")).to_contain_text("Olga")
    expect(approver.locator("#preview .reader").first).to_contain_text("Beste A… en B…,")
    approver.get_by_role("link", name="Lijst bekijken").click()
    expect(approver.get_by_role("main")).to_contain_text("…@lezer.nl")
    nothing_sticks_out(approver)

"""An incident in a real Chromium: clients picked, checked and sent; then two colleagues call, one on a telephone."""

import os
from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Page, expect

from tests.conftest import Database
from tests.factories import a_member, an_office
from tests.pages.conftest import slug_of
from tests.pages.forms import local
from tests.pages.in_chromium import fill_moment, has_session, nothing_sticks_out
from workflows.mail.outbox import Outbox
from workflows.running.jobs import drain

Browse = Callable[..., Page]


def pictured(page: Page, name: str) -> None:
    """The picture of a page, for whoever asks for pictures."""
    if folder := os.environ.get("PICTURES"):
        page.screenshot(path=Path(folder) / f"{name}.png", full_page=True)


def test_from_picking_clients_to_a_corrected_contact(
    browse: Browse, site: str, database: Database, outbox: Outbox
) -> None:
    office = an_office(3)
    slug = slug_of(office.id)
    fenna, joris = browse(), browse(viewport={"width": 390, "height": 844})
    has_session(fenna, office.officer, site)
    has_session(joris, a_member(office.id, name="Joris Mulder"), site)
    send_to_two_of_three(fenna, slug)
    while drain(str(office.id)):
        pass
    at = first_client(slug, database)
    call_in_vain(joris, fenna, at)
    speak_and_take_back(joris, fenna, at)
    correct_the_contact(fenna)
    links = database.outside("select email from invitation order by created_at desc limit 1")
    assert links[0]["email"] == "kees@nieuw.example"


def first_client(slug: str, database: Database) -> str:
    rows = database.outside("select id, incident_id from escalation order by alarm_at, id limit 1")
    return f"/o/{slug}/incidents/{rows[0]['incident_id']}/escalations/{rows[0]['id']}"


def send_to_two_of_three(page: Page, slug: str) -> None:
    """By keyboard: search, tick, take; the check shows the message; back keeps everything, and it is sent once."""
    page.goto(f"/o/{slug}/incidents/new")
    page.get_by_label("Korte titel").fill("Back-upstation kwijt")
    page.locator("#f-description").fill("Weg na de verhuizing.")
    fill_moment(page, "Wanneer is het ontdekt?", local(3))
    fill_moment(page, "Vanaf wanneer wist uw kantoor", local(2))
    page.get_by_label("Loonadministratie, alleen verwerken").check()
    page.get_by_label("Zoek op naam of klantnummer").fill("K000")
    page.locator("button[name=look]").press("Enter")
    expect(page.locator("#found")).to_be_focused()
    expect(page.get_by_label("Korte titel")).to_have_value("Back-upstation kwijt")
    for number in ("K0002", "K0001"):
        page.locator(f'input[type="checkbox"][value="{number}"]').press("Space")
    page.get_by_role("button", name="Zet de aangevinkte").press("Enter")
    expect(page.locator("#f-clients-1-client_number")).to_have_value("K0001")
    expect(page.locator("#f-clients-0-people")).to_be_focused()
    page.locator("#f-clients-0-people").fill("12")
    pictured(page, "incident_new")
    nothing_sticks_out(page)
    page.get_by_role("button", name="Verder: nakijken").press("Enter")
    expect(page.get_by_role("heading", name="2 opdrachtgevers krijgen bericht")).to_be_visible()
    expect(page.locator("pre").first).to_contain_text("Back-upstation kwijt")
    pictured(page, "incident_check")
    nothing_sticks_out(page)
    page.get_by_role("button", name="Terug naar het formulier").press("Enter")
    expect(page.locator("#f-clients-0-people")).to_have_value("12")
    page.get_by_role("button", name="Verder: nakijken").press("Enter")
    page.get_by_role("button", name="Versturen aan 2 opdrachtgevers").press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Back-upstation kwijt")


def call_in_vain(joris: Page, fenna: Page, at: str) -> None:
    """On a telephone: Joris takes the client, Fenna sees that, and nobody answers."""
    joris.goto(at)
    expect(joris.locator("input:checked")).to_have_count(0)
    joris.get_by_role("button", name="Ik bel deze").click()
    fenna.goto(at)
    expect(fenna.locator("#caller")).to_contain_text("Joris Mulder belt deze opdrachtgever sinds")
    joris.get_by_label("Geen gehoor").check()
    expect(joris.locator("#f-called_at")).to_have_value("")
    joris.get_by_role("button", name="Nu", exact=False).and_(joris.locator("[data-now]")).click()
    expect(joris.locator("#f-called_at")).not_to_have_value("")
    expect(joris.locator("#f-called_at-time")).not_to_have_value("")
    joris.get_by_label("Wat is er gezegd?").fill("Antwoordapparaat zonder naam")
    pictured(joris, "call_390")
    nothing_sticks_out(joris)
    joris.get_by_role("button", name="Gesprek vastleggen").click()
    expect(joris.locator("#conversations")).to_contain_text("Geen gehoor")
    expect(joris.locator("#caller")).to_contain_text("Niemand belt")


def speak_and_take_back(joris: Page, fenna: Page, at: str) -> None:
    """Fenna's page is older than Joris's note: it says so and keeps what she typed. Then she takes her call back."""
    expect(fenna.locator("#caller")).to_contain_text("Niemand belt")
    fenna.get_by_label("Iemand gesproken").check()
    fenna.locator("#f-contact_name input").first.check()
    fill_moment(fenna, "Wanneer?", local(0.5))
    fenna.get_by_label("Wat is er gezegd?").fill("Stuurt vanavond de lijst")
    fenna.get_by_role("button", name="Gesprek vastleggen").click()
    expect(fenna.get_by_role("alert")).to_contain_text("Joris Mulder legde intussen iets vast")
    expect(fenna.get_by_label("Wat is er gezegd?")).to_have_value("Stuurt vanavond de lijst")
    pictured(fenna, "call_meanwhile")
    fenna.get_by_role("button", name="Gesprek vastleggen").click()
    joris.goto(at)
    expect(joris.locator("#conversations")).to_contain_text("Stuurt vanavond de lijst")
    expect(joris.locator(".timeline")).to_contain_text("Stuurt vanavond de lijst")
    fenna.get_by_role("link", name="Dit klopt niet: neem het terug").first.click()
    fenna.get_by_label("Waarom klopt het niet?").fill("Verkeerde opdrachtgever")
    nothing_sticks_out(fenna)
    fenna.get_by_role("button", name="Terugnemen").click()
    expect(fenna.locator("#conversations")).to_contain_text("Teruggenomen door Fenna de Wit")
    expect(fenna.locator(".clock .big")).not_to_have_text("klaar")
    pictured(fenna, "taken_back")


def correct_the_contact(page: Page) -> None:
    """The mail address that the client gave by telephone gets the link."""
    page.get_by_role("link", name="Wijzig dit contact").first.click()
    page.get_by_label("E-mailadres").fill("")
    page.get_by_label("Telefoonnummer").fill("")
    page.get_by_role("button", name="Opslaan en link sturen").click()
    expect(page.get_by_role("alert")).to_contain_text("Anders kan niemand dit contact bereiken")
    page.get_by_label("E-mailadres").fill("kees@nieuw.example")
    page.get_by_role("button", name="Opslaan en link sturen").click()
    expect(page.locator("#contacts")).to_contain_text("kees@nieuw.example")
    nothing_sticks_out(page)

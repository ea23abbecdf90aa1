"""The whole chain in a real Chromium: the office's form, its board, a controller's breach, and its notice."""

from collections.abc import Callable
from uuid import UUID

from flask import Flask
from playwright.sync_api import Page, expect

from tenants.identity.invitations import invitation_of
from tenants.identity.users import APPROVER, HANDLER, PRIVACY_OFFICER, add_user, make_member
from tenants.isolation import acting_for_nobody
from tests.conftest import Database
from tests.factories import NOTICE_TEXT, Office, an_office, sendgrid_tells, verified
from tests.pages.forms import local
from tests.pages.in_chromium import fill_moment, nothing_sticks_out
from tests.pages.worlds import READERS_CSV
from workflows.mail.outbox import Outbox
from workflows.running.jobs import drain

PASSWORD = "vier losse woorden"
WRONG = "klantnummer;betrokkenen\nK0001;12\nX999;3\nK0002;8\n"
Browse = Callable[..., Page]


def a_login(organisation: UUID, email: str, name: str, role: str) -> None:
    """Somebody with a password and a role."""
    with acting_for_nobody():
        make_member(add_user(email, name, PASSWORD).id, organisation, role)


def proven(database: Database) -> None:
    """Everybody who is logged in has just given a second factor; how that is done has tests of its own."""
    database.outside("update login_session set proof_at = now()")


def log_in(page: Page, email: str) -> None:
    """As a person does it, who sees the next page before going anywhere else."""
    page.goto("/")
    page.get_by_label("E-mailadres").fill(email)
    page.get_by_label("Wachtwoord").fill(PASSWORD)
    page.get_by_role("button", name="Inloggen", exact=True).click()
    page.wait_for_url(lambda url: "/login" not in url)


def work_on(organisation: UUID) -> None:
    """What a worker does until nothing is ready."""
    while drain(str(organisation)):
        pass


def test_from_the_incident_to_the_last_reader(
    browse: Browse, app: Flask, database: Database, outbox: Outbox
) -> None:
    office = an_office(3)
    a_login(office.id, "fenna@delinde.nl", "Fenna de Wit", PRIVACY_OFFICER)
    fenna, anna, bram, joris = browse(), browse(), browse(), browse()
    log_in(fenna, "fenna@delinde.nl")
    record_incident(fenna)
    inform(fenna, office, outbox)
    link, controller = first_link(outbox)
    open_register(anna, link, database)
    verified(database.config.owner_url(), controller)
    a_login(controller, "bram@client.nl", "Bram Jansen", APPROVER)
    a_login(controller, "joris@client.nl", "Joris Mulder", HANDLER)
    assess_and_draft(anna)
    log_in(bram, "bram@client.nl")
    proven(database)
    approve(bram, "Goedkeuren")
    work_on(controller)
    write_notice(anna)
    proven(database)
    approve(bram, "Goedkeuren")
    log_in(joris, "joris@client.nl")
    prove_first(joris)
    proven(database)
    release(joris)
    follow(anna, controller, outbox)


def record_incident(page: Page) -> None:
    """Of a file with an unknown client what fits is taken, and the form goes on as it was typed: it becomes a board."""
    page.get_by_role("link", name="Incidenten").click()
    page.get_by_role("link", name="Incident vastleggen").click()
    nothing_sticks_out(page)
    page.get_by_label("Korte titel").fill("Back-upstation kwijt")
    page.locator("#f-description").fill("Weg na de verhuizing.")
    fill_moment(page, "Wanneer is het ontdekt?", local(3))
    fill_moment(page, "Vanaf wanneer wist uw kantoor", local(2))
    page.get_by_label("Loonadministratie, alleen verwerken").check()
    page.get_by_label("Burgerservicenummer (BSN)").check()
    page.get_by_label("Bestand met opdrachtgevers").set_input_files(
        {"name": "klanten.csv", "mimeType": "text/csv", "buffer": WRONG.encode()}
    )
    page.get_by_role("button", name="Deze lijst inlezen").click()
    page.get_by_role("button", name="Verder: kijken wat past").click()
    page.get_by_role("button", name="Klopt niet: 1 rij").click()
    expect(page.locator("#main")).to_contain_text("X999")
    page.get_by_role("button", name="Overnemen wat past: 2 van 3").click()
    expect(page.get_by_label("Korte titel")).to_have_value("Back-upstation kwijt")
    expect(page.get_by_label("Burgerservicenummer (BSN)")).to_be_checked()
    nothing_sticks_out(page)
    page.get_by_role("button", name="Verder: nakijken").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Kijk dit na voor u verstuurt")
    nothing_sticks_out(page)
    page.get_by_role("button", name="Versturen aan 2 opdrachtgevers").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Back-upstation kwijt")


def inform(page: Page, office: Office, outbox: Outbox) -> None:
    """The board counts by itself while the messages arrive."""
    expect(page.locator(".big")).to_contain_text("0 van 2")
    nothing_sticks_out(page)
    work_on(office.id)
    sendgrid_tells(outbox.mails)
    work_on(office.id)
    expect(page.locator("[data-sum=informed_in_time]")).to_have_text("2")
    page.reload()
    nothing_sticks_out(page)


def first_link(outbox: Outbox) -> tuple[str, UUID]:
    """What the first contact was mailed, and for which controller."""
    values = outbox.mails[0].people[0].substitutions.values()
    token = next(value for value in values if "/receipt/" in value).rpartition("/")[2]
    with acting_for_nobody():
        return f"/receipt/{token}", invitation_of(token).organisation_id


def open_register(page: Page, link: str, database: Database) -> None:
    """The contact confirms receipt, makes an account, and sees the clock."""
    page.goto(link)
    page.get_by_label("Uw naam").fill("Anna Bakker")
    page.get_by_role("button", name="Ontvangst bevestigen").click()
    expect(page.get_by_label("Uw naam")).to_have_value("Anna Bakker")
    page.get_by_label("Kies een wachtwoord").fill(PASSWORD)
    page.get_by_role("button", name="Account maken").click()
    page.wait_for_url("**/proof?next=**")
    proven(database)
    page.goto("/")
    page.get_by_role("main").get_by_role("link", name="Risico beoordelen").click()
    expect(page.locator(".big time")).to_have_text("71 u 59")
    nothing_sticks_out(page)


def assess_and_draft(page: Page) -> None:
    """The advice grows while one answers; who departs from it says why. Then it is somebody else's turn."""
    page.locator("#all-questions > summary").click()
    advice = page.locator(".advice")
    expect(advice).to_contain_text("Melden aan de AP: Staat nog niet vast")
    for name, value in {"nature": "confidentiality", "recipients": "unknown", "protection": "none"}.items():
        page.locator(f"[name='facts.{name}'][value={value}]").check()
    expect(advice).to_contain_text("Betrokkenen informeren: Ja")
    expect(page.locator("#q-copy")).to_be_hidden()
    page.get_by_label("Geld: inkomen, rekening").check()
    page.get_by_label("Volledige gegevens waarmee fraude kan").check()
    expect(advice).to_contain_text("vragen open")
    nothing_sticks_out(page)
    page.get_by_label("Onwaarschijnlijk:").check()
    page.get_by_label("Waarom vindt u dat?").fill("Het valt wel mee.")
    expect(page.get_by_label("Waarom wijkt u af van het advies?")).to_be_visible()
    page.get_by_role("button", name="Beoordeling opslaan").click()
    expect(page.get_by_role("alert")).to_contain_text("Schrijf op welke feiten voor u zwaarder wegen")
    expect(page.get_by_label("Geld: inkomen, rekening")).to_be_checked()
    page.get_by_label("Waarom wijkt u af van het advies?").fill("De tape is onleesbaar.")
    page.get_by_role("button", name="Beoordeling opslaan").click()
    expect(page.get_by_text("De tape is onleesbaar.").first).to_be_visible()
    assess_again(page)
    page.get_by_label("Melden aan de AP", exact=True).check()
    page.get_by_label("Waarom dit besluit?").fill("Hoog risico.")
    nothing_sticks_out(page)
    page.get_by_role("button", name="Voorleggen aan een collega").click()
    expect(page.get_by_text("Nu is aan zet: Bram Jansen.").first).to_be_visible()
    fill_in_form(page)


def assess_again(page: Page) -> None:
    """It was a high risk after all: as advised, so nothing is left to explain."""
    page.get_by_role("link", name="opnieuw doen").click()
    page.wait_for_url("**again=assess**")  # until it is loaded it still goes to its place, away from under a click
    page.get_by_label("Hoog risico:").check()
    page.get_by_label("Waarom wijkt u af van het advies?").fill("")
    expect(page.get_by_label("Waarom wijkt u af van het advies?")).to_be_hidden()
    page.get_by_label("Waarom vindt u dat?").fill("BSN en loon, niet versleuteld.")
    page.get_by_role("button", name="Beoordeling opslaan").click()


def fill_in_form(page: Page) -> None:
    """From what is missing to the question itself, and back with one gap less."""
    page.get_by_role("link", name="3.2.1 Telefoon melder").first.click()
    page.get_by_role("textbox", name="Telefoon melder").fill("010 123")
    page.get_by_role("textbox", name="Functie melder").fill("privacy officer")
    nothing_sticks_out(page)
    page.get_by_role("button", name="Antwoorden opslaan").first.click()
    expect(page.get_by_role("status").first).to_contain_text("Veranderde antwoorden: 2")
    page.get_by_role("link", name="Terug naar het datalek").click()
    expect(page.get_by_text("Een voorlopige melding kan nu al.")).to_be_visible()


def approve(page: Page, button: str) -> None:
    """From the overview to the decision, by another person."""
    page.goto("/")
    page.get_by_role("main").get_by_role("link", name="Goedkeuren").click()
    nothing_sticks_out(page)
    page.get_by_role("button", name=button, exact=True).click()
    expect(page.get_by_role("status").first).to_contain_text("Uw beslissing is vastgelegd")


def prove_first(page: Page) -> None:
    """Who has not shown a second factor lately is led there, instead of to the button."""
    page.goto("/")
    page.get_by_role("main").get_by_role("link", name="De mededeling versturen").click()
    expect(page.get_by_role("link", name="Bevestigen wie ik ben")).to_be_visible()
    expect(page.get_by_role("button", name="Nu versturen aan 3 mensen")).to_be_hidden()
    nothing_sticks_out(page)


def release(page: Page) -> None:
    """A third person lets it go."""
    page.reload()
    expect(page.get_by_text("U kunt dit niet terugdraaien")).to_be_visible()
    page.get_by_role("button", name="Nu versturen aan 3 mensen").click()
    expect(page.get_by_role("status").first).to_contain_text("Het bericht gaat nu op weg")


def write_notice(page: Page) -> None:
    """The people, and the four parts."""
    page.reload()
    page.get_by_role("link", name="Naar de mededeling").click()
    page.get_by_text("Of plak rijen uit een mail of een spreadsheet").click()
    page.locator("#f-pasted").fill(READERS_CSV)
    page.get_by_role("button", name="Bestand lezen").click()
    page.get_by_role("button", name="Verder: kijken wat past").click()
    page.get_by_role("button", name="Alle 3 rijen overnemen").click()
    for part, words in NOTICE_TEXT.items():
        page.locator(f"#f-{part}").fill(words)
    page.get_by_role("button", name="Voorleggen aan een collega").click()
    expect(page.locator(".reader").first).to_contain_text("Een back-up is kwijt.")


def follow(page: Page, organisation: UUID, outbox: Outbox) -> None:
    """The sums follow by themselves; in the other language they are the same."""
    page.reload()
    sent = len(outbox.mails)
    work_on(organisation)
    sendgrid_tells(outbox.mails[sent:])
    expect(page.locator(".big [data-sum=delivered]")).to_have_text("3")
    expect(page.get_by_role("cell", name="3", exact=True).first).to_be_visible()
    nothing_sticks_out(page)
    page.get_by_role("button", name="English").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Inform 3 people")
    expect(page.locator("html")).to_have_attribute("lang", "en")

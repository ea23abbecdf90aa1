"""On a telephone: an ordinary case is assessed by questions, and its answers are copied and printed."""

from collections.abc import Callable

from playwright.sync_api import Page, expect

from tenants.history.entries import Actor
from tests.conftest import Database
from tests.pages.assessing import MOST_WORDS, Client
from tests.pages.conftest import Reader
from tests.pages.in_chromium import has_session, nothing_sticks_out

PHONE = {"width": 390, "height": 844}
SEEN = """main => main.innerText.split(/\\s+/).filter(word => /[\\p{L}\\p{N}]/u.test(word)).length"""


def next_screen(page: Page) -> int:
    """Go on; returns how many words this screen shows."""
    words: int = page.locator("main").evaluate(SEEN)
    page.get_by_role("button", name="Verder").press("Enter")
    return words


def prints_what_is_folded(page: Page) -> None:
    """What more there is to say of the term is folded on a screen, and stands on paper."""
    folded = page.get_by_text("Het wettelijke einde is later")
    expect(folded).to_be_hidden()
    page.emulate_media(media="print")
    expect(folded).to_be_visible()
    page.emulate_media(media="screen")


def test_an_ordinary_case_on_a_telephone(
    browse: Callable[..., Page], reader: Callable[[Actor], Reader], site: str, app: object, database: Database
) -> None:
    client = Client(reader)
    database.outside("update breach set due_at = alarm_at + interval '1 day' where id = :id", id=client.breach_id)
    page = browse(viewport=PHONE, permissions=["clipboard-read", "clipboard-write"])
    has_session(page, client.anna_herself, site)
    page.goto(client.page)
    prints_what_is_folded(page)
    page.get_by_role("link", name="Begin: één vraag per keer").click()
    expect(page.get_by_role("heading", name="De Linde Accountants zei dit al. Klopt het?")).to_be_visible()
    nothing_sticks_out(page)
    words: int = page.locator("main").evaluate(SEEN)
    page.get_by_role("button", name="Ja, dit klopt").click()
    page.get_by_label("Nee", exact=True).check()
    words += next_screen(page)
    page.get_by_label("Hoog risico:").check()
    page.get_by_label("Waarom vindt u dat?").fill("Een laptop zonder slot, met BSN.")
    expect(page.get_by_label("Waarom wijkt u af van het advies?")).to_be_hidden()
    words += page.locator("main").evaluate(SEEN)
    assert words <= MOST_WORDS
    nothing_sticks_out(page)
    page.get_by_role("button", name="Beoordeling opslaan").click()
    expect(page.get_by_role("status").first).to_contain_text("De beoordeling is opgeslagen")
    page.get_by_role("link", name="Antwoorden bekijken").click()
    page.get_by_role("button", name="Kopieer Naam organisatie").click()
    expect(page.get_by_text("Gekopieerd")).to_be_visible()
    assert page.evaluate("navigator.clipboard.readText()") == page.locator("#answer-organisation_name").inner_text()
    nothing_sticks_out(page)

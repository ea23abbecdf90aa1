"""In a real Chromium: files of the field become the list of a notice, by mouse and by keyboard, also on a telephone."""

from collections.abc import Callable
from importlib.resources import files
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.factories import Office
from tests.pages.in_chromium import NARROW, has_session, nothing_sticks_out
from tests.pages.worlds import Controller, Login, a_begun_notice

AXE = files("axe_playwright_python") / "axe.min.js"
FILES = Path("tests/reading/files").resolve()
CLUB, FAMILIES, SIGNS = (next(FILES.glob(f"{nth}-*")) for nth in ("01", "04", "12"))


@pytest.fixture
def there(reader: Login) -> Controller:
    return a_begun_notice(reader)


def clean(page: Page) -> None:
    """Nothing sticks out at 320 pixels, with everything opened, and axe objects to nothing."""
    page.evaluate("document.querySelectorAll('details').forEach((part) => { part.open = true; })")
    nothing_sticks_out(page)
    page.evaluate(AXE.read_text("utf-8"))
    judged = page.evaluate("axe.run('main', {resultTypes: ['violations']})")
    assert [(found["id"], found["nodes"][0]["html"]) for found in judged["violations"]] == []


def press(page: Page, name: str) -> None:
    """The button of this name, reached and pressed by keyboard alone."""
    button = page.get_by_role("button", name=name)
    for _ in range(80):
        page.keyboard.press("Tab")
        if button.evaluate("(wanted) => wanted === document.activeElement"):
            return page.keyboard.press("Enter")
    raise AssertionError(f"{name} cannot be reached")


def test_three_files_of_the_field(browse: Callable[..., Page], site: str, there: Controller) -> None:
    page = browse(viewport={"width": 1280, "height": 900})
    has_session(page, there.officer, site)
    page.goto(there.page)
    clean(page)
    page.get_by_label("Kies een bestand met de mensen").set_input_files(
        {"name": "lijst.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.4"}
    )
    page.get_by_role("button", name="Bestand lezen").click()
    expect(page.locator(".fault")).to_contain_text("Dit is een PDF")
    expect(page.locator("[data-focus]")).to_be_focused()
    clean(page)
    page.get_by_label("Kies een bestand met de mensen").set_input_files(CLUB)
    page.get_by_role("button", name="Bestand lezen").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Wat staat er in de kolommen?")
    expect(page.get_by_label("Op welke rij staan de namen")).to_have_value("3")
    expect(page.get_by_label("Tussenv.")).to_have_value("infix")
    clean(page)
    page.get_by_role("button", name="Verder: kijken wat past").click()
    expect(page.locator("#names")).to_contain_text("Beste Björn van der Kooi,")
    clean(page)
    page.get_by_role("button", name="Alle 5 rijen overnemen").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("5 mensen informeren")
    expect(page.get_by_role("button", name="Ongedaan maken")).to_be_visible()
    clean(page)


def test_by_keyboard_on_a_telephone(browse: Callable[..., Page], site: str, there: Controller) -> None:
    page = browse(viewport=NARROW)
    has_session(page, there.officer, site)
    for file, taken in ((FAMILIES, "Alle 10 rijen overnemen"), (SIGNS, "Alle 8 rijen overnemen")):
        page.goto(f"{there.page}?again=recipients")
        page.get_by_label("Kies een bestand met de mensen").set_input_files(file)
        press(page, "Bestand lezen")
        expect(page.get_by_role("heading", level=1)).to_have_text("Wat staat er in de kolommen?")
        press(page, "Verder: kijken wat past")
        expect(page.get_by_role("heading", level=1)).to_have_text("Wat past er, en wat niet?")
        clean(page)
        if file == SIGNS:
            page.get_by_label("In de plaats komen van de lijst").focus()
            page.keyboard.press("Space")
        press(page, taken)
        expect(page.get_by_role("status").first).to_contain_text("is overgenomen")
    expect(page.get_by_role("heading", level=1)).to_have_text("8 mensen informeren")


def test_proposals_are_accepted_and_enter_in_the_search_takes_nothing(
    browse: Callable[..., Page], site: str, there: Controller
) -> None:
    page = browse(viewport=NARROW)
    has_session(page, there.officer, site)
    page.goto(there.page)
    rows = "naam;e-mail\nBob;b@x.nl, c@x.nl\nCas;cas [at] example.nl\nDia;dia [at] example.nl\n"
    page.get_by_label("Kies een bestand met de mensen").set_input_files(
        {"name": "lijst.csv", "mimeType": "text/csv", "buffer": rows.encode()}
    )
    press(page, "Bestand lezen")
    expect(page.get_by_role("heading", level=1)).to_have_text("Wat staat er in de kolommen?")
    press(page, "Verder: kijken wat past")
    expect(page.get_by_role("heading", level=1)).to_have_text("Wat past er, en wat niet?")
    press(page, "Klopt niet")
    page.wait_for_url("**show=faults**")
    clean(page)
    press(page, "Neem beide voorstellen")
    expect(page.locator("[data-focus]")).to_be_focused()
    expect(page.locator(".big")).to_contain_text("2 van 3 rijen passen")
    press(page, "Neem c@x.nl")
    expect(page.locator(".big")).to_contain_text("3 van 3 rijen passen")
    clean(page)
    page.get_by_label("Zoek iemand").fill("cas")
    page.keyboard.press("Enter")
    expect(page.locator("#found")).to_contain_text("1 rij met")
    press(page, "Alle 3 rijen overnemen")
    expect(page.get_by_role("heading", level=1)).to_have_text("3 mensen informeren")


def test_a_list_of_an_incident_is_sent_with_a_bar(
    browse: Callable[..., Page], site: str, office: Office, path: Callable[..., str], tmp_path: Path
) -> None:
    page = browse(viewport=NARROW)
    has_session(page, office.officer, site)
    page.goto(path("/incidents/new"))
    page.locator("#f-title").fill("Back-up weg")
    with (tmp_path / "groot.csv").open("wb") as large:
        large.truncate(34 * 1024 * 1024)
    requests = list[str]()
    page.on("request", lambda request: requests.append(request.method))
    page.locator("#f-clients_list_file").set_input_files(tmp_path / "groot.csv")
    expect(page.locator("[data-upload-said]")).to_contain_text("te groot: hoogstens 30 MB")
    page.locator("[data-sends-file]").click()
    expect(page.locator("#f-clients_list_file")).to_be_focused()
    assert "POST" not in requests, "a file that is too large is not sent"
    sent = [{"name": "a.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.4"},
            {"name": "a.csv", "mimeType": "text/csv", "buffer": b"klantnummer;aantal\nK0001;5\n"}]  # fmt: skip
    for file, said in zip(sent, ("Dit is een PDF", "Wat staat er in de kolommen?"), strict=True):
        page.locator("#f-clients_list_file").set_input_files(file)  # type: ignore[arg-type]
        expect(page.locator("main")).not_to_contain_text("te groot")
        page.locator("[data-sends-file]").click()
        expect(page.locator("main")).to_contain_text(said)

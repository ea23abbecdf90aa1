"""A board with 5,000 clients in a real Chromium: it loads, changes by itself, is searched, and says when it is old."""

import re
from collections.abc import Callable
from importlib.resources import files
from uuid import UUID

from playwright.sync_api import Page, expect

from tenants.isolation import acting_for
from tenants.register.escalations import board
from tests.conftest import Database
from tests.factories import Office, a_member, an_incident, an_office
from tests.pages.conftest import slug_of
from tests.pages.in_chromium import has_session, nothing_sticks_out
from tests.worlds.large_board import grow
from workflows.escalation.calling import let_go, take
from workflows.escalation.escalation import inform

AXE = files("axe_playwright_python") / "axe.min.js"
CLIENTS, EACH, UNANSWERED, QUIET = 5000, 3000, 10000, 31000
CALLED = """update escalation set informed_at = now(), informed_how = 'phone'
             where controller_name in ('Bakkerij nummer 2', 'Bakkerij nummer 4000')"""


def look(page: Page) -> None:
    """Let the page look once."""
    with page.expect_response("**/board.json*"):
        page.clock.fast_forward(EACH)


def test_a_board_of_five_thousand_is_live_searched_and_says_when_it_is_old(
    browse: Callable[..., Page], site: str, database: Database
) -> None:
    office = an_office(1)
    incident = an_incident(office)
    with acting_for(office.id):
        list(inform(board(incident.id, 1)))
    grow(database.outside, incident.id, CLIENTS)
    page = browse()
    page.clock.install()
    has_session(page, office.officer, site)
    page.goto(f"/o/{slug_of(office.id)}/incidents/{incident.id}")
    changes_by_itself(page, database)
    shows_who_calls(page, incident.id, office)
    is_read_with_the_keyboard(page)
    says_when_it_is_old(page, site)
    nothing_sticks_out(page)
    page.emulate_media(media="print")
    expect(page.get_by_role("link", name="Op deze afdruk: 50 van 5.000")).to_be_visible()
    page.emulate_media(media="screen")
    is_for_everybody(page)
    page.get_by_label("Zoek een opdrachtgever").fill("nummer 4000")
    page.get_by_role("main").get_by_role("button", name="Zoeken").click()
    expect(page.locator("[data-row]")).to_have_count(1)
    expect(page.locator("[data-row]")).to_contain_text("Per telefoon geïnformeerd")
    shows_who_calls_elsewhere(page, incident.id, office, database)


def test_whom_to_call_now_is_spoken(browse: Callable[..., Page], site: str, database: Database) -> None:
    office = an_office(2)
    incident = an_incident(office)
    page = browse()
    page.clock.install()
    has_session(page, office.officer, site)
    page.goto(f"/o/{slug_of(office.id)}/incidents/{incident.id}")
    spoken = page.locator("[data-announcer]")
    for count, words in ((1, "Bel 1 opdrachtgever"), (2, "Bel 2 opdrachtgevers")):
        database.outside("""update escalation set call_needed_at = now() where id in (
            select id from escalation where incident_id = :id order by id limit :count)""", id=incident.id, count=count)
        look(page)
        page.clock.fast_forward(QUIET)
        expect(spoken).to_contain_text(words)
        expect(page.get_by_role("link", name=words)).to_be_visible()


def changes_by_itself(page: Page, database: Database) -> None:
    """Sums, tiles and rows change together."""
    expect(page.locator(".tiles i")).to_have_count(CLIENTS)
    expect(page.locator("[data-sum=under_way]")).to_have_text("5.000")
    database.outside(CALLED)
    look(page)
    expect(page.locator("#states [data-sum=informed]")).to_have_text("2")
    expect(page.locator(".tiles i.informed")).to_have_count(2)
    expect(page.get_by_role("row").filter(has_text="Bakkerij nummer 2").first).to_contain_text("op tijd")
    expect(page.locator("[data-stale]")).to_be_hidden()


def shows_who_calls(page: Page, incident: UUID, office: Office) -> None:
    """A row changes in place, also while somebody stands on a link in it."""
    row, link = page.locator("[data-row]").first, page.locator("[data-row] td:last-child a").first
    link.focus()
    with acting_for(office.id):
        take(board(incident, 1)[0].id, None, office.officer)
    look(page)
    expect(row).to_contain_text(f"{office.officer.name} belt nu, sinds")
    expect(link).to_be_focused()
    expect(page.locator("[data-row]")).to_have_count(50)


def shows_who_calls_elsewhere(page: Page, incident: UUID, office: Office, database: Database) -> None:
    """On the client's own page and on the call list, also while somebody stands on a button there."""
    with acting_for(office.id):
        client = board(incident, 1)[0].id
    database.outside("update escalation set call_needed_at = now() where id = :id", id=client)
    colleague = a_member(office.id, name="Joris Mulder")
    base = f"/o/{slug_of(office.id)}/incidents/{incident}"
    for address, button in ((f"{base}/escalations/{client}", "#caller button"), (f"{base}/calls", "ol .button")):
        with acting_for(office.id):
            let_go(client, colleague)
        page.goto(address)
        expect(page.get_by_text("Joris Mulder belt")).to_have_count(0)
        page.locator(button).focus()
        with acting_for(office.id):
            take(client, None, colleague)
        with page.expect_response(re.compile(r"/(caller|calls)\.json")):
            page.clock.fast_forward(2 * EACH)
        expect(page.locator("main").get_by_text("Joris Mulder belt deze opdrachtgever sinds")).to_be_visible()


def is_for_everybody(page: Page) -> None:
    """Axe finds no fault. It judges 60 of the tiles, which are all alike: it takes a minute for 5,000."""
    page.locator(".tiles").press("Home")
    page.locator(".tiles").evaluate("tiles => tiles.replaceChildren(...[...tiles.children].slice(0, 60))")
    page.evaluate(AXE.read_text("utf-8"))
    judged = page.evaluate("axe.run('.board, [data-list]', {resultTypes: ['violations']})")
    assert judged["passes"] and [(v["id"], v["nodes"][0]["html"]) for v in judged["violations"]] == []


def is_read_with_the_keyboard(page: Page) -> None:
    """The tiles are one stop, and the arrows go from client to client."""
    page.locator(".tiles").focus()
    page.keyboard.press("ArrowRight")
    expect(page.locator("[data-tile]")).to_have_text("Bakkerij nummer 2: geïnformeerd")
    page.keyboard.press("End")
    expect(page.locator(".tiles [role=option]")).to_have_accessible_name(
        f"Bakkerij nummer {CLIENTS}: bericht onderweg, nog meer dan 6 uur"
    )


def says_when_it_is_old(page: Page, site: str) -> None:
    """After two misses, with a link when the login is over; it is well again by itself."""
    lost, login = page.locator("[data-lost]"), page.get_by_role("link", name="Log opnieuw in")
    page.route("**/board.json*", lambda route: route.fulfill(status=403))
    look(page)
    look(page)
    expect(lost).to_contain_text(re.compile(r"kan deze pagina nu niet bijwerken: de cijfers zijn van \d\d:\d\d"))
    expect(page.locator("time[data-old]").first).to_be_visible()
    expect(login).to_be_hidden()
    page.unroute("**/board.json*")
    look(page)
    expect(lost).to_be_hidden()
    expect(page.locator("time[data-old]")).to_have_count(0)
    page.route("**/board.json*", lambda route: None)
    for _ in range(2):
        with page.expect_event("requestfailed"):
            page.clock.fast_forward(EACH)
            page.clock.fast_forward(UNANSWERED)
    expect(lost).to_contain_text("Er is geen verbinding. Deze pagina werkt zichzelf niet bij")
    page.unroute("**/board.json*")
    look(page)
    expect(lost).to_be_hidden()
    cookies = page.context.cookies()
    page.context.clear_cookies()
    look(page)
    look(page)
    expect(login).to_be_visible()
    expect(lost).to_contain_text("U bent uitgelogd. Deze pagina werkt zichzelf niet meer bij: de cijfers zijn van")
    nothing_sticks_out(page)
    page.context.add_cookies(cookies)  # type: ignore[arg-type]
    look(page)
    expect(lost).to_be_hidden()

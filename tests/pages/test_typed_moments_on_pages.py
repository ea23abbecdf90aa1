"""Days and times on forms: typed day before month, told back with the weekday, and "now" only when it is pressed."""

import re
from collections.abc import Callable
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import Page, expect
from werkzeug.datastructures import MultiDict

from service.schemas.fields import Day
from service.schemas.moment import Moment
from service.schemas.resource import Resource
from service.typed.document import typed_document
from tenants.history.entries import Actor
from tests.factories import a_member, an_organisation
from tests.house.reading import ROOT, TEMPLATES
from tests.pages.conftest import Reader, slug_of
from tests.pages.forms import local
from tests.pages.in_chromium import fill_moment, has_session, nothing_sticks_out

NATIVE = re.compile(r"""type=["'](?:date|datetime-local|time|month|week)["']|toLocale(?:Date|Time)?String""")
FOUND, SURE = "found_at", "became_aware_at"
NEW = {"title": "Laptop weg", "description": "Uit de auto.", "moments_confirmed": "true"}
TYPED = {"found_at.day": "dinsdag 24 november 2026", "found_at.time": "8.05",
         "became_aware_at.day": "24/11/2026", "became_aware_at.time": "0906"}  # fmt: skip


@pytest.fixture
def officer(app: object) -> tuple[Actor, str]:
    """Somebody of a bakery, and where they record a breach."""
    house = an_organisation("Bakkerij")
    return a_member(house), f"/o/{slug_of(house)}/breaches/new"


def kinds(of: type[Resource]) -> set[type[Resource]]:
    return {of}.union(*(kinds(kind) for kind in of.__subclasses__()))


def test_no_page_has_a_field_that_a_browser_shows_in_its_own_order() -> None:
    files = [*TEMPLATES, *sorted((ROOT / "service/web/static").glob("*.js"))]
    assert len(files) > 100 and [file.name for file in files if NATIVE.search(file.read_text("utf-8"))] == []


def test_every_moment_of_every_form_is_read_from_its_two_fields_and_from_one() -> None:
    seen = 0
    for kind in kinds(Resource):
        schema = kind()
        for name, field in schema.load_fields.items():
            ways = []
            if isinstance(field, Moment):
                ways = [{f"{name}.day": "3-12-2026", f"{name}.time": "14:05"}, {name: "2026-12-03T14:05"}]
            elif isinstance(field, Day):
                ways = [{name: "3 december 2026"}, {name: "2026-12-03"}]
            for way in ways:
                seen += 1
                read = typed_document(schema, MultiDict(way))[name]
                assert read == ("2026-12-03T14:05" if isinstance(field, Moment) else "2026-12-03"), (kind, name)
    assert seen > 20


def test_a_moment_is_stored_exactly_as_it_was_typed(
    officer: tuple[Actor, str], reader: Callable[[Actor], Reader]
) -> None:
    who, at = officer
    there = reader(who)
    sent = there.send(at, NEW | TYPED)
    assert sent.status_code == 303, sent.text
    page = there.see(sent.headers["Location"])
    assert "24 november" in page and "08:05" in page and "09:06" in page


@pytest.mark.parametrize(("day", "clock", "words"), [
    ("11/24/2026", "8:05", "Bedoelt u dinsdag 24 november 2026?"),
    ("maandag 24-11-2026", "8:05", "in de kalender is dat dinsdag 24 november 2026"),
    ("24-11-26", "8:05", "met vier cijfers"), ("24-11-2026", "", "Vul bij dinsdag 24 november 2026 ook de tijd in"),
    ("24-11-2026", "24:00", "het begin van de volgende dag"), ("", "8:05", "Vul ook de dag in"),
    ("29-3-2026", "2:30", "de klok ging toen een uur vooruit"), ("25-10-2026", "2:30", "Deze tijd was er twee keer"),
    ("24-11-2126", "8:05", "ligt in de toekomst"),
])  # fmt: skip
def test_what_cannot_be_is_said_at_its_field_and_stays_as_it_was_typed(
    officer: tuple[Actor, str], reader: Callable[[Actor], Reader], day: str, clock: str, words: str
) -> None:
    who, at = officer
    wrong = {"found_at.day": day, "found_at.time": clock, "became_aware_at.day": "24-11-2026"}
    sent = reader(who).send(at, NEW | wrong)
    assert sent.status_code == 422 and words in sent.text and 'href="#f-found_at"' in sent.text
    assert f'name="found_at.day" value="{day}"' in sent.text and f'name="found_at.time" value="{clock}"' in sent.text
    assert "Vul bij dinsdag 24 november 2026 ook de tijd in" in sent.text, "all faults at once"


def test_what_was_understood_stands_beside_the_fields_when_a_form_comes_back(
    officer: tuple[Actor, str], reader: Callable[[Actor], Reader]
) -> None:
    who, at = officer
    sent = reader(who).send(at, {**TYPED, "title": ""})
    assert "dinsdag 24 november 2026, 08:05" in sent.text and 'value="dinsdag 24 november 2026"' in sent.text
    there = reader(who)
    there.client.set_cookie("language", "en")
    english = there.send(at, {"found_at": "2026-11-24T08:05"}).text
    assert 'name="found_at.day" value="24/11/2026"' in english and "Tuesday 24 November 2026, 08:05" in english


def test_a_browser_of_new_york_types_and_reads_dutch_days(
    officer: tuple[Actor, str], browse: Callable[..., Page], site: str
) -> None:
    who, at = officer
    page = browse(locale="en-US", timezone_id="America/New_York")
    has_session(page, who, site)
    page.goto(at)
    group = page.get_by_role("group", name="Wanneer is het ontdekt?")
    understood = group.locator("[data-understood]")
    group.get_by_label("Dag").fill("3/2/2026")
    expect(understood).to_have_text("")
    group.get_by_label("Tijd").press_sequentially("1405")
    expect(understood).to_have_text("dinsdag 3 februari 2026, 14:05")
    group.get_by_label("Dag").fill("2/30/2026")
    group.get_by_label("Tijd").focus()
    page.get_by_label("Wat is er gebeurd?").focus()
    expect(understood).to_contain_text("staat niet in de kalender")
    nothing_sticks_out(page)


def test_what_cannot_be_read_is_said_when_its_field_is_left_and_what_may_follow_is_not(
    officer: tuple[Actor, str], browse: Callable[..., Page], site: str
) -> None:
    who, at = officer
    page = browse()
    has_session(page, who, site)
    page.goto(at)
    group = page.get_by_role("group", name="Wanneer is het ontdekt?")
    day, clock, understood = group.get_by_label("Dag"), group.get_by_label("Tijd"), group.locator("[data-understood]")
    for typed, said in (("27-11", "ook het jaar in"), ("gisteren", "kunnen we niet als dag lezen")):
        day.fill(typed)
        clock.focus()
        expect(understood).to_contain_text(said)
        expect(understood).not_to_contain_text("tijd")
    day.fill("3-2-2026")
    clock.focus()
    expect(understood).to_have_text("")
    clock.fill("9")
    page.get_by_label("Wat is er gebeurd?").focus()
    expect(understood).to_contain_text("typ dan 9:00")


def test_now_is_filled_in_by_the_servers_clock_and_only_when_it_is_pressed(
    officer: tuple[Actor, str], browse: Callable[..., Page], site: str
) -> None:
    who, at = officer
    page = browse(locale="en-US", timezone_id="America/New_York")
    page.clock.install(time=datetime(2026, 1, 2, 3, 4, tzinfo=UTC))
    has_session(page, who, site)
    page.goto(at)
    group = page.get_by_role("group", name="Wanneer is het ontdekt?")
    expect(group.get_by_label("Dag")).to_have_value("")
    group.get_by_role("button", name="Nu").click()
    day, clock = group.get_by_label("Dag").input_value(), group.get_by_label("Tijd").input_value()
    pressed = datetime.strptime(f"{day} {clock}", "%d-%m-%Y %H:%M").replace(tzinfo=ZoneInfo("Europe/Amsterdam"))
    assert abs((datetime.now(UTC) - pressed).total_seconds()) < 120
    fill_moment(page, "Wanneer is het ontdekt?", local(3))
    expect(group.get_by_label("Tijd")).to_have_value(local(3)[11:])

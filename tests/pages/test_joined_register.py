"""Two registers of one organisation were joined: the history of each stays readable, one beside the other."""

import re
from collections.abc import Callable
from datetime import UTC, datetime
from html import unescape
from uuid import UUID

from flask import Flask

from tenants.history.entries import Actor, Entry, History, record
from tenants.identity.users import AUDITOR, OWNER, make_member
from tenants.isolation import acting_for, acting_for_nobody
from tests.conftest import Database
from tests.factories import a_member, an_own_breach
from tests.pages.accounts import log_in, somebody
from tests.pages.conftest import Reader, slug_of
from tests.pages.forms import Fields, csrf
from tests.pages.lapsed_login import LAPSE, LOGIN
from tests.worlds.two_registers import TwoRegisters
from workflows.dossiers.both_histories import Line, beside

Login = Callable[[Actor], Reader]
FOR_READERS = """select count(*) as n from history where organisation_id = :o
 and (subject_kind not in ('organisation', 'user', 'person') or what like 'register.joined%')"""


def test_who_has_a_seat_in_both_reads_both(reader: Login, app: Flask, database: Database) -> None:
    twice = TwoRegisters(database)
    here, old = (f"/o/{slug_of(register)}" for register in (twice.goes_on, twice.old))
    there = reader(twice.owner)
    assert 'id="joined"' not in there.see(f"{here}/processors")
    twice.join()
    page = there.see(f"{here}/processors")
    assert f'href="{old}/register"' in page and "Registers die hierin zijn samengevoegd" in page
    there.see(f"{old}/register")
    stranger = reader(a_member(twice.goes_on, OWNER, "Alleen hier"))
    assert 'id="joined"' not in stranger.see(f"{here}/processors")
    stranger.see(f"{old}/register", 404)


def test_an_auditor_of_both_reads_nothing_that_is_for_the_owner(
    reader: Login, app: Flask, database: Database
) -> None:
    twice = TwoRegisters(database)
    auditor = a_member(twice.goes_on, AUDITOR, "Gerrit Gluurder")
    twice.join()
    with acting_for_nobody():
        assert auditor.id
        make_member(auditor.id, twice.old, AUDITOR)
    for register in (twice.old, twice.goes_on):
        with acting_for(register):
            record([
                Entry("user", auditor.id, "access.refused", auditor, {"act": "manage_people"}),
                Entry("user", auditor.id, "person.invited", twice.owner),
                Entry("organisation", register, "token.made", twice.owner),
                Entry("organisation", register, "organisation.settings_changed", twice.owner, {"fields": ["sector"]}),
            ])  # fmt: skip
    for by in (auditor, twice.owner):
        page = reader(by).see(page_of(twice))
        assert "Geweigerd" not in page and "Gerrit Gluurder" not in page
        shown = [which for which, *_ in lines_of(page)]
        for which, register in (("joined", twice.old), ("here", twice.goes_on)):
            assert shown.count(which) == database.outside(FOR_READERS, o=register)[0]["n"] > 0


def test_a_long_form_from_a_register_that_was_joined_meanwhile_is_not_lost(
    stranger: Reader, app: Flask, database: Database
) -> None:
    twice = TwoRegisters(database)
    email, who = somebody(twice.old, OWNER)
    with acting_for_nobody():
        make_member(who, twice.goes_on, OWNER)
    log_in(stranger, email)
    old = f"/o/{slug_of(twice.old)}"
    token = csrf(stranger)
    twice.join()
    typed = {"title": "Map kwijt", "draft_of": f"{old}/drafts/own_breach", "csrf_token": token}
    kept = stranger.client.post(f"{old}/drafts/own_breach", data=typed)
    assert kept.status_code == 409, "a page that was open saves nothing there"
    database.outside(LAPSE, id=who)
    asked = stranger.client.post(f"{old}/breaches/new", data=typed)
    assert asked.status_code == 403 and ("kept.title", "Map kwijt") in Fields(asked.text).forms[LOGIN]


def page_of(twice: TwoRegisters, more: str = "") -> str:
    return f"/o/{slug_of(twice.goes_on)}/registers/{twice.old}/histories{more}"


def lines_of(page: str) -> list[tuple[str, str, str]]:
    """Each line of the page: in which register it stands, the moment, and its words."""
    found = re.findall(r'<li class="(here|joined)">.*?datetime="([^"]+)">[^<]*</time>(.*?)<br>', page, re.DOTALL)
    return [(which, moment, words.strip()) for which, moment, words in found]


def test_both_histories_stand_side_by_side_by_moment_page_by_page(reader: Login, app: Flask, database: Database):
    twice = TwoRegisters(database)
    for register in (twice.old, twice.goes_on, twice.old):
        an_own_breach(register, title=f"Datalek {slug_of(register)}")
        database.outside("update run set state = 'done' where organisation_id = :o", o=register)
        database.outside("update step set state = 'cancelled' where organisation_id = :o", o=register)
    there = reader(twice.owner)
    assert there.see(page_of(twice), 404), "they were not joined yet"
    twice.join()
    first = there.see(page_of(twice))
    assert f'href="{page_of(twice)}"' in there.see(f"/o/{slug_of(twice.goes_on)}/processors")
    assert f'href="{page_of(twice)}"' in there.see(f"/o/{slug_of(twice.old)}/")
    lines = lines_of(first)
    assert {which for which, _, _ in lines} == {"here", "joined"}
    moments = [moment for _, moment, _ in lines]
    assert moments == sorted(moments, reverse=True)
    assert first.count("Samengevoegd register</span>") == len([which for which, *_ in lines if which == "joined"])
    for register in (twice.old, twice.goes_on):
        assert f"/o/{slug_of(register)}/breaches/" in first and f"Datalek {slug_of(register)}" in first
    stranger = reader(a_member(twice.goes_on, OWNER, "Alleen hier"))
    stranger.see(page_of(twice), 404)
    reader(a_member(twice.old, OWNER, "Alleen daar")).see(page_of(twice), 404)
    there.see(f"/o/{slug_of(twice.old)}/registers/{twice.goes_on}/histories", 404)


def test_a_long_history_is_read_by_key_and_no_line_is_lost_or_repeated(
    reader: Login, app: Flask, database: Database
) -> None:
    twice = TwoRegisters(database)
    twice.join()
    for number in range(70):
        for register in (twice.old, twice.goes_on) if number % 3 else (twice.goes_on,):
            with acting_for(register):
                record([Entry("breach", register, "breach.facts_supplemented", twice.owner, {"number": number})])
    there, at, seen = reader(twice.owner), page_of(twice), []
    while at:
        page = there.see(at)
        seen += lines_of(page)
        following = re.search(r'rel="next"\s+href="([^"]+)"', page)
        at = unescape(following[1]) if following else ""
    counted = {"joined": twice.old, "here": twice.goes_on}
    for which, register in counted.items():
        [row] = database.outside(FOR_READERS, o=register)
        assert len([line for line in seen if line[0] == which]) == row["n"]
    moments = [moment for _, moment, _ in seen]
    assert moments == sorted(moments, reverse=True)
    assert "Terug naar het nieuwste" in page and there.see(page_of(twice, "?here=x&joined=-3"))


def test_a_shorter_history_and_moments_out_of_order_lose_no_line() -> None:
    """A chain's own order stands, also where a moment in it is older than the one before it."""
    here = [a_line(seq, moment, is_joined=False) for seq, moment in ((4, 9), (3, 7), (2, 8), (1, 1))]
    joined = [a_line(seq, moment, is_joined=True) for seq, moment in ((2, 8), (1, 2))]
    seen: list[tuple[bool, int]] = []
    before: tuple[int | None, int | None] = (None, None)
    while True:
        left = [[line for line in lines if before[place] is None or line.entry.seq < before[place]]
                for place, lines in enumerate((here, joined))]  # fmt: skip
        page = beside(left[0][:3], left[1][:3], before, 2)
        seen += [(line.is_joined, line.entry.seq) for line in page.lines]
        before = (page.before_here, page.before_joined)
        if not page.has_more:
            break
    assert len(seen) == len(set(seen)) == 6
    assert [seq for is_joined, seq in seen if not is_joined] == [4, 3, 2, 1]


def a_line(seq: int, minute: int, *, is_joined: bool) -> Line:
    at = datetime(2026, 11, 20, 18, minute, tzinfo=UTC)
    entry = History(seq, "organisation", UUID(int=1), at, "x", None, "A", None, None, None, None, {}, b"")
    return Line(entry, None, is_joined)

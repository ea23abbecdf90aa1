"""The lists of breaches, incidents and notices, filtered by what stands in the address."""

from collections.abc import Callable
from html import unescape
from itertools import product
from typing import Any

import pytest
from flask import Flask

from tenants.history.entries import Actor
from tenants.isolation import acting_for, database_now
from tenants.register.filtering import ORIGINS, STATES, STEPS, TERMS, Wanted, filtered_breaches
from tenants.register.stages import STAGE
from tests.conftest import Database
from tests.factories import Office, an_incident, an_office, an_own_breach
from tests.pages.conftest import Reader, slug_of
from tests.service.caller import caller_for
from workflows.notification.decision_state import decision_state
from workflows.running.searches import index_in_time

Login = Callable[[Actor], Reader]
ADD = """
    insert into breach (organisation_id, reference, title, origin, found_at, description, risk, decision, decided_at,
                        submitted_at, became_aware_at, due_at, may_be_due, created_at)
    select :o, 'X-' || n, 'Geval ' || n, (array['own', 'escalated'])[1 + n % 2], m.at, 'x',
           case when s.stage > 0 then 'risk' end,
           case when s.stage in (2, 3, 4, 5) then 'notify' when s.stage in (6, 8) then 'do_not_notify' end,
           case when s.stage in (3, 4, 5, 6) then m.at end,
           case s.stage when 4 then m.at + interval '1 day' when 5 then m.at + interval '9 days' end,
           case when s.aware then m.at end, case when s.aware then m.at + interval '3 days' end, s.stage <> 7,
           m.at
      from generate_series(1, 120) n
     cross join lateral (select now() - n * interval '7 hours' * case when n % 3 = 0 then 40 else 1 end as at) m
     cross join lateral (select n % 9 as stage, n % 9 in (3, 4, 5) or n % 11 <> 0 as aware) s"""
ADD_OLD = """
    insert into breach (organisation_id, reference, title, origin, description, may_be_due, created_at, taken_over,
                        taken_over_key, taken_over_file)
    select :o, 'DL-' || n, 'Geval ' || n, 'taken_over', 'x', false, now() - n * interval '200 days', '{}', 'DL-' || n,
           uuidv7()
      from generate_series(1, 9) n"""
NOTED = """
    insert into search_pending (organisation_id, kind, subject_id)
    select organisation_id, 'breach', id from breach where organisation_id = :o"""
BY_HAND: dict[str, Callable[[Any, Any], bool]] = {
    "open": lambda b, now: b["submitted_at"] is None and b["may_be_due"] and not not_notified(b),
    "submitted": lambda b, now: b["submitted_at"] is not None,
    "not_notified": lambda b, now: b["submitted_at"] is None and not_notified(b),
    "ended": lambda b, now: b["submitted_at"] is None and not not_notified(b) and not b["may_be_due"]
    and b["origin"] != "taken_over",
    "taken_over": lambda b, now: b["origin"] == "taken_over",
    "running": lambda b, now: BY_HAND["open"](b, now) and b["due_at"] is not None and b["due_at"] > now,
    "late": lambda b, now: (
        b["submitted_at"] > b["due_at"] if b["submitted_at"]
        else BY_HAND["open"](b, now) and b["due_at"] is not None and b["due_at"] <= now
    ),
    "in_time": lambda b, now: b["submitted_at"] is not None and b["submitted_at"] <= b["due_at"],
    "not_begun": lambda b, now: BY_HAND["open"](b, now) and b["due_at"] is None,
    "assess": lambda b, now: BY_HAND["open"](b, now) and b["risk"] is None and b["decision"] is None,
    "draft": lambda b, now: BY_HAND["open"](b, now) and b["risk"] is not None and b["decision"] is None,
    "approve": lambda b, now: BY_HAND["open"](b, now) and b["decision"] is not None and b["decided_at"] is None,
    "submit": lambda b, now: BY_HAND["open"](b, now) and b["decided_at"] is not None,
}  # fmt: skip


def not_notified(row: Any) -> bool:
    return row["decided_at"] is not None and row["decision"] == "do_not_notify"


@pytest.fixture(scope="module")
def register(database: Database, app: Flask) -> Office:
    office = an_office(0)
    database.outside("alter table breach disable trigger all")
    database.outside(ADD, o=office.id)
    database.outside(ADD_OLD, o=office.id)
    database.outside("alter table breach enable trigger all")
    database.outside(NOTED, o=office.id)
    return office


def pages_of(office: Office, wanted: Wanted, most: int) -> list[str]:
    seen: list[str] = []
    after = None
    while True:
        with acting_for(office.id):
            page = filtered_breaches(wanted, most, after)
        seen += [row["reference"] for row in page.page.rows]
        if (after := page.after) is None:
            return seen


def years_of(database: Database, office: Office) -> list[int]:
    return [row["y"] for row in database.outside("""
        select distinct extract(year from created_at at time zone 'Europe/Amsterdam')::int as y from breach
         where organisation_id = :o""", o=office.id)]  # fmt: skip


def test_every_combination_finds_what_is_counted_by_hand(database: Database, register: Office):
    rows = database.outside("""
        select *, extract(year from created_at at time zone 'Europe/Amsterdam')::int as year from breach
         where organisation_id = :o order by created_at desc, id desc""", o=register.id)  # fmt: skip
    with acting_for(register.id):
        now = database_now()
    some = 0
    years = years_of(database, register)
    for state, origin, term, step in product((None, *STATES), (None, *ORIGINS), (None, *TERMS), (None, *STEPS)):
        for year in (None, *years) if step is None else (None,):
            asked = [BY_HAND[word] for word in (state, term, step) if word]
            expected = [
                row["reference"] for row in rows
                if all(holds(row, now) for holds in asked)
                and origin in (None, row["origin"]) and year in (None, row["year"])
            ]  # fmt: skip
            wanted = Wanted("", state, year, origin, term, step)
            assert pages_of(register, wanted, 7) == expected, wanted
            some += bool(expected)
    assert some > 60


def test_words_and_filters_go_together(register: Office):
    expected = pages_of(register, Wanted(state="open", origin="own"), 50)
    assert sorted(pages_of(register, Wanted("geval", "open", None, "own"), 50)) == sorted(expected)
    index_in_time(60)
    assert sorted(pages_of(register, Wanted("geval", "open", None, "own"), 7)) == sorted(expected)
    assert pages_of(register, Wanted("geval 12", "open"), 7) in ([], ["X-12"])


def test_the_stage_says_the_same_as_the_state_of_the_decision(database: Database, register: Office):
    states = {
        "unassessed": "undecided", "assessed": "undecided", "drafted": "drafted", "approved": "approved",
        "late": "submitted", "in_time": "submitted", "not_notified": "not_notified",
        "taken_over": "taken_over",
    }  # fmt: skip
    rows = database.outside(f"select b.*, {STAGE} as stage from breach b where organisation_id = :o", o=register.id)
    open_ones = [row for row in rows if row["stage"] != "ended"]
    assert {row["stage"] for row in open_ones} == set(states)
    for row in open_ones:
        assert states[row["stage"]] == decision_state(
            row["decision"], row["decided_at"], row["submitted_at"], row["taken_over"] is not None
        )


def test_the_index_holds_this_expression(database: Database, register: Office):
    plan = database.outside(f"""
        explain select id from breach b where organisation_id = '{register.id}' and {STAGE} = 'late' and origin = 'own'
         order by created_at desc, id desc limit 5""")
    stored = "select pg_get_indexdef(indexrelid) as d from pg_index where indexrelid = 'breach_by_stage'::regclass"
    assert plan and "CASE" in database.outside(stored)[0]["d"]


def test_the_page_keeps_the_choice_in_its_address(register: Office, reader: Login):
    path = f"/o/{slug_of(register.id)}/register"
    there = reader(register.officer)
    shown = unescape(there.see(f"{path}?state=submitted&term=late&year=&q="))
    assert '<option value="late" selected>' in shown and f'href="{path}?state=submitted"' in shown
    assert "Wis alles" in shown and shown.count('<th scope="row">') == 13
    nothing = unescape(there.see(f"{path}?state=not_notified&term=late"))
    assert "Niets gevonden met deze keuze" in nothing
    assert there.client.get(f"{path}?state=nonsens").status_code == 422


def test_pages_of_a_part_follow_each_other(register: Office, reader: Login):
    first = unescape(reader(register.officer).see(f"/o/{slug_of(register.id)}/register"))
    assert first.count('<th scope="row">') == 50 and "Volgende pagina" in first


def test_the_api_takes_the_same_words(app: Flask, register: Office):
    assert register.officer.id
    caller = caller_for(app, register.officer.id)
    rows = caller.get("breaches?state=submitted&term=late&limit=5").json
    assert len(rows["items"]) == 5 and rows["next"]
    assert caller.get("breaches?state=gone").status_code == 422
    assert caller.get("breaches?q=geval&state=open").json["items"]


def test_incidents_and_notices_are_filtered_too(app: Flask, database: Database, reader: Login):
    office = an_office(1)
    incident = an_incident(office, title="Laptop gestolen")
    an_own_breach(office.id, office.officer)
    there, base = reader(office.officer), f"/o/{slug_of(office.id)}"
    assert "Laptop gestolen" in there.see(f"{base}/incidents?state=open")
    assert "Laptop gestolen" not in there.see(f"{base}/incidents?state=ended")
    assert "Laptop gestolen" not in there.see(f"{base}/incidents?year=2019")
    year = incident.found_at.year
    assert "Laptop gestolen" in there.see(f"{base}/incidents?year={year}&state=open")
    assert "Niets gevonden" in there.see(f"{base}/notices?state=sent")
    assert office.officer.id
    caller = caller_for(app, office.officer.id)
    assert caller.get("incidents?state=open").json["items"] and not caller.get("incidents?state=ended").json["items"]
    assert caller.get("notices?state=sent").json["items"] == []

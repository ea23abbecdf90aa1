"""A register that the operator closes again stands as its office stated it, whatever strangers typed or did there."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from tenants.agreements.consents import ACCEPTED
from tenants.errors import NotFound
from tenants.history.entries import of_subject
from tenants.history.witness import verify_acting_organisation
from tenants.identity.users import OWNER
from tenants.isolation import acting_for
from tenants.organisations.organisations import claim_acting_organisation
from tenants.register.breaches import breach
from tenants.register.broken_glass import act_done_alone, all_broken_glass, break_it, done_alone, to_review
from tests.conftest import Database
from tests.factories import a_member, an_incident, proven, verified
from tests.operating import released
from tests.worlds.asked_controller import AskedController
from tests.worlds.strangers import AGREEMENTS, SECRET, OpenedRegister, Strangers, by_telephone, own_moment, work
from workflows.engine.runs import run_about
from workflows.mail.outbox import Outbox
from workflows.notification.moved_term import move_term
from workflows.running import jobs
from workflows.trust.consenting import answer

CLOCK = """
    select c.state, c.due_at from clock c join run r on r.organisation_id = c.organisation_id and r.id = c.run_id
     where r.organisation_id = :o and r.subject_id = :b and r.workflow = 'ap_notification'"""
MAY_CHANGE = """
    select column_name as name from information_schema.column_privileges
     where table_name = 'organisation' and grantee = 'meldketen_app' and privilege_type = 'UPDATE'"""
STRANGE = {
    "locale": "en", "financial_undertaking": True, "size": "large", "without_fg": False,
    "reply_confirmed_at": datetime(2026, 1, 2, tzinfo=UTC), "reply_link_hash": b"x" * 32,
    "reply_link_ends_at": datetime(2026, 1, 3, tzinfo=UTC), "closed_weekdays": [7], "closed_periods": [["x", "y"]],
    "reply_asked_by": [UUID(int=1)],
}  # fmt: skip
"""What strangers set, where it is no text."""
STATED = ("title", "description", "cause", "consequences", "measures", "facts", "people_min", "people_max", "contacts",
          "found_at", "happened_from", "happened_until", "financial_undertaking")  # fmt: skip
"""What an office states about a breach."""


@pytest.fixture
def house(own_database: Database, outbox: Outbox) -> Iterator[AskedController]:
    yield AskedController(own_database, outbox)


def stated(house: AskedController, breach_id: UUID) -> dict[str, Any]:
    [row] = house.database.outside("select * from breach where id = :b", b=breach_id)
    return {column: row[column] for column in STATED}


def opened_by_a_stranger(register: UUID, breach_id: UUID) -> OpenedRegister:
    """Somebody who holds the office's link."""
    a_member(register, OWNER)
    with acting_for(register):
        assert claim_acting_organisation()
    return OpenedRegister(register, breach_id)


def released_entry(opened: OpenedRegister) -> dict[str, Any]:
    with acting_for(opened.register):
        [released] = [entry for entry in of_subject(opened.breach) if entry.what == "breach.released"]
        assert verify_acting_organisation().ok
    return released.details


def test_a_moment_and_facts_of_strangers_make_way_for_the_office_s(house: AskedController):
    opened = own_moment(house)
    by_telephone(house)
    with acting_for(opened.register):
        theirs = breach(opened.breach)
        mine, until = theirs.became_aware_at, theirs.due_at
        assert mine != theirs.stated_aware_at and theirs.people_min == 7777
    house.database.outside("update breach set title = :s, description = :s, cause = :s, measures = :s", s=SECRET)
    released(opened.register)
    work(house, opened.register)
    with acting_for(opened.register):
        again = breach(opened.breach)
    assert again.became_aware_at == again.stated_aware_at is not None and again.aware_how == "phone"
    assert again.own_aware_stated_at is again.own_aware_reason is None
    assert (again.title, again.description, again.cause, again.people_min, again.measures) == (
        "Back-upstation kwijt", "Weg na verhuizing", None, 5, None)  # fmt: skip
    assert again.facts == {"data": ["name", "bsn"]}
    assert house.database.outside(CLOCK, o=opened.register, b=opened.breach) == [
        {"state": "running", "due_at": again.due_at}]  # fmt: skip
    entry = released_entry(opened)
    assert (entry["aware_how"], entry["people_min"]) == ("stated", 7777) and entry["facts"] != again.facts
    assert mine and until and entry["became_aware_at"][:19] == mine.isoformat()[:19] and entry["due_at"]


def test_a_term_that_strangers_moved_is_the_office_s_again(house: AskedController):
    an_incident(house.office)
    house.work()
    by_telephone(house)
    [row] = house.database.outside("select organisation_id, id, due_at from breach")
    opened = opened_by_a_stranger(row["organisation_id"], row["id"])
    later = row["due_at"] + timedelta(days=9)
    by = proven(a_member(opened.register, OWNER))
    with acting_for(opened.register):
        move_term(opened.breach, later, SECRET, SECRET, by)
    [moved] = house.database.outside(CLOCK, o=opened.register, b=opened.breach)
    assert moved["due_at"] == later
    released(opened.register)
    work(house, opened.register)
    with acting_for(opened.register):
        again = breach(opened.breach)
    assert again.moved_term is None and again.due_at == row["due_at"]
    clock = {"state": "running", "due_at": row["due_at"]}
    assert house.database.outside(CLOCK, o=opened.register, b=opened.breach) == [clock]
    assert released_entry(opened)["moved_term"]["reason"] == SECRET


def test_all_that_an_office_states_about_a_breach_is_put_back(house: AskedController):
    an_incident(house.office)
    house.work()
    [row] = house.database.outside("select organisation_id, id from breach")
    before = stated(house, row["id"])
    opened = opened_by_a_stranger(row["organisation_id"], row["id"])
    for column, value in before.items():
        [kind] = house.database.outside("""
            select data_type as type from information_schema.columns where table_name = 'breach'
               and column_name = :c""", c=column)  # fmt: skip
        strange = {"integer": "777", "boolean": f"{not value}", "jsonb": '[{"name": "Vreemd"}]'}
        typed = strange.get(kind["type"], "2020-01-01")
        house.database.outside(f"update breach set {column} = cast(:s as {kind['type']})", s=typed)
    assert all(value != before[column] for column, value in stated(house, row["id"]).items())
    released(opened.register)
    assert stated(house, row["id"]) == before


@pytest.mark.parametrize("is_verified", [False, True])
def test_what_the_register_says_of_itself_is_put_back(house: AskedController, is_verified: bool):
    """Every column that its people may change, but the count of the changes."""
    an_incident(house.office)
    house.work()
    [row] = house.database.outside("select organisation_id, id from breach")
    columns = {row["name"] for row in house.database.outside(MAY_CHANGE)} - {"settings_version"}
    query = f"select {', '.join(sorted(columns))} from organisation where id = :o"
    [before] = house.database.outside(query, o=row["organisation_id"])
    opened = opened_by_a_stranger(row["organisation_id"], row["id"])
    typed = dict.fromkeys(columns, "Vreemd") | STRANGE
    sets = ", ".join(f"{column} = :{column}" for column in sorted(columns))
    values = typed | {"closed_periods": json.dumps(typed["closed_periods"])}
    house.database.outside(f"update organisation set {sets} where id = :o", o=opened.register, **values)
    [theirs] = house.database.outside(query, o=opened.register)
    changed = columns - {"without_fg"}  # It cannot be said beside an FG.
    assert theirs == typed and all(theirs[column] != before[column] for column in changed)
    if is_verified:
        verified(house.database.config.owner_url(), opened.register)
    released(opened.register)
    assert house.database.outside(query, o=opened.register) == [before]


def test_a_register_that_was_opened_before_that_was_kept_is_called_as_in_the_agreement(house: AskedController):
    an_incident(house.office)
    house.work()
    [row] = house.database.outside("select organisation_id, id from breach")
    opened = opened_by_a_stranger(row["organisation_id"], row["id"])
    house.database.outside("""
        update organisation set as_registered = null, name = 'Vreemd', locale = 'en', fg_name = 'Vreemd'
         where id = :o""", o=opened.register)  # fmt: skip
    released(opened.register)
    [again] = house.database.outside("select name, locale, fg_name from organisation where id = :o", o=opened.register)
    assert again == {"name": "Hun eigen woorden", "locale": "nl", "fg_name": None}


def test_of_several_offices_each_has_its_own_register_again(house: AskedController):
    opened = own_moment(house)
    other = house.an_office()
    an_incident(other, title="Van het andere kantoor")
    for organisation in (other.id, house.office.id):
        while jobs.drain(str(organisation)):
            pass
    house.database.outside("update organisation set name = 'Vreemd' where id = :o", o=opened.register)
    verified(house.database.config.owner_url(), opened.register)
    by = proven(a_member(opened.register, OWNER))
    with acting_for(opened.register):
        assert answer(other.id, ACCEPTED, by) == 1
    released(opened.register)
    registers = set()
    for office in (house.office.id, other.id):
        [leads] = house.database.outside(AGREEMENTS, o=office)
        [escalation] = house.database.outside("select * from escalation where processor_id = :o", o=office)
        assert escalation["controller_id"] == leads["controller_id"] and escalation["call_needed_at"] is not None
        assert escalation["acknowledged_at"] is escalation["decision"] is None
        [row] = house.database.outside("select * from organisation where id = :o", o=escalation["controller_id"])
        assert (row["made_by"], row["claimed_at"], row["name"]) == (office, None, "Hun eigen woorden")
        registers.add(row["id"])
        work(house, row["id"])
        with acting_for(row["id"]):
            anew = breach(escalation["breach_id"])
            assert (anew.processor_id, anew.people_min, anew.own_aware_reason) == (office, 5, None)
            assert verify_acting_organisation().ok
        with acting_for(office):
            assert "register.claim_released" in [entry.what for entry in of_subject(office)]
            assert verify_acting_organisation().ok
    assert len(registers) == 2 and opened.register not in registers
    [closed] = house.database.outside("select verified_at from organisation where id = :o", o=opened.register)
    assert closed["verified_at"] is None
    still = "select 1 from run where organisation_id = :o and state = 'running'"
    assert house.database.outside(still, o=opened.register) == []
    assert house.database.outside("select 1 from membership where organisation_id = :o", o=opened.register) == []


def test_what_a_stranger_did_alone_is_told_and_nobody_is_asked_to_review_it(house: AskedController):
    strangers = Strangers(house)
    owner = a_member(strangers.register, OWNER)
    with acting_for(strangers.register):
        notice = run_about("bulk_notice", strangers.notice).id
        assert owner.id
        break_it(notice, "release", (owner.id, None, owner.name), "Iedereen is met vakantie vandaag")
    with acting_for(strangers.register):
        waits = [glass.id for glass in all_broken_glass()]
        assert len(waits) == to_review() == len(done_alone([strangers.breach])[strangers.breach]) == 2
    released(strangers.register)
    assert released_entry(OpenedRegister(strangers.register, strangers.breach))["done_alone_not_reviewed"] == 2
    with acting_for(strangers.register):
        assert (all_broken_glass(), to_review(), done_alone([strangers.breach])) == ([], 0, {})
        for glass in waits:
            with pytest.raises(NotFound):
                act_done_alone(glass)
    kept = house.database.outside("select 1 from broken_glass where organisation_id = :o", o=strangers.register)
    assert len(kept) == 2

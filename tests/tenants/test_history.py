"""History: one chain per organisation, append only, in the transaction of the fact; and nobody locks anybody out."""

from itertools import count
from typing import Any
from uuid import UUID, uuid4

import pytest
from psycopg.errors import InsufficientPrivilege
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from tenants.database import db
from tenants.history.entries import SYSTEM, Actor, Entry, crossed, of_subject, record
from tenants.history.witness import verify
from tenants.idempotency import IdempotentAnswer
from tenants.isolation import acting_for, acting_for_nobody
from tests.conftest import Database
from tests.factories import BRAM, FENNA, an_incident, an_office, an_organisation

ACKNOWLEDGE = text("select acknowledge_receipt(:breach, 'Anna', null)")


@pytest.fixture
def organisation(database: Database) -> UUID:
    return an_organisation()


def remember(organisation: UUID, subject: UUID, *whats: str, **details: Any) -> None:
    for what in whats:
        with acting_for(organisation):
            record([Entry("breach", subject, what, FENNA, details)])


def chain(database: Database, organisation: UUID) -> list[Any]:
    return database.outside("select * from history where organisation_id = :o order by seq", o=organisation)


def test_the_whole_story_oldest_first(organisation: UUID):
    subject = uuid4()
    remember(organisation, subject, "breach.opened", "breach.assessed", "breach.decided", reason="Ünïcode | 'en' {}")
    with acting_for(organisation):
        entries = of_subject(subject)
    assert [(e.seq, e.what) for e in entries] == [(1, "breach.opened"), (2, "breach.assessed"), (3, "breach.decided")]
    assert {(e.actor_id, e.actor_name) for e in entries} == {(FENNA.id, FENNA.name)}
    assert entries[0].details == {"reason": "Ünïcode | 'en' {}"} and verify(organisation).ok


def test_who_for_whom_on_which_version_and_under_which_terms(organisation: UUID):
    subject, deputy = uuid4(), Actor(BRAM.id, BRAM.name, "approver", FENNA.id)
    with acting_for(organisation):
        record([Entry("breach", subject, "breach.decided", deputy, version=4, terms="33(1)/2018-05-25")])
    with acting_for(organisation):
        [entry] = of_subject(subject)
    assert (entry.actor_id, entry.actor_name, entry.role, entry.for_id) == (BRAM.id, BRAM.name, "approver", FENNA.id)
    assert (entry.version, entry.terms) == (4, "33(1)/2018-05-25")


def test_all_subjects_of_an_organisation_stand_in_one_chain_and_a_subject_may_come_twice(organisation: UUID):
    first, other = uuid4(), uuid4()
    with acting_for(organisation):
        record(Entry("escalation", subject, what, SYSTEM) for what in ("a", "b") for subject in (first, other))
        assert [e.seq for e in of_subject(first)] == [1, 3], "what is read in the same transaction is there"
        record([Entry("escalation", first, "c", SYSTEM)])
    with acting_for(organisation):
        assert [(e.seq, e.what) for e in of_subject(first)] == [(1, "a"), (3, "b"), (5, "c")]
        assert [e.seq for e in of_subject(other)] == [2, 4]
    assert verify(organisation).entries == 5


def test_nothing_is_remembered_of_what_was_rolled_back(database: Database, organisation: UUID):
    with pytest.raises(KeyError), acting_for(organisation):
        record([Entry("breach", uuid4(), "never", FENNA)])
        raise KeyError
    with pytest.raises(KeyError), acting_for(organisation):
        record([Entry("breach", uuid4(), "never", FENNA)])
        of_subject(uuid4())
        raise KeyError
    assert chain(database, organisation) == [] and verify(organisation).ok


def test_nothing_is_remembered_of_the_part_that_was_rolled_back(database: Database, organisation: UUID):
    """A form that is shown again: the verb was undone, the request goes on."""
    with acting_for(organisation):
        record([Entry("breach", uuid4(), "before", FENNA)])
        with db.session.begin_nested():
            record([Entry("breach", uuid4(), "kept", FENNA)])
        with pytest.raises(KeyError), db.session.begin_nested():
            record([Entry("breach", uuid4(), "never", FENNA)])
            with db.session.begin_nested():
                record([Entry("breach", uuid4(), "never either", FENNA)])
            raise KeyError
        with pytest.raises(DBAPIError), db.session.begin_nested():
            record([Entry("breach", uuid4(), "never", FENNA)])
            db.session.add(IdempotentAnswer(organisation_id=uuid4(), key="k", request_hash=b"", status=1, body={}))
            db.session.flush()
        record([Entry("breach", uuid4(), "after", FENNA)])
    assert [row["what"] for row in chain(database, organisation)] == ["before", "kept", "after"]


def test_names_are_beside_the_chain_one_row_per_person(database: Database, organisation: UUID):
    subject = uuid4()
    remember(organisation, subject, "a", "b")
    with acting_for(organisation):
        record([Entry("breach", subject, "c", Actor(FENNA.id, "Fenna Bakker")), Entry("breach", subject, "d", SYSTEM)])
    people = database.outside("select * from history_person where organisation_id = :o order by id", o=organisation)
    assert [(p["actor_id"], p["name"]) for p in people] == [(FENNA.id, FENNA.name), (FENNA.id, "Fenna Bakker")]
    rows = chain(database, organisation)
    assert [row["person"] for row in rows] == [people[0]["id"], people[0]["id"], people[1]["id"], None]
    assert "Fenna" not in str([dict(row) for row in rows])
    with acting_for(organisation):
        assert [e.actor_name for e in of_subject(subject)][2:] == ["Fenna Bakker", "Meldketen"]


def test_personal_values_are_read_with_the_others_and_stand_sealed_beside_the_chain(
    database: Database, organisation: UUID
):
    subject = uuid4()
    with acting_for(organisation):
        record([Entry("escalation", subject, "called", FENNA, {"how": "phone"}, {"note": "Sprak met Jan Ünal"})])
    with acting_for(organisation):
        assert of_subject(subject)[0].details == {"how": "phone", "note": "Sprak met Jan Ünal"}
    kept = database.outside("select * from history_personal where organisation_id = :o", o=organisation)
    assert "Jan" not in str([dict(row) for row in (*chain(database, organisation), *kept)])
    assert kept[0]["plain"] is None and b"Jan" not in kept[0]["sealed"] and verify(organisation).ok


REFUSED = {
    "insert": """insert into history (organisation_id, seq, subject_kind, subject_id, what, details, hash)
                 select organisation_id, 9, subject_kind, subject_id, what, details, hash from history""",
    "update": "update history set what = 'x'", "delete": "delete from history", "empty": "truncate history",
    "head": "update history_head set seq = 0", "no head": "delete from history_head",
    "name": "update history_person set name = 'x'",
    "pending": "insert into history_pending (organisation_id) select organisation_id from history",
    "around": "select chain_entries(array[]::history_entry[])",
    "across": "select record_across(null, 'breach', null, 'x', null, null, null, null, '{}')",
}  # fmt: skip


@pytest.mark.parametrize("sql", REFUSED.values(), ids=list(REFUSED))
def test_the_app_writes_through_the_chain_alone(organisation: UUID, sql: str):
    remember(organisation, uuid4(), "breach.opened")
    with pytest.raises(DBAPIError) as fault, acting_for(organisation):
        db.session.execute(text(sql))
    assert isinstance(fault.value.orig, InsufficientPrivilege)


@pytest.mark.parametrize("sql", ["update history set what = 'x'", "delete from history", "truncate history"])
def test_whoever_may_do_everything_is_stopped_by_the_trigger(database: Database, organisation: UUID, sql: str):
    remember(organisation, uuid4(), "breach.opened")
    with pytest.raises(DBAPIError, match="written once"):
        database.outside(sql)


def test_history_is_written_only_for_an_acting_organisation(organisation: UUID):
    with pytest.raises(RuntimeError), acting_for_nobody():
        record([Entry("breach", uuid4(), "x", FENNA)])
    with pytest.raises(DBAPIError) as fault, acting_for_nobody():
        db.session.execute(text("""select chain_history('[{"what": "x"}]')"""))
    assert isinstance(fault.value.orig, InsufficientPrivilege)


def test_what_a_door_wrote_must_be_chained_or_nothing_is_committed(own_database: Database):
    office = an_office()
    an_incident(office)
    [row] = own_database.outside("select controller_id, breach_id from escalation")
    with pytest.raises(DBAPIError, match="was not chained"), acting_for(row["controller_id"]):
        db.session.execute(ACKNOWLEDGE, {"breach": row["breach_id"]})
    assert own_database.outside("select acknowledged_at from escalation")[0]["acknowledged_at"] is None
    with acting_for(row["controller_id"]):
        db.session.execute(ACKNOWLEDGE, {"breach": row["breach_id"]})
        crossed()
    entry = chain(own_database, office.id)[-1]
    assert entry["what"] == "escalation.acknowledged" and own_database.outside("select from history_pending") == []
    assert verify(office.id).ok and verify(row["controller_id"]).ok


def test_two_hundred_writers_in_two_histories_all_finish(own_database: Database):
    """Each of two offices is the other's client: every transaction writes in both histories, from either side."""
    first, other = an_office(clients=1), an_office(clients=1)
    turned = "update {} set {} = :controller where processor_id = :office"
    accepted = """
        insert into consent (controller_id, processor_id, state, how, answered_at)
        values (:controller, :office, 'accepted', 'asked', now())"""
    for office, controller in ((first.id, other.id), (other.id, first.id)):
        own_database.outside(accepted, office=office, controller=controller)
        for table in ("processing_agreement", "agreed_service"):
            own_database.outside(turned.format(table, "controller_id"), office=office, controller=controller)
    for office in (first, other):
        for _ in range(10):
            an_incident(office)
    breaches = own_database.outside("select organisation_id, id from breach order by id")
    assert len(breaches) == 20
    turn = count()

    def tell(breach: Any) -> None:
        with acting_for(breach["organisation_id"]):
            record([Entry("breach", breach["id"], "told", FENNA, {"turn": next(turn)})])
            db.session.execute(text("select report_decision(:breach, 'notified')"), {"breach": breach["id"]})
            crossed()

    before = own_database.outside("select count(*) as n from history")[0]["n"]
    for answer in [own_database.elsewhere(tell, breaches[nth % 20]) for nth in range(200)]:
        answer.result(60)
    assert own_database.outside("select count(*) as n from history")[0]["n"] == before + 2 * 200
    assert verify(first.id).ok and verify(other.id).ok


def test_the_system_is_somebody_without_an_id():
    assert Actor(None, "Meldketen") == SYSTEM and SYSTEM.is_the_system and not FENNA.is_the_system

"""History: append only and chained, so that whoever changes it behind our back shows."""

from threading import Barrier
from typing import Any
from uuid import UUID, uuid4

import pytest

from tenants.history import SYSTEM, Actor, Entry, broken_entries, of_subject, record
from tenants.isolation import acting_for
from tests.conftest import Database
from tests.factories import FENNA, an_organisation


@pytest.fixture
def organisation(database: Database) -> UUID:
    return an_organisation()


def remember(organisation: UUID, subject: UUID, *whats: str, **details: Any) -> None:
    for what in whats:
        with acting_for(organisation):
            record([Entry("breach", subject, what, FENNA, details)])


def broken(organisation: UUID) -> int:
    with acting_for(organisation):
        return broken_entries()


def test_the_whole_story_oldest_first(organisation: UUID):
    subject = uuid4()
    remember(organisation, subject, "breach.opened", "breach.assessed", "breach.decided", reason="Ünïcode | 'en' {}")
    with acting_for(organisation):
        entries = of_subject(subject)
    assert [(e.seq, e.what) for e in entries] == [(1, "breach.opened"), (2, "breach.assessed"), (3, "breach.decided")]
    assert {(e.actor_id, e.actor_name) for e in entries} == {(FENNA.id, FENNA.name)}
    assert entries[0].details == {"reason": "Ünïcode | 'en' {}"} and broken(organisation) == 0


def test_many_subjects_in_one_call_each_have_their_own_chain(organisation: UUID):
    subjects = [uuid4() for _ in range(3)]
    for what in ("a", "b"):
        with acting_for(organisation):
            record(Entry("escalation", subject, what, SYSTEM) for subject in subjects)
    with acting_for(organisation):
        assert [[e.seq for e in of_subject(subject)] for subject in subjects] == [[1, 2]] * 3
    assert broken(organisation) == 0


def test_nothing_is_remembered_of_what_was_rolled_back(organisation: UUID):
    subject = uuid4()
    with pytest.raises(KeyError), acting_for(organisation):
        record([Entry("breach", subject, "never", FENNA)])
        raise KeyError
    with acting_for(organisation):
        assert of_subject(subject) == []


TAMPERED = {
    "the words": "update history set what = 'breach.never' where seq = 2 and subject_id = :subject",
    "the moment": "update history set at = at - interval '1 hour' where seq = 2 and subject_id = :subject",
    "who": "update history set actor_name = 'Iemand anders' where seq = 2 and subject_id = :subject",
    "whose id": "update history set actor_id = null where seq = 2 and subject_id = :subject",
    "the details": "update history set details = '{\"n\": 2}' where seq = 2 and subject_id = :subject",
    "the hash": "update history set hash = sha256('x') where seq = 2 and subject_id = :subject",
    "one entry less": "delete from history where seq = 2 and subject_id = :subject",
    "the first less": "delete from history where seq = 1 and subject_id = :subject",
    "one of one's own making": """insert into history
        (organisation_id, subject_id, seq, subject_kind, what, actor_name, hash)
        select organisation_id, subject_id, 4, 'breach', 'x', 'x', hash from history
         where subject_id = :subject and seq = 3""",
    "two in the other order": """update history set seq = case seq when 2 then 102 else 2 end
         where seq in (2, 3) and subject_id = :subject and (seq = 2 or false)""",
}


@pytest.mark.parametrize("tampering", TAMPERED.values(), ids=list(TAMPERED))
def test_whoever_may_do_everything_cannot_do_this_unseen(database: Database, organisation: UUID, tampering: str):
    subject = uuid4()
    remember(organisation, subject, "breach.opened", "breach.assessed", "breach.decided", n=1)
    assert broken(organisation) == 0
    database.outside(tampering, subject=subject)
    assert broken(organisation) > 0
    assert broken(an_organisation()) == 0


def test_two_at_the_same_time_are_one_after_the_other(database: Database, organisation: UUID):
    subject, together = uuid4(), Barrier(4)

    def tell() -> None:
        together.wait(10)
        for _ in range(8):
            remember(organisation, subject, "told")

    for answer in [database.elsewhere(tell) for _ in range(4)]:
        answer.result(20)
    with acting_for(organisation):
        assert [e.seq for e in of_subject(subject)] == list(range(1, 33))
    assert broken(organisation) == 0


def test_the_system_is_somebody_without_an_id():
    assert Actor(None, "Meldketen") == SYSTEM

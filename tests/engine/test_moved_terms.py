"""A term that the authority moved, in the database; and the terms that stay with a breach. Art. 33(1)."""

from datetime import timedelta
from functools import partial
from uuid import UUID

import pytest

from tenants.errors import NotFound, Refused
from tenants.isolation import acting_for, database_now
from tests.conftest import Database
from tests.engine.places import Place, a_place, last_entry, refused, seen, submit
from tests.factories import FENNA, an_incident, an_office, an_organisation, an_own_breach, sendgrid_tells
from workflows.catalogue import CATALOGUE
from workflows.engine.clocks import hear
from workflows.engine.runs import run_about
from workflows.law.periods import MovedTermUnexplained, TermNotMovedOn
from workflows.mail.outbox import Outbox
from workflows.notification.ap_notification import AP_NOTIFICATION
from workflows.notification.moved_term import move_term
from workflows.running import jobs

HOUR = timedelta(hours=1)
EXPLAINED = ("Het formulier was stuk.", "Bericht van de AP")


def put_off(breach: UUID) -> None:
    move_term(breach, database_now() + 99 * HOUR, *EXPLAINED, FENNA)


@pytest.fixture
def place(database: Database) -> Place:
    return a_place()


def test_a_moved_term_moves_the_breach_and_its_clock_and_keeps_what_was(place: Place):
    before = seen(place, lambda b: (b.alarm_at, b.due_at))
    until = before[1] + 96 * HOUR
    with acting_for(place[0]):
        move_term(place[1], until, *EXPLAINED, FENNA)
    assert seen(place, lambda b: (b.alarm_at, b.due_at, b.version)) == (until, until, 2)
    with acting_for(place[0]):
        (clock,) = run_about(AP_NOTIFICATION.name, place[1]).clocks
        assert (clock.alarm_at, clock.due_at, clock.next_at) == (until, until, until - 48 * HOUR)
    entry = last_entry(place)
    assert (entry.what, entry.actor_name) == ("breach.term_moved", FENNA.name)
    assert (entry.details["reason"], entry.details["source"]) == EXPLAINED
    assert set(entry.details["before"]) == {"alarm_at", "due_at"}


def test_a_clock_that_was_heard_is_not_heard_again_when_its_term_moves(own_database: Database, outbox: Outbox):
    organisation = an_organisation()
    breach = an_own_breach(organisation, hours_ago=73.5)
    assert hear(organisation, CATALOGUE) == 1
    due_at = seen((organisation, breach), lambda b: b.due_at)
    with acting_for(organisation):
        move_term(breach, due_at + 6 * HOUR, *EXPLAINED, FENNA)
    assert hear(organisation, CATALOGUE) == 0
    row = own_database.outside("select state, heard, next_at, due_at from clock")[0]
    assert (row["state"], row["heard"], row["next_at"]) == ("running", 2, due_at + 2 * HOUR)


@pytest.mark.parametrize("missing", ["reason", "source"])
def test_a_term_is_moved_with_its_reason_and_source_or_not_at_all(place: Place, missing: str):
    words = {"reason": "Stuk.", "source": "AP", missing: " "}
    later = seen(place, lambda b: b.due_at) + HOUR
    refused(place, MovedTermUnexplained, lambda: move_term(place[1], later, by=FENNA, **words))


def test_a_term_is_never_moved_back(place: Place):
    due_at = seen(place, lambda b: b.due_at)
    refused(place, TermNotMovedOn, lambda: move_term(place[1], due_at, *EXPLAINED, FENNA))


def test_a_term_is_not_moved_before_awareness_or_after_the_submission(database: Database, place: Place):
    office = an_office()
    an_incident(office)
    unaware = database.outside("select controller_id, breach_id from escalation where processor_id = :o", o=office.id)
    waiting = unaware[0]["controller_id"], unaware[0]["breach_id"]
    submit(place)
    for there in (waiting, place):
        refusal = refused(there, Refused, partial(put_off, there[1]))
        assert refusal.key == "moved_term.not_now"


def test_the_terms_that_were_used_stay_with_the_breach(own_database: Database, outbox: Outbox):
    """Own and escalated alike: their name, hours, threshold and channel."""
    an_own_breach(an_organisation())
    office = an_office()
    an_incident(office)
    jobs.drain(str(office.id))
    sendgrid_tells(outbox.mails)
    jobs.drain(str(office.id))
    rows = own_database.outside("select origin, terms from breach order by origin")
    stored = {"name": "33(1)/2018-05-25", "hours": 72, "threshold": "risk", "channel": "ap_form"}
    assert [(row["origin"], row["terms"]) for row in rows] == [("escalated", stored), ("own", stored)]


def test_anothers_term_is_not_there_to_move(place: Place):
    with pytest.raises(NotFound), acting_for(an_organisation()):
        put_off(place[1])

"""A notice whose last events never came: after the window a person is asked; what is heard after all counts."""

from threading import Event
from typing import Any
from uuid import UUID, uuid4

import pytest

from tenants.errors import AlreadyDone, Invalid, NotFound
from tenants.history.entries import Actor, History, of_subject
from tenants.isolation import acting_for, acting_for_nobody
from tests.conftest import Database
from tests.factories import a_member, an_organisation, delivery_events
from tests.open_decisions import a_sent_notice, let_days_pass
from workflows.catalogue import CATALOGUE
from workflows.decisions.mail_decisions import settle, settle_unconfirmed, tell_unconfirmed
from workflows.engine.clocks import organisations_to_hear
from workflows.mail.batches import sums
from workflows.mail.decisions import RESEND, questions
from workflows.mail.events import record
from workflows.mail.outbox import Outbox
from workflows.mail.reminding import tell_of_failures
from workflows.mail.sender import Unknown
from workflows.mail.unconfirmed import (
    COUNT_AS_NOT_REACHED,
    UNCONFIRMED_AFTER,
    WAIT,
    UnconfirmedNotice,
    unconfirmed_notices,
)
from workflows.running import jobs

OLGA = Actor(uuid4(), "Olga")


@pytest.fixture
def organisation(database: Database) -> UUID:
    """A controller with somebody who can be told."""
    organisation = an_organisation()
    a_member(organisation)
    return organisation


def tell(outbox: Outbox, reader: int, *kinds: str) -> None:
    with acting_for_nobody():
        record([delivery_events(outbox.mails[:1], kind)[reader] for kind in kinds])


def asked(organisation: UUID) -> list[UnconfirmedNotice]:
    with acting_for(organisation):
        return unconfirmed_notices()


def states(organisation: UUID, notice: UUID) -> dict[str, int]:
    with acting_for(organisation):
        return {state: count for state, count in sums(notice).items() if count}


def settled(organisation: UUID, notice: UUID, choice: str) -> int:
    with acting_for(organisation):
        return settle_unconfirmed(notice, choice, "Nagevraagd bij de mailserver", OLGA)


def ended(database: Database, organisation: UUID) -> bool:
    jobs.drain(str(organisation))
    runs = "select state from run where organisation_id = :o and workflow = 'bulk_notice'"
    [run] = database.outside(runs, o=organisation)
    return bool(run["state"] == "done")


def mailed(database: Database, organisation: UUID) -> int:
    query = "select count(*) as n from mail_batch where organisation_id = :o and text_key = 'mail_unheard'"
    return int(database.outside(query, o=organisation)[0]["n"])


def remembered(organisation: UUID, notice: UUID, what: str) -> list[History]:
    with acting_for(organisation):
        return [entry for entry in of_subject(notice) if entry.what == what]


def test_within_the_window_nobody_is_asked(database: Database, organisation: UUID, outbox: Outbox):
    notice = a_sent_notice(organisation, outbox)
    let_days_pass(database, organisation, UNCONFIRMED_AFTER.days - 0.01)
    assert asked(organisation) == [] and organisation not in organisations_to_hear(CATALOGUE)
    with pytest.raises(AlreadyDone), acting_for(organisation):
        settle_unconfirmed(notice, COUNT_AS_NOT_REACHED, "ik wil niet wachten", OLGA)


def test_after_it_somebody_is_told_once_what_is_known(database: Database, organisation: UUID, outbox: Outbox):
    notice = a_sent_notice(organisation, outbox, 4)
    tell(outbox, 0, "processed", "delivered")
    tell(outbox, 1, "deferred")
    let_days_pass(database, organisation)
    assert organisation in organisations_to_hear(CATALOGUE)
    assert tell_unconfirmed(organisation) == 1 and mailed(database, organisation) == 1
    assert organisation not in organisations_to_hear(CATALOGUE) and tell_unconfirmed(organisation) == 0
    [question] = asked(organisation)
    batches = "select id from mail_batch where organisation_id = :o and purpose = 'notice'"
    [batch] = database.outside(batches, o=organisation)
    assert (question.notice_id, question.batches) == (notice, (batch["id"],))
    assert (question.people, question.people_in_all) == (3, 4)
    assert {heard.state: heard.people for heard in question.states} == {"accepted": 2, "deferred": 1}
    [entry] = remembered(organisation, notice, "mail.unheard")
    assert entry.details == {"people": 3}


def test_whoever_waits_is_asked_again_after_another_window(database: Database, organisation: UUID, outbox: Outbox):
    notice = a_sent_notice(organisation, outbox)
    let_days_pass(database, organisation)
    tell_unconfirmed(organisation)
    assert settled(organisation, notice, WAIT) == 2
    assert asked(organisation) == [] and not ended(database, organisation)
    with pytest.raises(AlreadyDone):
        settled(organisation, notice, WAIT)
    let_days_pass(database, organisation)
    assert organisation in organisations_to_hear(CATALOGUE) and tell_unconfirmed(organisation) == 1
    assert [question.people for question in asked(organisation)] == [2] and mailed(database, organisation) == 2


def test_a_notice_ends_once_its_readers_are_counted_as_not_reached(
    database: Database, organisation: UUID, outbox: Outbox
):
    notice = a_sent_notice(organisation, outbox, 3)
    tell(outbox, 0, "delivered")
    let_days_pass(database, organisation)
    tell_unconfirmed(organisation)
    assert not ended(database, organisation)
    assert settled(organisation, notice, COUNT_AS_NOT_REACHED) == 2
    assert states(organisation, notice) == {"delivered": 1, "unconfirmed": 2}
    assert ended(database, organisation) and asked(organisation) == []
    assert organisation not in organisations_to_hear(CATALOGUE)
    [entry] = remembered(organisation, notice, "mail.settled")
    assert (entry.actor_name, entry.details["choice"], entry.details["people"]) == ("Olga", COUNT_AS_NOT_REACHED, 2)
    assert set(entry.details) == {"choice", "reason", "people", "batches", "since"}
    assert len(entry.details["batches"]) == 1
    assert "geheim.example" not in str(entry.details)


@pytest.mark.parametrize(
    ("late", "state"), [("delivered", "delivered"), ("bounce", "bounced"), ("deferred", "unconfirmed")]
)
def test_what_is_heard_after_all_is_kept_and_counts(
    database: Database, organisation: UUID, outbox: Outbox, late: str, state: str
):
    notice = a_sent_notice(organisation, outbox, 2)
    tell(outbox, 0, "delivered")
    let_days_pass(database, organisation)
    settled(organisation, notice, COUNT_AS_NOT_REACHED)
    assert ended(database, organisation)
    tell(outbox, 1, late)
    states_now = states(organisation, notice)
    assert states_now.get(state) and sum(states_now.values()) == 2 and ended(database, organisation)
    kept = database.outside("select event from mail_event where organisation_id = :o", o=organisation)
    assert sorted(row["event"] for row in kept) == sorted(["delivered", late])


def test_each_batch_has_its_own_window(database: Database, organisation: UUID, outbox: Outbox):
    """Sent five days ago, but of unknown fate and sent again only now."""
    outbox.answer_next(Unknown("TimeoutError"))
    notice = a_sent_notice(organisation, outbox)
    let_days_pass(database, organisation)
    assert tell_unconfirmed(organisation) == 0 and asked(organisation) == []
    with acting_for(organisation):
        [question] = questions()
        settle(question.id, RESEND, "niets verstuurd", OLGA)
    jobs.drain(str(organisation))
    assert states(organisation, notice) == {"accepted": 2} and asked(organisation) == []
    let_days_pass(database, organisation)
    assert tell_unconfirmed(organisation) == 1 and [question.people for question in asked(organisation)] == [2]


def test_our_own_people_who_were_reminded_of_a_notice_are_no_readers_of_it(
    database: Database, organisation: UUID, outbox: Outbox
):
    notice = a_sent_notice(organisation, outbox, 2)
    with acting_for(organisation):
        tell_of_failures([notice])
    jobs.drain(str(organisation))
    let_days_pass(database, organisation)
    assert [(question.people, question.people_in_all) for question in asked(organisation)] == [(2, 2)]
    assert settled(organisation, notice, COUNT_AS_NOT_REACHED) == 2 and ended(database, organisation)
    with acting_for(organisation):
        assert sum(sums(notice, "notice").values()) == 2


def test_an_event_and_a_person_at_the_same_time(database: Database, organisation: UUID, outbox: Outbox):
    """The event was first, but is not committed yet: whom it is about stays delivered, and the notice ends."""
    notice = a_sent_notice(organisation, outbox, 2)
    let_days_pass(database, organisation)
    recorded, go_on = Event(), Event()

    def post(event: dict[str, Any]) -> None:
        with acting_for_nobody():
            record([event])
            recorded.set()
            assert go_on.wait(5)

    early = database.elsewhere(post, delivery_events(outbox.mails[:1])[0])
    assert recorded.wait(5)
    person = database.elsewhere(settled, organisation, notice, COUNT_AS_NOT_REACHED)
    database.wait_until_blocked()
    go_on.set()
    early.result(5)
    assert person.result(5) == 1
    assert states(organisation, notice) == {"delivered": 1, "unconfirmed": 1} and ended(database, organisation)


def test_settling_takes_a_reason_and_an_own_notice(database: Database, organisation: UUID, outbox: Outbox):
    notice = a_sent_notice(organisation, outbox)
    let_days_pass(database, organisation)
    with pytest.raises(Invalid), acting_for(organisation):
        settle_unconfirmed(notice, COUNT_AS_NOT_REACHED, " ", OLGA)
    with pytest.raises(Invalid, match="not_a_choice"), acting_for(organisation):
        settle_unconfirmed(notice, RESEND, "nog eens", OLGA)
    with pytest.raises(NotFound), acting_for(an_organisation()):
        settle_unconfirmed(notice, COUNT_AS_NOT_REACHED, "van een ander", OLGA)
    assert [question.people for question in asked(organisation)] == [2]

"""What only a person decides about mail, and what nobody needs to decide any more."""

from uuid import UUID

import pytest
from sqlalchemy import text

from tenants.database import db
from tenants.errors import AlreadyDone
from tenants.isolation import acting_for
from tests.mail.telling import (
    Meanwhile,
    a_step_waits_for,
    batches,
    event,
    let_the_lease_lapse,
    planned,
    states,
    tell,
)
from workflows.mail.decisions import give_up, questions, resend, resume
from workflows.mail.outbox import Outbox
from workflows.mail.sender import Accepted, Mail, Stopped, Unknown
from workflows.mail.sending import send_planned


def test_a_person_lets_a_stopped_batch_go(organisation: UUID) -> None:
    about, outbox = planned(organisation), Outbox()
    outbox.answer_next(Stopped(401, "the key is wrong"))
    send_planned(organisation, outbox)
    with acting_for(organisation):
        (question,) = questions()
        assert (question.state, question.people, question.about_id) == ("stopped", 3, about)
        resume(question.id)
        with pytest.raises(AlreadyDone):
            resume(question.id)
    assert send_planned(organisation, outbox) == 1
    assert states(organisation, about) == {"accepted": 3}


def test_a_person_sends_again_what_no_event_came_of(organisation: UUID) -> None:
    about, outbox = planned(organisation), Outbox()
    outbox.answer_next(Unknown("TimeoutError"))
    send_planned(organisation, outbox)
    with acting_for(organisation):
        (question,) = questions()
        assert resend(question.id) == 3
        with pytest.raises(AlreadyDone):
            resend(question.id)
        assert questions() == []
    tell(event(outbox.mails[0], 0, "delivered"))  # the first one did go out after all
    assert send_planned(organisation, outbox) == 1
    assert len(outbox.mails[1].people) == 2
    old, new = batches(organisation)
    assert (old["state"], new["state"], new["resend_of"]) == ("accepted", "accepted", old["id"])
    assert states(organisation, about) == {"delivered": 1, "accepted": 2}


@pytest.fixture
def sent_again(organisation: UUID) -> tuple[UUID, Outbox]:
    """A batch of unknown fate that a person sends again; then one of the three turns out to have the first."""
    about, outbox = planned(organisation), Outbox()
    outbox.answer_next(Unknown("TimeoutError"))
    send_planned(organisation, outbox)
    with acting_for(organisation):
        resend(questions()[0].id)
    tell(event(outbox.mails[0], 0, "delivered"))
    return about, outbox


def test_who_has_the_first_keeps_it_when_the_second_is_lost(
    organisation: UUID, sent_again: tuple[UUID, Outbox]
) -> None:
    def die(_: Mail) -> None:
        raise SystemExit

    with pytest.raises(SystemExit):
        send_planned(organisation, Meanwhile(die, Accepted("never")))
    let_the_lease_lapse(organisation)
    assert states(organisation, sent_again[0]) == {"delivered": 1, "unknown": 2}


@pytest.fixture
def unknown_again(organisation: UUID, sent_again: tuple[UUID, Outbox]) -> tuple[UUID, Outbox]:
    """Nobody knows of the second either: it was sent to the two who may not have the first."""
    about, outbox = sent_again
    outbox.answer_next(Unknown("TimeoutError"))
    send_planned(organisation, outbox)
    assert states(organisation, about) == {"delivered": 1, "unknown": 2}
    return about, outbox


def test_who_has_the_first_keeps_it_when_the_second_turns_out_well(
    organisation: UUID, unknown_again: tuple[UUID, Outbox]
) -> None:
    about, outbox = unknown_again
    tell(event(outbox.mails[1], 0, "processed"))
    assert states(organisation, about) == {"delivered": 1, "processed": 1, "accepted": 1}


def test_a_reader_of_the_first_mail_gets_no_third(organisation: UUID, unknown_again: tuple[UUID, Outbox]) -> None:
    about, outbox = unknown_again
    with acting_for(organisation):
        assert resend(questions()[0].id) == 2
    send_planned(organisation, outbox)
    assert [len(mail.people) for mail in outbox.mails] == [3, 2, 2]
    assert states(organisation, about) == {"delivered": 1, "accepted": 2}


def test_who_has_the_first_is_not_given_up(organisation: UUID, unknown_again: tuple[UUID, Outbox]) -> None:
    with acting_for(organisation):
        assert give_up(questions()[0].id) == 2
    assert states(organisation, unknown_again[0]) == {"delivered": 1, "rejected": 2}


def test_what_may_still_go_is_not_given_up(organisation: UUID) -> None:
    about = planned(organisation)
    [batch] = batches(organisation)
    with acting_for(organisation), pytest.raises(AlreadyDone):
        give_up(batch["id"])
    assert states(organisation, about) == {"planned": 3}


def test_who_waits_for_mail_that_is_given_up_goes_on(organisation: UUID) -> None:
    about, outbox = planned(organisation, 1, "escalation"), Outbox()
    a_step_waits_for(organisation, about)
    outbox.answer_next(Unknown("TimeoutError"))
    send_planned(organisation, outbox)
    with acting_for(organisation):
        give_up(questions()[0].id)
        assert db.session.scalar(text("select state from step")) == "ready"


def test_what_was_settled_is_no_question(organisation: UUID) -> None:
    planned(organisation)
    outbox = Outbox()
    outbox.answer_next(Unknown("TimeoutError"))
    send_planned(organisation, outbox)
    with acting_for(organisation):
        (question,) = questions()
    tell(event(outbox.mails[0], 0, "processed"))
    with acting_for(organisation):
        assert questions() == []
        with pytest.raises(AlreadyDone):
            resend(question.id)

"""What only a person decides about mail, and what nobody needs to decide any more."""

from uuid import UUID

import pytest

from tenants.errors import AlreadyDone
from tenants.isolation import acting_for
from tests.mail.telling import batches, event, planned, states, tell
from workflows.mail.decisions import questions, resend, resume
from workflows.mail.outbox import Outbox
from workflows.mail.sender import Stopped, Unknown
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

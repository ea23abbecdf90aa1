"""A person settles mail whose fate is unknown: after the evidence window, with a reason, and it leaves a trace."""

from uuid import UUID, uuid4

import pytest

from tenants.errors import AlreadyDone, Invalid, NotFound
from tenants.history.entries import Actor, of_subject
from tenants.isolation import acting_for
from tests.conftest import Database
from tests.factories import an_organisation
from workflows.decisions.mail_decisions import settle
from workflows.mail.batches import Addressee, plan, sums
from workflows.mail.decisions import GIVE_UP, RESEND, RESUME, questions
from workflows.mail.outbox import Outbox
from workflows.mail.sender import Unknown
from workflows.mail.sending import send_planned

FENNA = Actor(uuid4(), "Fenna")
COMMON = {"organisation": "De Linde", "count": "1", "link": "http://127.0.0.1:8000/"}


@pytest.fixture
def organisation(database: Database) -> UUID:
    return an_organisation()


def send_with_unknown_outcome(organisation: UUID, purpose: str = "escalation") -> tuple[UUID, UUID, Outbox]:
    about, outbox = uuid4(), Outbox()
    people = [(about, Addressee("Anna", "anna@klant.example")), (about, Addressee("Bram", "bram@klant.example"))]
    with acting_for(organisation):
        [batch] = plan(purpose, "step_failed", COMMON, people)
    outbox.answer_next(Unknown("TimeoutError"))
    send_planned(organisation, outbox)
    return about, batch, outbox


def let_an_hour_pass(database: Database) -> None:
    database.outside("update mail_batch set answered_at = now() - interval '61 minutes' where state = 'unknown'")


def test_while_events_may_still_come_nobody_sends_it_again(database: Database, organisation: UUID):
    _, batch, _ = send_with_unknown_outcome(organisation)
    with acting_for(organisation):
        [question] = questions()
    assert (question.people, question.people_in_all, question.events) == (2, 2, 0)
    assert question.choices == (RESEND, GIVE_UP) and question.evidence_until > question.answered_at
    with pytest.raises(Invalid, match="evidence_may_come"), acting_for(organisation):
        settle(batch, RESEND, "ik wil niet wachten", FENNA)


def test_after_it_a_person_sends_it_again_and_says_why(database: Database, organisation: UUID):
    about, batch, outbox = send_with_unknown_outcome(organisation)
    let_an_hour_pass(database)
    with acting_for(organisation):
        assert settle(batch, RESEND, "SendGrid lag eruit, nagevraagd", FENNA) == 2
    assert send_planned(organisation, outbox) == 1 and len(outbox.mails) == 2
    with acting_for(organisation):
        [entry] = of_subject(about)
        assert (entry.what, entry.actor_name) == ("mail.settled", "Fenna")
        assert entry.details["choice"] == RESEND and entry.details["reason"].startswith("SendGrid lag eruit")
    with pytest.raises(AlreadyDone), acting_for(organisation):
        settle(batch, RESEND, "nog eens", FENNA)


def test_given_up_goes_to_the_next_channel(database: Database, organisation: UUID):
    about, batch, _ = send_with_unknown_outcome(organisation)
    with acting_for(organisation):
        assert settle(batch, GIVE_UP, "we bellen ze", FENNA) == 2
        counts = sums(about)
        assert (counts["rejected"], counts["unknown"]) == (2, 0) and questions() == []


def test_settling_asks_for_a_reason_and_for_mail_of_ones_own(database: Database, organisation: UUID):
    _, batch, _ = send_with_unknown_outcome(organisation)
    with pytest.raises(Invalid), acting_for(organisation):
        settle(batch, GIVE_UP, "  ", FENNA)
    with pytest.raises(Invalid, match="not_a_choice"), acting_for(organisation):
        settle(batch, RESUME, "die was niet gestopt", FENNA)
    with pytest.raises(NotFound), acting_for(an_organisation()):
        settle(batch, GIVE_UP, "van een ander", FENNA)

"""Claim, post once, write down: told with a sender without HTTP, on a real database."""

from datetime import UTC, datetime, timedelta
from threading import Barrier, Thread
from uuid import UUID, uuid4

import pytest
from flask import Flask
from sqlalchemy import select, text

from tenants.database import db
from tenants.isolation import acting_for
from tests.mail.telling import (
    Meanwhile,
    a_step_waits_for,
    batches,
    due_again,
    event,
    let_the_lease_lapse,
    planned,
    states,
    tell,
)
from workflows.engine.clocks import sweep
from workflows.mail.answers import write_answer
from workflows.mail.outbox import Outbox
from workflows.mail.rows import Recipient
from workflows.mail.sender import Accepted, Answer, Mail, Rejected, Stopped, TryAgain, Unknown
from workflows.mail.sending import send_planned


def test_an_accepted_batch_and_its_readers(organisation: UUID) -> None:
    about, outbox = planned(organisation), Outbox()
    assert send_planned(organisation, outbox) == 1
    (batch,) = batches(organisation)
    assert (batch["state"], batch["message_id"], batch["token"], batch["attempt"]) == (
        "accepted",
        "outbox-1",
        None,
        1,
    )
    assert states(organisation, about) == {"accepted": 3}
    subject, plain, _ = outbox.mails[0].as_read_by(outbox.mails[0].people[0])
    assert subject.startswith("Kantoor") and "Beste L," in plain
    for person in outbox.mails[0].people:  # what SendGrid keeps about somebody says nothing about them
        assert person.custom == {"n": str(about), "m": str(UUID(person.custom["m"])), "b": str(batch["id"])}
    assert send_planned(organisation, outbox) == 0


def test_at_most_so_many_batches(organisation: UUID) -> None:
    for _ in range(3):
        planned(organisation)
    outbox = Outbox()
    assert [send_planned(organisation, outbox, most=2) for _ in range(3)] == [2, 1, 0]


def test_a_refused_request_is_halved_down_to_the_reader_it_is_about(organisation: UUID) -> None:
    about = planned(organisation, 37)

    class Picky(Outbox):
        def send(self, mail: Mail) -> Answer:
            bad = any(person.address in ("l5@x.nl", "l30@x.nl") for person in mail.people)
            return Rejected(400, "no such host") if bad else super().send(mail)

    picky = Picky()
    assert send_planned(organisation, picky, most=100) < 30
    assert states(organisation, about) == {"accepted": 35, "rejected": 2}
    sent = [person.address for mail in picky.mails for person in mail.people]
    assert len(sent) == len(set(sent)) == 35
    made = {batch["id"] for batch in batches(organisation)}
    assert {batch["resend_of"] for batch in batches(organisation)} - {None} <= made
    with acting_for(organisation):
        rejected = db.session.scalars(select(Recipient.reason).where(Recipient.state == "rejected")).all()
    assert rejected == ["no such host"] * 2


def test_a_rejected_reader_wakes_the_step_that_waits_for_it(organisation: UUID) -> None:
    about = planned(organisation, 1, "escalation")
    a_step_waits_for(organisation, about)
    outbox = Outbox()
    outbox.answer_next(Rejected(400, "no"))
    send_planned(organisation, outbox)
    with acting_for(organisation):
        assert db.session.scalar(text("select state from step")) == "ready"


def test_what_a_person_must_mend_stops_and_loses_nobody(organisation: UUID) -> None:
    about, _, outbox = planned(organisation), planned(organisation), Outbox()
    outbox.answer_next(Stopped(401, "the key is wrong"))
    assert send_planned(organisation, outbox) == 1
    assert [batch["state"] for batch in batches(organisation)] == ["stopped", "planned"]
    assert batches(organisation)[0]["error"] == "401 the key is wrong"
    assert [send_planned(organisation, outbox), len(outbox.mails)] == [1, 2], "the other one only"
    assert states(organisation, about) == {"planned": 3}


def test_a_mail_that_cannot_be_written_stops_before_it_is_posted(organisation: UUID) -> None:
    planned(organisation)
    with acting_for(organisation):
        db.session.execute(text("update mail_batch set text_key = 'gone'"))
    outbox = Outbox()
    assert send_planned(organisation, outbox) == 1
    assert (batches(organisation)[0]["state"], outbox.mails) == ("stopped", [])


def test_try_again_waits_for_the_moment_it_was_given(organisation: UUID) -> None:
    about, outbox = planned(organisation), Outbox()
    reset = datetime.now(UTC) + timedelta(minutes=5)
    outbox.answer_next(TryAgain(reset))
    assert send_planned(organisation, outbox) == 1
    (batch,) = batches(organisation)
    assert (batch["state"], batch["not_before"], batch["token"]) == ("planned", reset, None)
    assert send_planned(organisation, outbox) == 0
    due_again(organisation)
    assert send_planned(organisation, outbox) == 1
    assert states(organisation, about) == {"accepted": 3}


@pytest.mark.parametrize("named", [None, datetime(1970, 1, 1, tzinfo=UTC), datetime(2200, 1, 1, tzinfo=UTC)])
def test_try_again_is_never_at_once_and_never_far_away(organisation: UUID, named: datetime | None) -> None:
    planned(organisation)
    outbox = Outbox()
    for _ in range(3):
        outbox.answer_next(TryAgain(named))
        assert send_planned(organisation, outbox) == 1
        with acting_for(organisation):
            away = db.session.scalar(text("select extract(epoch from not_before - now()) from mail_batch"))
        assert 0 < away <= 3600
        due_again(organisation)


def test_an_unknown_outcome_is_never_sent_again(organisation: UUID) -> None:
    about, outbox = planned(organisation), Outbox()
    outbox.answer_next(Unknown("TimeoutError"))
    assert send_planned(organisation, outbox) == 1
    assert states(organisation, about) == {"unknown": 3}
    due_again(organisation)
    assert send_planned(organisation, outbox) == 0
    assert len(outbox.mails) == 1


def test_a_sender_that_dies_leaves_an_unknown_batch_behind(organisation: UUID) -> None:
    about = planned(organisation)

    def die(_: Mail) -> None:
        raise SystemExit

    with pytest.raises(SystemExit):
        send_planned(organisation, Meanwhile(die, Accepted("never")))
    assert batches(organisation)[0]["state"] == "sending"
    let_the_lease_lapse(organisation)
    assert states(organisation, about) == {"unknown": 3}
    assert send_planned(organisation, Outbox()) == 0


def test_a_sender_whose_lease_stands_is_let_finish(organisation: UUID) -> None:
    about = planned(organisation)
    assert send_planned(organisation, Meanwhile(lambda _: sweep(), Accepted("in time"))) == 1
    assert [batch["message_id"] for batch in batches(organisation)] == ["in time"]
    assert states(organisation, about) == {"accepted": 3}


@pytest.mark.parametrize("late", [Accepted("late"), Rejected(400, "x"), Stopped(403, "x"), TryAgain(), Unknown("x")])
def test_who_comes_back_after_the_lease_writes_nothing(organisation: UUID, late: Answer) -> None:
    about = planned(organisation)
    send_planned(organisation, Meanwhile(lambda _: let_the_lease_lapse(organisation), late), most=1)
    (batch,) = batches(organisation)
    assert (batch["state"], batch["message_id"], batch["error"]) == ("unknown", None, "lease lapsed")
    assert states(organisation, about) == {"unknown": 3}


@pytest.mark.parametrize("answer", [Accepted("x"), Rejected(400, "x"), Stopped(403, "x"), TryAgain(), Unknown("x")])
def test_who_does_not_hold_the_batch_writes_nothing(organisation: UUID, answer: Answer) -> None:
    about = planned(organisation)

    def another_answers(mail: Mail) -> None:
        with acting_for(organisation):
            assert not write_answer(organisation, UUID(mail.people[0].custom["b"]), uuid4(), answer)
        assert batches(organisation)[0]["state"] == "sending"
        assert states(organisation, about) == {"planned": 3}

    assert send_planned(organisation, Meanwhile(another_answers, Accepted("a"))) == 1
    assert states(organisation, about) == {"accepted": 3}


def test_mail_that_may_go_is_seen_by_the_sweep(organisation: UUID) -> None:
    """Nobody is ready for anything else here: a worker comes for the mail alone."""
    planned(organisation)
    outbox = Outbox()
    assert organisation in sweep()
    outbox.answer_next(TryAgain())
    send_planned(organisation, outbox)
    assert organisation not in sweep()
    due_again(organisation)
    assert organisation in sweep()
    send_planned(organisation, outbox)
    assert organisation not in sweep()


def test_an_event_that_comes_before_the_answer_is_not_undone_by_it(organisation: UUID) -> None:
    about = planned(organisation)
    early = Meanwhile(lambda mail: tell(event(mail, 0, "delivered"), event(mail, 1, "dropped")), Accepted("a"))
    assert send_planned(organisation, early) == 1
    assert states(organisation, about) == {"delivered": 1, "dropped": 1, "accepted": 1}
    assert batches(organisation)[0]["state"] == "accepted"


def test_events_that_came_before_a_lost_answer_prove_that_it_was_sent(organisation: UUID) -> None:
    about = planned(organisation)
    lost = Meanwhile(lambda mail: tell(event(mail, 0, "processed")), Unknown("TimeoutError"))
    assert send_planned(organisation, lost) == 1
    assert batches(organisation)[0]["state"] == "accepted"
    assert states(organisation, about) == {"processed": 1, "accepted": 2}


def test_events_that_came_before_a_death_prove_it_too(organisation: UUID) -> None:
    about = planned(organisation)

    def tell_and_die(mail: Mail) -> None:
        tell(event(mail, 2, "bounce"))
        raise SystemExit

    with pytest.raises(SystemExit):
        send_planned(organisation, Meanwhile(tell_and_die, Accepted("never")))
    let_the_lease_lapse(organisation)
    assert send_planned(organisation, Outbox()) == 0
    assert batches(organisation)[0]["state"] == "accepted"
    assert states(organisation, about) == {"bounced": 1, "accepted": 2}


def test_a_later_event_settles_an_unknown_batch(organisation: UUID) -> None:
    about, outbox = planned(organisation), Outbox()
    outbox.answer_next(Unknown("RemoteDisconnected"))
    send_planned(organisation, outbox)
    tell(event(outbox.mails[0], 1, "delivered"))
    assert batches(organisation)[0]["state"] == "accepted"
    assert states(organisation, about) == {"delivered": 1, "accepted": 2}


def test_an_answer_that_stands_is_not_given_again_by_an_event(organisation: UUID) -> None:
    planned(organisation)
    outbox = Outbox()
    send_planned(organisation, outbox)
    answered = batches(organisation)
    tell(event(outbox.mails[0], 0, "delivered"))
    assert batches(organisation) == answered


def test_many_senders_at_once_send_each_batch_once(app: Flask, organisation: UUID) -> None:
    abouts = [planned(organisation, 2) for _ in range(12)]
    outbox, start = Outbox(), Barrier(4)

    def work() -> None:
        with app.app_context():
            start.wait()
            while send_planned(organisation, outbox, most=2):
                pass

    workers = [Thread(target=work) for _ in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    sent = [person.custom["m"] for mail in outbox.mails for person in mail.people]
    assert len(sent) == len(set(sent)) == 24
    assert all(states(organisation, about) == {"accepted": 2} for about in abouts)

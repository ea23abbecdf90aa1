"""Everybody has a turn: nobody waits for somebody else's claim, and a heap of work does not hide what others have."""

from threading import Event
from uuid import UUID, uuid4

import pytest
from sqlalchemy import text

from tenants.database import db
from tenants.isolation import acting_for, acting_for_nobody
from tests.conftest import Database
from tests.engine.toy import a_workflow, begun, catalogue_of, marks, steps_of
from tests.factories import an_organisation
from workflows.engine.claims import BATCH
from workflows.engine.drain import drain_steps
from workflows.engine.hints import use_hints
from workflows.mail.batches import Addressee, plan
from workflows.mail.outbox import Outbox
from workflows.mail.sender import Answer, Mail
from workflows.mail.sending import send_planned
from workflows.running import jobs

TOY = a_workflow()
CATALOGUE = catalogue_of(TOY)
FILLING = {"organisation": "De Linde", "count": "1", "link": "http://127.0.0.1:8000/"}


@pytest.fixture
def organisation(database: Database) -> UUID:
    return an_organisation()


def drain(organisation: UUID) -> int:
    return drain_steps(organisation, CATALOGUE, uuid4())


def planned(batches: int) -> UUID:
    """An organisation with so many mails that are ready to go."""
    organisation = an_organisation()
    with acting_for(organisation):
        for _ in range(batches):
            plan("reminder", "step_failed", FILLING, [(uuid4(), Addressee("Anna", "anna@client.example"))])
    return organisation


def test_what_another_is_just_claiming_is_passed_over(database: Database, organisation: UUID):
    begun(organisation, TOY, 3)
    with database.superuser.begin() as another:
        another.exec_driver_sql(f"select from step where organisation_id = '{organisation}' limit 1 for update")
        assert database.elsewhere(drain, organisation).result(10) == 2
    assert drain(organisation) == 1 and marks(database, organisation) == 3


def test_a_batch_that_another_is_just_claiming_is_passed_over(database: Database):
    organisation, outbox = planned(batches=2), Outbox()
    with database.superuser.begin() as another:
        another.exec_driver_sql(f"select from mail_batch where organisation_id = '{organisation}' limit 1 for update")
        assert database.elsewhere(send_planned, organisation, outbox).result(10) == 1
    assert send_planned(organisation, outbox) == 1 and len(outbox.mails) == 2


def test_a_claim_takes_no_more_than_a_batch(database: Database, organisation: UUID):
    begun(organisation, TOY, BATCH + 1)
    assert [drain(organisation) for _ in range(3)] == [BATCH, 1, 0]


def test_every_organisation_with_work_is_named_in_the_end(own_database: Database):
    """More organisations have work than one sweep names: each is named in the end."""
    waiting = {an_organisation() for _ in range(3)}
    for organisation in waiting:
        begun(organisation, TOY)
    named: set[UUID] = set()
    for _ in range(60):
        with acting_for_nobody():
            named.update(db.session.scalars(text("select organisation_id from sweep(1)")))
    assert named == waiting


def test_who_has_much_to_do_lets_others_have_their_turn_and_is_rung_for_again(own_database: Database):
    organisation, rung = planned(batches=3), []

    class Slow(Outbox):
        def send(self, mail: Mail) -> Answer:
            Event().wait(jobs.LONGEST_S / 2 + 0.1)
            return super().send(mail)

    class Heard:
        def hint(self, organisations: list[UUID]) -> None:
            rung.extend(organisations)

    slow = Slow()
    jobs.use_mail_sender(slow)
    use_hints(Heard())
    assert jobs.drain(str(organisation)) == len(slow.mails) == 2
    assert rung == [organisation]


def test_a_batch_that_fails_leaves_those_of_other_organisations_sent(own_database: Database, outbox: Outbox):
    bad, good = planned(batches=1), planned(batches=1)
    own_database.outside("delete from organisation_key where organisation_id = :bad", bad=bad)
    assert jobs.poll() == 1 and len(outbox.mails) == 1
    sent = own_database.outside("select organisation_id from mail_batch where state = 'accepted'")
    assert [row["organisation_id"] for row in sent] == [good]


def test_a_persons_step_is_not_woken_for_a_machine(database: Database, organisation: UUID):
    [toy] = begun(organisation, TOY)
    drain(organisation)
    with acting_for(organisation):
        db.session.execute(text("select wake_steps(:o, :toy)"), {"o": organisation, "toy": toy})
    assert drain(organisation) == 0
    assert [(row["name"], row["state"]) for row in steps_of(database, organisation)][1] == ("decide", "waiting")

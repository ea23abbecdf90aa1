"""Evidence from outside that arrives while a worker is just looking: in whatever order, it is not lost."""

from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import replace
from threading import Event
from typing import Any
from uuid import UUID, uuid4

import pytest

from tenants.history.entries import Actor
from tenants.isolation import acting_for
from tenants.register.escalations import Escalation, acknowledge_receipt
from tests.conftest import Database, until
from tests.engine.toy import Meanwhile
from tests.factories import an_incident, an_office, sendgrid_tells
from workflows.catalogue import CATALOGUE
from workflows.engine.drain import drain_steps
from workflows.engine.steps import Job, Workflow
from workflows.mail.outbox import Outbox
from workflows.running import jobs

HELD_S = 10


class ConfirmedEscalation:
    """One escalation, its controller who confirms receipt, and the worker who looks whether it did."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.office = an_office().id
        self.told, self.go_on = Event(), Event()

    def written(self, outbox: Outbox, office: Any) -> None:
        self.office = office.id
        an_incident(office)
        jobs.drain(str(office.id))
        query = "select * from escalation where processor_id = :office"
        self.escalation = self.database.outside(query, office=self.office)[0]

    def confirms(self, hold: bool = False) -> Future[Any]:
        """The controller confirms receipt; when held, its transaction stays open until `go_on`."""

        def confirm() -> Any:
            with acting_for(self.escalation["controller_id"]):
                moment = acknowledge_receipt(self.escalation["breach_id"], Actor(None, "Anna"))
                self.told.set()
                if hold:
                    self.go_on.wait(HELD_S)
                return moment

        return self.database.elsewhere(confirm)

    def works(self, catalogue: Any = CATALOGUE) -> int:
        done = 0
        while claimed := drain_steps(self.office, catalogue, uuid4()):
            done += claimed
        return done

    def state(self, step: str) -> str | None:
        newest = "select state from step where organisation_id = :o and name = :step order by id desc"
        rows = self.database.outside(newest, o=self.office, step=step)
        return rows[0]["state"] if rows else None

    def look_again(self) -> None:
        """Something made the waiting step ready: a call, another event, a sweep."""
        again = "update step set state = 'ready', ready_at = now() where organisation_id = :o and state = 'waiting'"
        self.database.outside(again, o=self.office)


@pytest.fixture
def chain(database: Database, outbox: Outbox) -> ConfirmedEscalation:
    """Written to; nobody has confirmed anything."""
    made = ConfirmedEscalation(database)
    made.written(outbox, an_office())
    return made


@pytest.fixture
def delivered(chain: ConfirmedEscalation, outbox: Outbox) -> ConfirmedEscalation:
    """Delivered; a machine waits for the receipt."""
    sendgrid_tells(outbox.mails)
    chain.works()
    assert (chain.state("deliver"), chain.state("acknowledge")) == ("done", "waiting")
    return chain


def held_up(name: str, after_looking: Callable[[], object]) -> dict[str, Workflow]:
    """The catalogue, with one step's handler held up after it has read the facts."""
    workflow = CATALOGUE["escalation"]
    step = workflow.step(name)
    assert isinstance(step, Job)

    def does(escalations: list[Escalation]) -> list[UUID]:
        done = list(step.does(escalations))
        after_looking()
        return done

    steps = tuple(replace(step, does=does) if own_step is step else own_step for own_step in workflow.steps)
    return CATALOGUE | {"escalation": replace(workflow, steps=steps)}


def test_it_wakes_the_step_that_waits_for_it(delivered: ConfirmedEscalation):
    assert delivered.confirms().result(HELD_S) is not None
    assert delivered.state("acknowledge") == "ready"
    delivered.works()
    assert delivered.state("acknowledge") == "done"


def test_it_comes_after_the_worker_looked_and_before_it_went_to_sleep(delivered: ConfirmedEscalation):
    looked = Event()

    def linger() -> None:
        looked.set()
        delivered.go_on.wait(HELD_S)

    delivered.look_again()
    worker = delivered.database.elsewhere(delivered.works, held_up("acknowledge", linger))
    looked.wait(HELD_S)
    controller = delivered.confirms()
    delivered.database.wait_until_blocked()
    delivered.go_on.set()
    assert controller.result(HELD_S) is not None
    worker.result(HELD_S)
    delivered.works()
    assert delivered.state("acknowledge") == "done"


def test_it_is_on_its_way_when_the_worker_that_claimed_looks(delivered: ConfirmedEscalation):
    def it_comes() -> None:
        delivered.confirms(hold=True)
        delivered.told.wait(HELD_S)

    delivered.look_again()
    worker = delivered.database.elsewhere(delivered.works, Meanwhile(CATALOGUE, it_comes))
    goes_on_once_it_is_blocked_or_ready(delivered, worker)
    assert delivered.state("acknowledge") == "done"


def test_it_is_on_its_way_when_the_step_is_ready_and_claimed(delivered: ConfirmedEscalation):
    delivered.look_again()
    controller = delivered.confirms(hold=True)
    delivered.told.wait(HELD_S)
    worker = delivered.database.elsewhere(delivered.works)
    goes_on_once_it_is_blocked_or_ready(delivered, worker)
    assert controller.result(HELD_S) is not None
    assert delivered.state("acknowledge") == "done"


def test_it_is_on_its_way_when_the_step_that_waits_for_it_opens(chain: ConfirmedEscalation, outbox: Outbox):
    """The controller confirms while a worker still sees to the delivery; the step for the receipt opens after that."""
    looked, opened = Event(), Event()

    def linger() -> None:
        looked.set()
        opened.wait(HELD_S)

    sendgrid_tells(outbox.mails)
    worker = chain.database.elsewhere(chain.works, held_up("deliver", linger))
    looked.wait(HELD_S)
    controller = chain.confirms(hold=True)
    until(lambda: chain.told.is_set() or is_blocked(chain.database))
    opened.set()
    chain.told.wait(HELD_S)
    goes_on_once_it_is_blocked_or_ready(chain, worker)
    assert controller.result(HELD_S) is not None
    assert (chain.state("deliver"), chain.state("acknowledge")) == ("done", "done")


def test_a_worker_and_a_controller_at_the_same_time_do_not_lock_each_other_out(
    chain: ConfirmedEscalation, outbox: Outbox
):
    """The worker holds the run and is about to write the escalation, which the controller just confirms."""
    looked = Event()

    def linger() -> None:
        looked.set()
        chain.go_on.wait(HELD_S)

    sendgrid_tells(outbox.mails)
    step = CATALOGUE["escalation"].step("deliver")
    assert isinstance(step, Job)

    def look_then_write(escalations: list[Escalation]) -> list[UUID]:
        linger()
        return list(step.does(escalations))

    workflow = CATALOGUE["escalation"]
    steps = tuple(replace(step, does=look_then_write) if own_step is step else own_step for own_step in workflow.steps)
    worker = chain.database.elsewhere(chain.works, CATALOGUE | {"escalation": replace(workflow, steps=steps)})
    looked.wait(HELD_S)
    controller = chain.confirms()
    chain.database.wait_until_blocked()
    chain.go_on.set()
    assert controller.result(HELD_S) is not None
    worker.result(HELD_S)
    chain.works()
    tries = "select max(attempt) as most from step where organisation_id = :o and state = 'done'"
    assert chain.database.outside(tries, o=chain.office)[0]["most"] == 1
    assert chain.state("acknowledge") == "done"


def is_blocked(database: Database) -> bool:
    blocked = "select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'"
    return bool(database.outside(blocked))


def goes_on_once_it_is_blocked_or_ready(chain: ConfirmedEscalation, worker: Future[Any]) -> None:
    until(lambda: worker.done() or is_blocked(chain.database))
    chain.go_on.set()
    worker.result(HELD_S)
    until(lambda: not is_blocked(chain.database))
    chain.works()

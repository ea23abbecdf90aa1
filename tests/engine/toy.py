"""A workflow without any law, to try the engine with: a machine works, a person decides, and a clock runs."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from migrations.release import Declared, HumanStep, fill
from tenants.history.entries import SYSTEM, Entry, record
from tenants.identity.users import PRIVACY_OFFICER
from tenants.isolation import acting_for
from tests.conftest import Database
from tests.operating import operator
from workflows.accounts.tokens import SCOPES
from workflows.engine.advance import begin
from workflows.engine.steps import Act, Clock, Heard, Human, Job, Workflow


@dataclass
class Toy:
    """What a run is about."""

    id: UUID
    version: int = 1


@dataclass(frozen=True)
class Ends:
    """A period with its moments."""

    counted_from: datetime
    alarm_at: datetime
    due_at: datetime


def leave_a_mark(toys: list[Any]) -> Iterable[UUID]:
    """The effect that is counted: one line of history each."""
    record(Entry("toy", toy.id, "worked", SYSTEM) for toy in toys)
    return [toy.id for toy in toys]


def a_workflow(
    does: Callable[[list[Any]], Iterable[UUID]] = leave_a_mark,
    records: Callable[[Any, Act], str | None] = lambda toy, act: None,
    heard: Callable[[list[Heard]], None] | None = None,
    alarm_at: datetime | None = None,
) -> Workflow:
    """The toy workflow with these ways to work, to decide and to hear."""
    period = Ends(alarm_at - timedelta(hours=1), alarm_at, alarm_at + timedelta(hours=1)) if alarm_at else None
    return Workflow(
        name="toy", law="Art. 33", subject_kind="toy", load=lambda ids: {toy_id: Toy(toy_id) for toy_id in ids},
        steps=(
            Job(name="work", law="Art. 33", does=does),
            Human(name="decide", law="Art. 33", by=frozenset({PRIVACY_OFFICER}), records=records),
        ),
        clocks=(Clock("hours", "Art. 33", until="decide", period=lambda toy: period, heard=heard),),
    )  # fmt: skip


def catalogue_of(workflow: Workflow) -> dict[str, Workflow]:
    """The catalogue that has only this one."""
    return {workflow.name: workflow}


class Meanwhile(dict[str, Workflow]):
    """A catalogue at which a worker is held up, after it claimed its steps and before it does them."""

    def __init__(self, catalogue: Mapping[str, Workflow], happens: Callable[[], object]) -> None:
        super().__init__(catalogue)
        self.happens: Callable[[], object] | None = happens

    def __getitem__(self, name: str) -> Workflow:
        happens, self.happens = self.happens, None
        if happens is not None:
            happens()
        return super().__getitem__(name)


def declare(workflow: Workflow) -> None:
    """A release of a catalogue with this workflow fills the database with its steps of people."""
    steps = (
        HumanStep(definition.name, definition.version, step.name, step.other_than, step.fresh)
        for definition in (workflow, *workflow.earlier) for step in definition.steps if isinstance(step, Human)
    )
    with operator().begin() as connection:
        fill(connection, Declared(tuple(steps), SCOPES))


def begun(organisation: UUID, workflow: Workflow, how_many: int = 1) -> list[UUID]:
    """So many runs; what they are about."""
    declare(workflow)
    toys = [Toy(uuid4()) for _ in range(how_many)]
    with acting_for(organisation):
        for toy in toys:
            begin(workflow, toy)
    return [toy.id for toy in toys]


def steps_of(database: Database, organisation: UUID) -> list[Any]:
    """The step rows, with what each is about, as they are for the whole world."""
    return database.outside(
        """select r.subject_id, s.* from step s
             join run r on r.organisation_id = s.organisation_id and r.id = s.run_id
            where s.organisation_id = :organisation order by s.id""",
        organisation=organisation,
    )


def marks(database: Database, organisation: UUID) -> int:
    """How many effects there were."""
    query = "select count(*) as n from history where organisation_id = :organisation and what = 'worked'"
    return int(database.outside(query, organisation=organisation)[0]["n"])


def let_leases_lapse(database: Database, organisation: UUID) -> None:
    """A minute has gone by and the worker was not heard of."""
    lapse = "update step set lease_until = now() - interval '1 second' where organisation_id = :o and state = 'running'"
    database.outside(lapse, o=organisation)


def let_waits_end(database: Database, organisation: UUID) -> None:
    """The time before the next attempt has gone by."""
    database.outside("update step set ready_at = now() where organisation_id = :o and state = 'ready'", o=organisation)

"""What waits for a person: mail of unknown fate, and a step that a worker could not do, both by the real machinery."""

from collections.abc import Iterable
from dataclasses import replace
from typing import Any
from uuid import UUID, uuid4

from tests.conftest import Database
from tests.engine.toy import let_waits_end
from workflows.catalogue import CATALOGUE
from workflows.engine.claims import MOST_ATTEMPTS
from workflows.engine.drain import drain_steps
from workflows.engine.steps import Job
from workflows.jobs import drain
from workflows.mail.outbox import Outbox
from workflows.mail.sender import Answer, Unknown


def fail_for_good(database: Database, organisation: UUID, workflow: str, name: str) -> UUID:
    """This step fails as often as it may; the run that is stuck at it."""

    def burns(_: list[Any]) -> Iterable[UUID]:
        raise RuntimeError("anna@klant.example")

    declared = CATALOGUE[workflow]
    steps = tuple(replace(s, does=burns) if isinstance(s, Job) and s.name == name else s for s in declared.steps)
    catalogue = CATALOGUE | {workflow: replace(declared, steps=steps)}
    for _ in range(MOST_ATTEMPTS):
        let_waits_end(database, organisation)
        drain_steps(organisation, catalogue, uuid4())
    failed = "select run_id from step where organisation_id = :o and name = :name and state = 'failed' order by id"
    run_id: UUID = database.outside(failed, o=organisation, name=name)[0]["run_id"]
    return run_id


def of_unknown_fate(organisation: UUID, outbox: Outbox, *answers: Answer) -> None:
    """A worker sends what is ready, and nobody knows what became of it."""
    outbox.answer_next(*(answers or (Unknown("TimeoutError"),)))
    while drain(str(organisation)):
        pass


def let_the_window_pass(database: Database, organisation: UUID) -> None:
    """More than an hour has gone by without an event."""
    past = "update mail_batch set answered_at = now() - interval '61 minutes' where organisation_id = :o"
    database.outside(f"{past} and state = 'unknown'", o=organisation)


def of_another_build(database: Database, organisation: UUID) -> None:
    """Its runs began under a definition that only another build has."""
    database.outside("update run set version = 99 where organisation_id = :o", o=organisation)

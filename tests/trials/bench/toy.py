"""A workflow of two machine steps without any law; each leaves one row, so that the effects can be counted."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import text

from service.story.client import TrialFailed
from tenants.database import db
from tenants.isolation import acting_organisation
from tests.trials.bench.bench_env import Place
from workflows.engine.steps import Job, Workflow

STEPS_PER_RUN = 2
TABLE = """
    create table bench_mark (
      organisation_id uuid not null, subject_id uuid not null, at timestamptz not null default now());
    grant select, insert on bench_mark to meldketen_app"""
LEAVE = text("insert into bench_mark (organisation_id, subject_id) select :organisation, unnest(cast(:ids as uuid[]))")
BEGIN = """
    with begun as (
      insert into run (organisation_id, workflow, version, subject_id)
      select %s, %s, 1, uuidv7() from generate_series(1, %s) returning organisation_id, id)
    insert into step (organisation_id, run_id, name, kind, state)
    select organisation_id, id, 'first', 'job', 'ready' from begun"""
COUNT = """
    select (select count(*) from bench_mark), (select count(*) from step where state = 'done' and attempt = 1),
           (select count(*) from step), (select count(*) from run where state = 'done')"""
EMPTY = "truncate bench_mark, step, clock, run, broken_glass; checkpoint"


@dataclass
class Toy:
    """The subject of a run."""

    id: UUID


def leave_a_mark(toys: list[Any]) -> Iterable[UUID]:
    """Write one row: the effect of a step."""
    ids = [toy.id for toy in toys]
    db.session.execute(LEAVE, {"organisation": acting_organisation(), "ids": ids})
    return ids


def toy(name: str, alone: bool) -> Workflow:
    """Return a workflow of two steps, one after the other; with `alone` each is committed by itself."""
    steps = tuple(Job(name=step, law="-", does=leave_a_mark, alone=alone) for step in ("first", "second"))
    return Workflow(
        name=name, law="-", subject_kind="toy", steps=steps, load=lambda ids: {toy_id: Toy(toy_id) for toy_id in ids}
    )


TOGETHER, APART = toy("together", alone=False), toy("apart", alone=True)
CATALOGUE = {workflow.name: workflow for workflow in (TOGETHER, APART)}


def begin_runs(place: Place, organisation: UUID, workflow: Workflow, runs: int) -> None:
    """Make this many runs with their first step ready; the tables hold nothing else."""
    for statement in EMPTY.split(";"):
        place.outside.execute(statement)
    place.outside.execute(BEGIN, (organisation, workflow.name, runs))
    place.outside.execute("analyze run")
    place.outside.execute("analyze step")


def check_runs(place: Place, runs: int) -> None:
    """Check that every step was done at its first attempt, left its row, and ended its run. Raises TrialFailed."""
    steps = runs * STEPS_PER_RUN
    row = place.outside.execute(COUNT).fetchone()
    if row != (steps, steps, steps, runs):
        raise TrialFailed(f"engine: {runs} runs of {STEPS_PER_RUN} steps left {row}")

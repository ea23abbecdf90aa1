"""Steps that failed for good and at which their runs are stuck: the kind of fault, and how many there are of each."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import text

from tenants.database import db
from tenants.isolation import acting_organisation
from workflows.engine.claims import known_definitions
from workflows.engine.derive import next_step, standing
from workflows.engine.steps import Workflow

DATABASE, CONNECTION, VALUES, STOPPED, UNFORESEEN = "database", "connection", "values", "stopped", "unforeseen"
KINDS = (DATABASE, CONNECTION, VALUES, STOPPED, UNFORESEEN)
KIND_OF = {
    "OperationalError": DATABASE, "InterfaceError": DATABASE, "DBAPIError": DATABASE, "DataError": DATABASE,
    "IntegrityError": DATABASE, "InternalError": DATABASE, "ProgrammingError": DATABASE, "DatabaseError": DATABASE,
    "TimeoutError": CONNECTION, "ConnectionError": CONNECTION, "ConnectionRefusedError": CONNECTION,
    "ConnectionResetError": CONNECTION, "OSError": CONNECTION, "gaierror": CONNECTION,
    "Invalid": VALUES, "ManyInvalid": VALUES, "ValueError": VALUES, "lease lapsed": STOPPED,
}  # fmt: skip
MOST_AT_ONCE = 5_000

# Of a run that goes on again its failed step is not the last one. The fences of `offset 0` lead from the failed steps
# to their runs, never the other way round: right after an outage there are no statistics about it.
STUCK = """
  from (select * from step where organisation_id = :organisation and state = 'failed' and kind <> 'human' offset 0) s
 cross join lateral (select * from run where organisation_id = :organisation and id = s.run_id offset 0) r
 where r.state = 'running'
   and not exists (select from step later
                    where later.organisation_id = :organisation and later.run_id = s.run_id and later.id > s.id)"""
FAULT = "split_part(coalesce(s.error, ''), ':', 1)"
KNOWN = "r.workflow || '@' || r.version = any(:known)"
COUNTED = text(f"""
select r.workflow, s.name as step, {FAULT} as fault, count(*) as steps {STUCK} and {KNOWN}
 group by 1, 2, 3 order by 1, 2, 3""")
OF_KIND = f"""{STUCK} and {KNOWN} and r.workflow = :workflow and s.name = :step
   and ({FAULT} = any(:faults)) = :named"""
FOUND = text(f"select r.id, r.version, r.subject_id {OF_KIND} order by r.id limit :most")
LOCK = text("select from run where organisation_id = :organisation and id = any(:runs) order by id for update")
DONE = text("""
select run_id, name, outcome from step
 where organisation_id = :organisation and run_id = any(:runs) and state = 'done' 
 order by run_id, coalesce(done_nth, 0), done_at, id""")
# Read after the lock: a run that another transaction opened in the meantime is not stuck any more.
OPEN_AGAIN = text(f"""
with stuck as materialized (
  select r.id as run_id, r.subject_id, s.name, s.kind {STUCK} and r.id = any(:runs)),
opened as (
  insert into step (organisation_id, run_id, name, round, kind, state, ready_at)
  select :organisation, run_id, name,
         1 + (select max(e.round) from step e
               where e.organisation_id = :organisation and e.run_id = stuck.run_id and e.name = stuck.name),
         kind, 'ready', now()
    from stuck order by run_id)
select subject_id from stuck order by run_id""")


@dataclass(frozen=True)
class FailedKind:
    """The number of runs that are stuck at the same step, by the same kind of fault."""

    workflow: str
    step: str
    wrong: str
    steps: int


def kind_of_fault(error: str | None) -> str:
    """Return the kind of fault that a failed step ended with."""
    return KIND_OF.get((error or "").partition(":")[0], UNFORESEEN)


def failed_kinds(catalogue: Mapping[str, Workflow]) -> list[FailedKind]:
    """Return the acting organisation's failed steps that this build can try again, by kind."""
    counts: dict[tuple[str, str, str], int] = {}
    values = {"organisation": acting_organisation(), "known": known_definitions(catalogue)}
    for workflow, step, fault, steps in db.session.execute(COUNTED, values):
        kind = workflow, step, kind_of_fault(fault)
        counts[kind] = counts.get(kind, 0) + steps
    return [FailedKind(*kind, steps) for kind, steps in counts.items()]


@dataclass(frozen=True)
class Stuck:
    """A run that is stuck, and under which version of its definition it began."""

    run_id: UUID
    version: int
    subject_id: UUID


def hold_failed(catalogue: Mapping[str, Workflow], workflow: str, step: str, wrong: str) -> list[Stuck]:
    """Lock the runs that are stuck at this step by this fault, at most MOST_AT_ONCE, until the transaction ends."""
    named = wrong != UNFORESEEN  # which is any fault that is not on the list
    faults = [fault for fault, kind in KIND_OF.items() if kind == wrong or not named]
    values = {
        "organisation": acting_organisation(), "known": known_definitions(catalogue), "workflow": workflow,
        "step": step, "faults": faults, "named": named, "most": MOST_AT_ONCE,
    }  # fmt: skip
    stuck = [Stuck(*row) for row in db.session.execute(FOUND, values)]
    db.session.execute(LOCK, {"organisation": acting_organisation(), "runs": [run.run_id for run in stuck]})
    return stuck


def still_next(workflow: Workflow, step: str, stuck: list[Stuck]) -> list[UUID]:
    """Return the runs of which this step is still the next one; facts may have changed since it failed."""
    runs = [run.run_id for run in stuck]
    done: dict[UUID, list[Any]] = {run_id: [] for run_id in runs}
    for row in db.session.execute(DONE, {"organisation": acting_organisation(), "runs": runs}):
        done[row.run_id].append(row)
    subjects = workflow.load([run.subject_id for run in stuck])
    following = {
        run.run_id: next_step(workflow, subjects[run.subject_id], standing(workflow, done[run.run_id]))
        for run in stuck
    }  # fmt: skip
    return [
        run_id
        for run_id, following_step in following.items()
        if following_step is not None and following_step.name == step
    ]


def open_again(runs: list[UUID]) -> list[UUID]:
    """Open the failed step of each of these runs anew, as one set; returns the ids of their subjects."""
    return list(db.session.scalars(OPEN_AGAIN, {"organisation": acting_organisation(), "runs": runs}))

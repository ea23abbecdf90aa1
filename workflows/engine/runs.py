"""The engine's rows: a run, its steps, its clocks. They work in memory too, without a database."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKeyConstraint, select
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, joinedload, mapped_column, relationship, selectinload

from tenants.database import Owned, Record, db
from tenants.errors import NotFound
from tenants.isolation import acting_organisation
from tenants.register.breaches import refuse_old
from workflows.engine.derive import in_order_of_doing, the_open_one

MACHINES = ("ready", "running")
"""The states of a step that a worker may lease or holds."""


class StepRow(Owned, Record):
    """One execution of one step. The states done, failed and cancelled are final."""

    __tablename__ = "step"
    __mapper_args__ = {"eager_defaults": False}
    __table_args__ = (ForeignKeyConstraint(["organisation_id", "run_id"], ["run.organisation_id", "run.id"]),)

    run_id: Mapped[UUID]
    name: Mapped[str]
    round: Mapped[int] = mapped_column(default=1)
    kind: Mapped[str]
    state: Mapped[str]
    ready_at: Mapped[datetime]
    attempt: Mapped[int] = mapped_column(default=0)
    lease_token: Mapped[UUID | None]
    lease_until: Mapped[datetime | None]
    error: Mapped[str | None]
    outcome: Mapped[str | None]
    reason: Mapped[str | None]
    done_by: Mapped[UUID | None]
    done_for: Mapped[UUID | None]
    done_by_name: Mapped[str | None]
    done_at: Mapped[datetime | None]
    done_nth: Mapped[int | None]
    told_at: Mapped[datetime | None]
    alike: Mapped[list[dict[str, Any]]] = mapped_column(JSONB, default=list)


class ClockRow(Owned, Record):
    """One period of one run. `next_at` is when it must be heard; `moments` and `heard` tell how often it was."""

    __tablename__ = "clock"
    __mapper_args__ = {"eager_defaults": False}
    __table_args__ = (ForeignKeyConstraint(["organisation_id", "run_id"], ["run.organisation_id", "run.id"]),)

    run_id: Mapped[UUID]
    name: Mapped[str]
    state: Mapped[str] = mapped_column(default="waiting")
    started_at: Mapped[datetime | None]
    alarm_at: Mapped[datetime | None]
    due_at: Mapped[datetime | None]
    moments: Mapped[list[datetime]] = mapped_column(default=list)
    heard: Mapped[int] = mapped_column(default=0)
    next_at: Mapped[datetime | None]
    stopped_at: Mapped[datetime | None]
    attempt: Mapped[int] = mapped_column(default=0)
    error: Mapped[str | None]
    failed_at: Mapped[datetime | None]
    told_at: Mapped[datetime | None]


class Run(Owned, Record):
    """One execution of a workflow about one subject; it keeps the version it began under."""

    __tablename__ = "run"

    workflow: Mapped[str]
    version: Mapped[int]
    subject_id: Mapped[UUID]
    state: Mapped[str] = mapped_column(default="running")
    finished_at: Mapped[datetime | None]
    steps: Mapped[list[StepRow]] = relationship(order_by="StepRow.id")
    clocks: Mapped[list[ClockRow]] = relationship(order_by="ClockRow.id")

    def done(self) -> list[StepRow]:
        """Return the steps that were done, in the order of doing."""
        return in_order_of_doing(self.steps)

    def open_step(self) -> StepRow | None:
        """Return the step that is to be done now, by a person or by a machine."""
        return the_open_one(self.steps)

    def add_step(self, **values: Any) -> StepRow:
        """Add a row for a step and return it."""
        self.steps.append(StepRow(organisation_id=self.organisation_id, attempt=0, **values))
        return self.steps[-1]

    def add_clock(self, name: str) -> ClockRow:
        """Add a row for a clock that does not run yet, and return it."""
        self.clocks.append(
            ClockRow(organisation_id=self.organisation_id, name=name, state="waiting", moments=[], heard=0)
        )
        return self.clocks[-1]


def run_about(workflow: str, subject_id: UUID, lock: bool = False) -> Run:
    """Return the acting organisation's run of this workflow about this subject. Raises NotFound; OfOldRegister
    for a breach of an old register, which has none."""
    runs = runs_about(workflow, [subject_id], lock)
    if not runs:
        refuse_old(subject_id)
        raise NotFound("run.unknown")
    return runs[0]


def runs_about(workflow: str, subject_ids: Iterable[UUID], lock: bool = False) -> list[Run]:
    """Return the acting organisation's runs about these subjects with steps and clocks: one query however many."""
    mine = (Run.organisation_id == acting_organisation()) & (Run.workflow == workflow)
    return _loaded(mine & Run.subject_id.in_(list(subject_ids)), lock)


def runs_by_id(ids: Iterable[UUID], lock: bool = False) -> list[Run]:
    """Return the acting organisation's runs with these ids, with steps and clocks."""
    return _loaded((Run.organisation_id == acting_organisation()) & Run.id.in_(list(ids)), lock)


def _loaded(which: object, lock: bool) -> list[Run]:
    query = select(Run).where(which).order_by(Run.id)  # type: ignore[arg-type]
    if not lock:
        return list(db.session.scalars(query.options(joinedload(Run.steps), joinedload(Run.clocks))).unique())
    # One lock order everywhere: runs by id, then their steps. What waited for the lock reads the steps and clocks in
    # statements of their own: a join would show them as they were before it waited.
    ids = select(Run.id).where(which).order_by(Run.id).with_for_update()  # type: ignore[arg-type]
    _lock_machine_steps(list(db.session.scalars(ids)))
    query = query.execution_options(populate_existing=True)
    return list(db.session.scalars(query.options(selectinload(Run.steps), selectinload(Run.clocks))))


def _lock_machine_steps(run_ids: list[UUID]) -> None:
    """Lock the steps of these runs that a worker may lease or holds. It leases a step without the lock of the run, so
    whoever ends that step must read it as it is now."""
    mine = (StepRow.organisation_id == acting_organisation()) & StepRow.run_id.in_(run_ids)
    held = select(StepRow.id).where(mine & StepRow.state.in_(MACHINES)).order_by(StepRow.id)
    db.session.execute(held.with_for_update())

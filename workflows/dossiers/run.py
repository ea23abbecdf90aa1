"""The part of a dossier that a breach, a notice and an escalation share: the run, its history, whose turn it is.

A value that costs a query is read once, when it is first asked for.
"""

from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any
from uuid import UUID

from tenants.history.entries import History, of_subject
from workflows.accounts.crew import Crew, crew_here
from workflows.catalogue import definition
from workflows.decisions.open_decisions import Failed, failed_in
from workflows.decisions.overview import coming_turn, turn_of
from workflows.decisions.turn import Turn
from workflows.dossiers.viewer import Viewer
from workflows.engine.runs import ClockRow, Run, StepRow
from workflows.engine.steps import RETURNED, Human, Workflow


@dataclass(frozen=True)
class RunDossier:
    """A run as `who` sees it at the moment `now` (the database's)."""

    who: Viewer
    run: Run
    now: datetime

    @cached_property
    def history(self) -> list[History]:
        """Everything that happened to what the run is about, oldest first."""
        return of_subject(self.run.subject_id)

    @cached_property
    def crew(self) -> Crew:
        """The members of the acting organisation, and who stands in for whom."""
        return crew_here(self.now)

    @property
    def workflow(self) -> Workflow | None:
        """The definition that the run began under; None when this build does not have it."""
        return definition(self.run.workflow, self.run.version)

    @property
    def clock(self) -> ClockRow | None:
        """The run's first clock; None for a run without a period."""
        return self.run.clocks[0] if self.run.clocks else None

    @property
    def stuck(self) -> Failed | None:
        """The step that failed for good and that the run is stuck at; None while it goes on."""
        return failed_in(self.run)

    @property
    def unknown_definition(self) -> bool:
        """Whether the run is not over and this build cannot go on with it."""
        return self.workflow is None and self.run.state == "running"

    @property
    def preparers(self) -> frozenset[UUID | None]:
        """The people who changed what is to be approved, beside those who did the steps before."""
        return frozenset()

    @property
    def open_step(self) -> str | None:
        """The name of the step that is to be done now; None when there is none."""
        opened = self.run.open_step()
        return opened.name if opened else None

    def can_be_asked(self, step: str) -> bool:
        """Whether this step is open, or can be done again."""
        return step == self.open_step or self.can_be_done_again(step)

    def can_be_done_again(self, name: str) -> bool:
        """Whether this step was done, and its definition lets people do it again."""
        step = next((step for step in self.workflow.steps if step.name == name), None) if self.workflow else None
        return isinstance(step, Human) and step.again and any(row.name == name for row in self.run.done())

    def turn(self, step: str) -> Turn | None:
        """Return whose turn this step is, and what hinders the viewer; None when this build does not have the
        definition."""
        return turn_of(self.run, step, self.who.seat, self.crew, self.preparers)

    def coming_about(self, subject: Any) -> Turn | None:
        """Return whose turn it is now, or once the machine's open step is done; None when no person's step follows.

        `subject` is what the run is about.
        """
        return coming_turn(self.run, subject, self.who.seat, self.crew)

    def role_of(self, row: StepRow) -> str | None:
        """Return the role in which somebody did this step, as the history has it; None for a step of the machine."""
        acts = ((entry.role, entry.at, entry.actor_id) for entry in self.history)
        return next((role for role, at, by in acts if role and (at, by) == (row.done_at, row.done_by)), None)

    def returned(self, step: str) -> str | None:
        """Return why a second person returned this step; None when nobody did."""
        done = self.run.done()
        if not done or self.workflow is None:
            return None
        back_to = getattr(self.workflow.step(done[-1].name), "returns_to", None)
        return done[-1].reason if done[-1].outcome == RETURNED and back_to == step else None

    def changed_since(self, seen: int | None) -> list[History]:
        """Return the entries after number `seen`; without a number, those since the viewer last did something."""
        if seen is not None:
            return [entry for entry in self.history if entry.seq > seen]
        mine = [entry.seq for entry in self.history if entry.actor_id == self.who.id]
        return [entry for entry in self.history if mine and entry.seq > max(mine)]

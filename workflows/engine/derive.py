"""Derives which steps stand and which comes next, anew each time, from the facts and the rows; neither result is
stored."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, Protocol, TypeVar

from workflows.engine.steps import RETURNED, Human, Step, Unless, Workflow

OPEN = ("ready", "running", "waiting")


class DoneRow(Protocol):
    """A step that was done, in the order of doing."""

    @property
    def name(self) -> str: ...
    @property
    def outcome(self) -> str | None: ...


class AnyStep(Protocol):
    """A step, done or not."""

    @property
    def state(self) -> str: ...
    @property
    def done_at(self) -> datetime | None: ...
    @property
    def done_nth(self) -> int | None: ...


S = TypeVar("S", bound=AnyStep)


def in_order_of_doing(steps: Sequence[S]) -> list[S]:
    """Return the steps that were done, in the order in which they were done under the lock of their run.

    The moment of a step is that of its transaction, which may have begun before another one that came first. Steps of
    before the order was kept come first, by their moments; of those at one moment, the one that was opened first.
    """
    done = [(step.done_nth or 0, step.done_at, place, step) for place, step in enumerate(steps)
            if step.state == "done" and step.done_at]  # fmt: skip
    return [step for *_, step in sorted(done, key=lambda entry: entry[:3])]


def next_in_order(steps: Sequence[AnyStep]) -> int:
    """Return the place, from 1, of the step of a run that is done now."""
    return 1 + max((step.done_nth or 0 for step in steps), default=0)


def the_open_one(steps: Sequence[S]) -> S | None:
    """Return the step that a person or a machine must do now; None when there is none."""
    return next((step for step in steps if step.state in OPEN), None)


def standing(workflow: Workflow, done: Iterable[DoneRow]) -> list[str]:
    """Return the steps whose last doing still counts: doing a step again undoes the steps that depended on it."""
    names: list[str] = []
    for row in done:
        step = workflow.step(row.name)
        if row.outcome == RETURNED and isinstance(step, Human) and step.returns_to:
            names = _before(workflow, names, step.returns_to)
        elif isinstance(step, Human) and step.undoes is not None:
            names = [n for n in names if n not in step.undoes and n != row.name]
            names += [row.name] if row.outcome != RETURNED else []
        else:
            names = [*_before(workflow, names, row.name), row.name]
    return names


def next_step(workflow: Workflow, subject: Any, names: Iterable[str]) -> Step | None:
    """Return the first step that applies and does not stand. An Unless is returned when its rule ends the run."""
    standing_names = set(names)
    for step in workflow.steps:
        if isinstance(step, Unless):
            if step.rule(subject):
                return step
        elif not _stands(step, subject, standing_names) and (step.when is None or step.when(subject)):
            return step
    return None


def _stands(step: Step, subject: Any, names: set[str]) -> bool:
    """Whether the step was done, no later step undid it, and the fact that it depends on still holds."""
    holds = getattr(step, "holds", None)
    return step.name in names and (holds is None or holds(subject))


def _before(workflow: Workflow, names: list[str], name: str) -> list[str]:
    limit = workflow.position(name)
    return [n for n in names if workflow.position(n) < limit]

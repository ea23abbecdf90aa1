"""The six words that a workflow is declared with: Workflow, Human, Unless, Job, Start, Clock.

A declaration is a tuple that reads like the article it carries out. A bad one fails at import.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Generic, Protocol, TypeVar
from uuid import UUID

from tenants.history.entries import Actor

Values = TypeVar("Values", covariant=True)
RETURNED = "returned"
PROOF_LASTS = timedelta(minutes=5)
PROVE_AGAIN = "step.prove_again"
FACTOR_TOO_NEW = "step.factor_too_new"
SEAT_WAITS = "seat.not_yet"


class HasPeriod(Protocol):
    """What a clock needs to know: from when it counts, when to alarm and when it is late."""

    @property
    def counted_from(self) -> datetime: ...
    @property
    def alarm_at(self) -> datetime: ...
    @property
    def due_at(self) -> datetime: ...


@dataclass(frozen=True)
class Nothing:
    """The values of a step whose form asks for nothing."""


@dataclass(frozen=True, kw_only=True)
class Approval:
    """Art. 24, four eyes: another person agrees, or returns what was prepared with the reason."""

    agrees: bool
    reason: str | None = None


@dataclass(frozen=True)
class Act(Generic[Values]):
    """One doing of one step: by whom, in which role, when (the database's moment), with which values.

    The values of a person's step are a mapping as it was sent in; a rule reads them as the dataclass of its step.
    `alone`: an owner broke the glass for this step, and the others of four eyes look afterwards.
    `notes` is what the step itself adds to the entry in the history.
    """

    by: Actor
    role: str
    at: datetime
    values: Values
    alone: bool = False
    notes: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Human:
    """A person's step. `records` writes the facts; it may return RETURNED, which reopens `returns_to`. It reads what
    was sent in as the dataclass `values`.
    One that can be done `again` undoes what it names, or else everything that came after it. Who does it is somebody
    `other_than` whoever did those steps; a `fresh` one needs a second factor of at most PROOF_LASTS ago. One that
    `holds` stands only while that is so of its subject: what undoes the fact opens the step again.
    One `not_by_preparers` is not done by whoever changed a fact or a setting that it decides about.
    `prepares` stores or removes what lies beside the subject, for whoever acts, under the lock of the run. It returns
    the values of the act."""

    name: str
    law: str
    by: frozenset[str]
    records: Callable[[Any, Act[Any]], str | None]
    values: type[Any] = Nothing
    other_than: tuple[str, ...] = ()
    fresh: bool = False
    returns_to: str | None = None
    again: bool = False
    undoes: frozenset[str] | None = None
    when: Callable[[Any], bool] | None = None
    holds: Callable[[Any], bool] | None = None
    not_by_preparers: bool = False
    prepares: Callable[[Any, dict[str, Any], Actor], dict[str, Any]] | None = None
    keeps: Callable[[Any, Actor, datetime], dict[str, Any]] | None = None
    """What the entry of the history keeps beside the values, read once the step is done."""
    kind = "human"


@dataclass(frozen=True)
class Unless:
    """The law's own exception: when the rule holds, the run ends here. What is unknown is never an exception."""

    name: str
    law: str
    rule: Callable[[Any], bool]
    kind = "unless"


@dataclass(frozen=True)
class Job:
    """A machine's step, for many subjects at once. `does` returns the ids of the subjects whose step is done;
    the others wait until something outside wakes them. One that is done `alone` is committed by itself: what it does
    is too much to share a transaction, or a fault, with others."""

    name: str
    law: str
    does: Callable[[list[Any]], Iterable[UUID]]
    when: Callable[[Any], bool] | None = None
    alone: bool = False
    kind = "job"


@dataclass(frozen=True)
class Start:
    """Another workflow begins here, by its name."""

    name: str
    law: str
    workflow: str
    when: Callable[[Any], bool] | None = None
    kind = "start"


@dataclass(frozen=True)
class Heard:
    """A clock whose moment has come: its subject, when it alarms, when it is late, and whether it is late now."""

    subject: Any
    alarm_at: datetime
    due_at: datetime
    late: bool


@dataclass(frozen=True)
class Clock:
    """A period that runs beside the steps until one is done. `period` is None as long as it has not begun.
    `heard` does what must be done, for all clocks of this name that are heard at the same time."""

    name: str
    law: str
    until: str
    period: Callable[[Any], HasPeriod | None]
    remind: tuple[timedelta, ...] = ()
    heard: Callable[[list[Heard]], None] | None = None


Step = Human | Unless | Job | Start


class UnknownDefinition(LookupError):
    """A run began under a definition that this build does not have, so this build may not move it on."""


@dataclass(frozen=True)
class Workflow:
    """One workflow. `load` fetches its subjects by id, in one query; `begin` makes one from what starts it.

    A run ends under the definition that it began under: `earlier` keeps those that runs may still be open under.
    """

    name: str
    law: str
    subject_kind: str
    steps: tuple[Step, ...]
    load: Callable[[Iterable[UUID]], Mapping[UUID, Any]]
    clocks: tuple[Clock, ...] = ()
    begin: Callable[[Any], Any] | None = None
    ended: Callable[[Any, str], None] | None = None
    version: int = 1
    earlier: tuple["Workflow", ...] = ()

    def __post_init__(self) -> None:
        if any(old.name != self.name or old.version >= self.version for old in self.earlier):
            raise ValueError(f"{self.name}: earlier definitions have this name and a lower version")
        names = [step.name for step in self.steps]
        if len(set(names)) != len(names):
            raise ValueError(f"{self.name}: a step's name stands twice")
        for position, step in enumerate(self.steps):
            earlier = names[:position]
            for other in (*getattr(step, "other_than", ()), getattr(step, "returns_to", None)):
                if other is not None and other not in earlier:
                    raise ValueError(f"{self.name}: {step.name} names {other}, which does not come before it")
        for clock in self.clocks:
            if clock.until not in names:
                raise ValueError(f"{self.name}: clock {clock.name} runs until {clock.until}, which is no step")

    def as_of(self, version: int) -> "Workflow":
        """The definition with this version. Raises UnknownDefinition when this build does not have it."""
        for definition in (self, *self.earlier):
            if definition.version == version:
                return definition
        raise UnknownDefinition(f"{self.name}@{version}")

    def step(self, name: str) -> Step:
        """The step with this name. Raises KeyError."""
        return {step.name: step for step in self.steps}[name]

    def position(self, name: str) -> int:
        """The place of a step in the order of the workflow."""
        return [step.name for step in self.steps].index(name)

    def clock(self, name: str) -> Clock:
        """The clock with this name. Raises KeyError."""
        return {clock.name: clock for clock in self.clocks}[name]

"""From measured rounds to a figure: medians, the spread, and no ratio when the spread is too wide."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from statistics import median, quantiles
from typing import Any

WIDEST = 2.0
"""A ratio without a goal is given only when its upper quartile is at most this many times its lower one."""


@dataclass(frozen=True)
class Goal:
    """The least or the most that a ratio should reach."""

    limit: float
    at_least: bool

    def holds(self, ratio: float) -> bool:
        """Whether this ratio reaches the goal."""
        return ratio >= self.limit if self.at_least else ratio <= self.limit

    def __str__(self) -> str:
        return f"{'>=' if self.at_least else '<='} {self.limit:g}"


@dataclass(frozen=True)
class Figure:
    """One line of the table. `ratio` is None when the rounds do not agree on whether the goal is reached."""

    name: str
    value: float
    unit: str
    against: str
    peer: float
    ratio: float | None
    spread: tuple[float, float]
    goal: str | None
    met: bool | None
    rounds: int

    @property
    def fine(self) -> bool:
        """Whether the figure is stable, and reaches its goal if it has one."""
        return self.ratio is not None and self.met is not False

    def as_json(self) -> dict[str, Any]:
        """Return the figure as it stands in the command's last line."""
        return asdict(self) | {"stable": self.ratio is not None}

    def __str__(self) -> str:
        ratio = "not stable" if self.ratio is None else f"{self.ratio:g}"
        judged = "" if self.goal is None else f"   goal {self.goal}: {'met' if self.met else 'NOT MET'}"
        spread = f"{self.spread[0]:g}..{self.spread[1]:g}"
        return f"{self.name}: {self.value:g} {self.unit} | {self.against}: {self.peer:g} | {ratio} ({spread}){judged}"


def at_least(limit: float) -> Goal:
    """Return a goal for a ratio that is better when it is higher."""
    return Goal(limit, at_least=True)


def at_most(limit: float) -> Goal:
    """Return a goal for a ratio that is better when it is lower."""
    return Goal(limit, at_least=False)


def compared(
    name: str, unit: str, against: str, ours: Sequence[float], theirs: Sequence[float], goal: Goal | None = None
) -> Figure:
    """Divide the product's values by the peer's, round by round; the spread is the middle half of these ratios."""
    ratios = [mine / other for mine, other in zip(ours, theirs, strict=True)]
    low, high = middle_half(ratios)
    stable = high <= WIDEST * low if goal is None else goal.holds(low) == goal.holds(high)
    ratio = median(ratios)
    met = None if goal is None else stable and goal.holds(ratio)
    return Figure(
        name=name, value=_short(median(ours)), unit=unit, against=against, peer=_short(median(theirs)),
        ratio=_short(ratio) if stable else None, spread=(_short(low), _short(high)),
        goal=str(goal) if goal else None, met=met, rounds=len(ratios),
    )  # fmt: skip


def limited(name: str, unit: str, limit: float, values: Sequence[float]) -> Figure:
    """Return the figure of a value with a limit of its own; the ratio is the part of the limit that is used."""
    return compared(name, unit, "the limit", values, [limit] * len(values), at_most(1))


def middle_half(values: Sequence[float]) -> tuple[float, float]:
    """Return the two values between which the middle half lies; a single value counts as both."""
    if len(values) < 2:
        return values[0], values[0]
    low, _, high = quantiles(values, n=4, method="inclusive")
    return low, high


def _short(value: float) -> float:
    return float(f"{value:.3g}")

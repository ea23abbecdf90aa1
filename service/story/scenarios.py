"""The stories that can be played: an incident each, as the office would write it down on the first day."""

from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

import yaml


class UnknownScenario(Exception):
    """There is no story of that name; the message names those that there are."""


@dataclass(frozen=True)
class Scenario:
    """One incident. facts: the words of workflows/law/vocabulary.py; what is left out is not known."""

    id: str
    title: str
    description: str
    cause: str
    consequences: str
    measures: str
    facts: dict[str, Any]

    def as_incident(self) -> dict[str, Any]:
        """Its part of what the API takes as an incident."""
        return {name: value for name, value in vars(self).items() if name != "id"}


@cache
def scenarios() -> dict[str, Scenario]:
    """Return all scenarios by name."""
    text = files(__package__).joinpath("scenarios.yaml").read_text(encoding="utf-8")
    return {row["id"]: Scenario(**row) for row in yaml.safe_load(text)["scenarios"]}


def scenario(name: str) -> Scenario:
    """The story of that name. Raises UnknownScenario."""
    if name not in scenarios():
        raise UnknownScenario(f"There is no story '{name}'; there are: {', '.join(scenarios())}.")
    return scenarios()[name]

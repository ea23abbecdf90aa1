"""The stories that can be played. Each has one incident, as the office would record it on the first day."""

from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

import yaml


class UnknownScenario(Exception):
    """There is no story of that name. The message names those that exist."""


@dataclass(frozen=True)
class Scenario:
    """One incident. `facts`: in the words of workflows/law/vocabulary.py; a fact that is left out is not known."""

    id: str
    title: str
    description: str
    cause: str
    consequences: str
    measures: str
    facts: dict[str, Any]

    def as_incident(self) -> dict[str, Any]:
        """Return the scenario's part of what the API takes as an incident."""
        return {name: value for name, value in vars(self).items() if name != "id"}


@cache
def scenarios() -> dict[str, Scenario]:
    """Return all scenarios by name."""
    text = files(__package__).joinpath("scenarios.yaml").read_text(encoding="utf-8")
    return {row["id"]: Scenario(**row) for row in yaml.safe_load(text)["scenarios"]}


def scenario(name: str) -> Scenario:
    """Return the story of that name. Raises UnknownScenario when there is none."""
    if name not in scenarios():
        raise UnknownScenario(f"There is no story '{name}'; there are: {', '.join(scenarios())}.")
    return scenarios()[name]

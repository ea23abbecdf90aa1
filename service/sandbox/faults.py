"""Failures on demand: for the sender (a rule hits a number of requests) and for the events on their way back.

    {"rules": [{"kind": "429", "times": 3, "reset_in": 2}, {"kind": "drop_after_accepting", "times": 1}],
     "webhook": {"duplicate": 0.2, "lose": 0.05, "shuffle": true, "delay": 0, "seed": 1}}

The first rule that is not used up takes the request. ``skip`` lets that many requests pass first; ``share``
below 1 hits a request by chance (``seed`` beside "rules" repeats the same luck). Faults live in memory: a
restart ends them.
"""

import random
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from threading import Lock
from typing import Any

from jsonschema_rs import Draft202012Validator

from service.sandbox.answers import Error, error

# The request is answered with this status, and nothing is accepted.
STATUSES = ("401", "403", "413", "429", "451", "500", "503")
BEFORE_ACCEPTING = (*STATUSES, "drop_before_accepting")
AFTER_ACCEPTING = ("500_after_accepting", "timeout_after_accepting", "drop_after_accepting", "slow")

CHANCE = {"type": "number", "minimum": 0, "maximum": 1}
SECONDS = {"type": "number", "minimum": 0, "maximum": 3600}
RULE = {
    "type": "object",
    "required": ["kind"],
    "additionalProperties": False,
    "properties": {
        "kind": {"enum": [*BEFORE_ACCEPTING, *AFTER_ACCEPTING]},
        "times": {"type": "integer", "minimum": 0},
        "skip": {"type": "integer", "minimum": 0},
        "share": CHANCE,
        "seconds": SECONDS,
        "reset_in": SECONDS,
    },
}
WEBHOOK = {
    "type": "object",
    "additionalProperties": False,
    "properties": {
        "duplicate": CHANCE,
        "lose": CHANCE,
        "shuffle": {"type": "boolean"},
        "delay": SECONDS,
        "seed": {"type": ["integer", "null"]},
    },
}
SCHEMA = Draft202012Validator(
    {
        "type": "object",
        "additionalProperties": False,
        "properties": {
            "rules": {"type": "array", "items": RULE},
            "webhook": WEBHOOK,
            "seed": {"type": ["integer", "null"]},
        },
    }
)


@dataclass(slots=True)
class FaultRule:
    """One way to fail, for a number of requests."""

    kind: str
    times: int = 1
    skip: int = 0
    share: float = 1.0
    seconds: float = 30.0
    reset_in: float = 1.0

    @property
    def accepts(self) -> bool:
        """Return whether the mail is accepted in spite of the failure."""
        return self.kind in AFTER_ACCEPTING


@dataclass(frozen=True, slots=True)
class WebhookFaults:
    """What goes wrong with events: a chance for each kind, and a delay in seconds for all."""

    duplicate: float = 0.0
    lose: float = 0.0
    shuffle: bool = False
    delay: float = 0.0
    seed: int | None = None


class Faults:
    """The failures that are set now."""

    def __init__(self) -> None:
        self._lock = Lock()
        self.replace({})

    def replace(self, wanted: Mapping[str, Any]) -> None:
        """Replace all failures by these."""
        with self._lock:
            self._rules = [FaultRule(**rule) for rule in wanted.get("rules", ())]
            self._luck = random.Random(wanted.get("seed"))
            self.webhook = WebhookFaults(**wanted.get("webhook", {}))
            self.webhook_luck = random.Random(self.webhook.seed)

    def take(self) -> FaultRule | None:
        """Return the failure for this request, or None. Each call uses one up."""
        with self._lock:
            return next((rule for rule in self._rules if self._hits(rule)), None)

    def give_back(self, rule: FaultRule) -> None:
        """Return a failure that was taken, because the request was refused for another reason."""
        with self._lock:
            rule.times += 1

    def as_json(self) -> dict[str, Any]:
        """Return the failures that are still to come as JSON."""
        with self._lock:
            return {
                "rules": [asdict(rule) for rule in self._rules if rule.times],
                "webhook": asdict(self.webhook),
            }

    def _hits(self, rule: FaultRule) -> bool:
        if not rule.times:
            return False
        if rule.skip:
            rule.skip -= 1
            return False
        if rule.share < 1 and self._luck.random() >= rule.share:
            return False
        rule.times -= 1
        return True


def fault_errors(wanted: Any) -> list[Error]:
    """Return why these faults are refused; empty when they are right."""
    errors = SCHEMA.iter_errors(wanted)
    return [error(problem.message, ".".join(map(str, problem.instance_path)) or None) for problem in errors]

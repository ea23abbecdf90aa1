"""The office's part of a story: it records the incident, watches its board, and calls those without mail."""

import random
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

from service.demo.clients import client_number
from service.demo.logins import AT_OFFICE
from service.story.client import Api
from service.story.people import Demo
from service.story.scenarios import Scenario
from service.story.screen import wait_until

PROCESSED = ["bookkeeping", "payroll_bare"]
"""Every client of the demo has one of these services, with the office as processor."""
ALSO = ["tax_returns", "audit", "payroll_extended"]
"""For these services the office itself is controller of some clients' data, so the breach is also its own."""
EARLIER = timedelta(hours=100)
INFORMED_WITHIN = 300.0
Row = dict[str, Any]


@dataclass
class Office:
    """A person of the office, with the two incidents of the story."""

    api: Api
    seed: int
    incidents: dict[str, str] = field(default_factory=dict)

    def record_first_sign(self, scenario: Scenario, client: int) -> None:
        """Record an incident of some days ago that hit one client, which was told by telephone.

        That client will be late.
        """
        then = datetime.now(UTC) - EARLIER
        hit = {
            "client_number": client_number(client), "people": 1,
            "informed_at": (then + timedelta(hours=1)).isoformat(), "informed_how": "phone",
        }  # fmt: skip
        payload = {"title": f"Eerste teken: {scenario.title}", "services": PROCESSED, "clients": [hit]}
        self.record("first", scenario, then, payload)

    def record_incident(self, scenario: Scenario, clients: int) -> None:
        """Record one incident at all clients. For some it is not known yet how many people are hit."""
        payload = {"services": PROCESSED + ALSO, "clients": self._hits(clients)}
        self.record("main", scenario, datetime.now(UTC) - timedelta(hours=2), payload)

    def record(self, name: str, scenario: Scenario, found_at: datetime, payload: Row) -> None:
        """Record one incident, which this trial finds again by this name."""
        incident = scenario.as_incident() | {
            "found_at": found_at.isoformat(), "became_aware_at": (found_at + timedelta(minutes=30)).isoformat(),
            "contact_name": AT_OFFICE[0].name, "contact_email": AT_OFFICE[0].email, "contact_phone": "+31 800 2024",
        }  # fmt: skip
        self.incidents[name] = str(self.api.post("/incidents", incident | payload)["id"])

    def wait_until_informed(self, clients: int, show: Callable[[int], None]) -> None:
        """Wait until every controller was reached by mail, or is on the call list."""

        def all_done() -> bool:
            sums = self.board()
            show(sums["informed_in_all"])
            return bool(sums["informed_in_all"] + sums["call"] == clients)

        wait_until(all_done, "every controller reached or on the call list", INFORMED_WITHIN)

    def phone_the_rest(self, show: Callable[[int], None], which: str = "main") -> int:
        """Record a call for each controller on the call list; return how many."""
        to_call = [row for row in self.escalations(which) if row["informed_at"] is None]
        for nth, row in enumerate(to_call, 1):
            now = datetime.now(UTC).isoformat()
            made = {"outcome": "spoken", "called_at": now, "contact_name": "Anna"}
            self.api.post(f"/escalations/{row['id']}/conversations", made)
            show(nth)
        for row in to_call:
            wait_until(partial(self._is_aware, f"/escalations/{row['id']}"), "the call noted", INFORMED_WITHIN)
        return len(to_call)

    def has_incidents(self) -> bool:
        """Return whether the office has any incident already."""
        return bool(self.api.get("/incidents?limit=1")["items"])

    def board(self) -> dict[str, int]:
        """Return the sums of the incident."""
        sums: dict[str, int] = self.api.get(f"/incidents/{self.incidents['main']}/board")
        return sums

    def escalations(self, which: str = "main") -> list[Row]:
        """Return every escalation of an incident."""
        return self.api.all(f"/incidents/{self.incidents[which]}/escalations")

    def _is_aware(self, path: str) -> bool:
        """Return whether a worker has seen the call. The controller's own time runs from that moment."""
        return bool(self.api.get(path)["run"]["step"] != "deliver")

    def _hits(self, clients: int) -> list[Row]:
        chance = random.Random(self.seed)
        return [_hit(number, chance) for number in range(clients)]


def at_work(demo: Demo, seed: int) -> Office:
    """Log in the office's privacy officer."""
    return Office(demo.log_in(AT_OFFICE[0]), seed)


def _hit(number: int, chance: random.Random) -> Row:
    hit: Row = {"client_number": client_number(number)}
    kind, people = chance.random(), chance.randint(1, 80)
    if kind < 0.7:
        return hit | {"people": people}
    return hit | {"people_min": people, "people_max": 2 * people} if kind < 0.9 else hit

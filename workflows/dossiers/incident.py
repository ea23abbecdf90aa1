"""The board of one incident: its sums, a tile for each controller, its list, and the decisions that wait."""

from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from uuid import UUID

from tenants.agreements.client_standing import ClientStanding, standing_among
from tenants.agreements.doubted_contacts import count_doubted
from tenants.isolation import database_now
from tenants.register.escalations import Escalation, board
from tenants.register.incidents import Incident, incident
from workflows.decisions.open_decisions import Failed, failed_steps, people_asked_about
from workflows.decisions.overview import board_where
from workflows.escalation.incident_board import SOON, STATES, sums, tiles

MOST_FAILED = 10


@dataclass(frozen=True)
class Listed:
    """A page of an incident's escalations, the tightest time first; `more`: whether another page follows."""

    rows: list[Escalation]
    more: bool
    standing: ClientStanding


@dataclass(frozen=True)
class Board:
    """One incident at the moment `now` (the database's). What costs a query is read when it is first asked for."""

    incident: Incident
    now: datetime

    @property
    def soon_until(self) -> datetime:
        """An escalation whose time runs out before this moment is shown as "soon"."""
        return self.now + SOON

    @cached_property
    def sums(self) -> dict[str, int]:
        """How many controllers are in each state; the parts add up to the total."""
        return sums(self.incident.id)

    @cached_property
    def tiles(self) -> list[tuple[UUID, str]]:
        """One tile per controller, the tightest time first."""
        return tiles(self.incident.id)

    @cached_property
    def failed(self) -> tuple[list[Failed], int]:
        """The oldest steps of its escalations that failed for good, at most MOST_FAILED, and how many there are."""
        return failed_steps(MOST_FAILED, self.incident.id)

    @cached_property
    def asked(self) -> int:
        """How many people's mail waits for a decision."""
        return people_asked_about(self.incident.id)

    @cached_property
    def doubted(self) -> int:
        """How many contacts of the office's clients are in doubt."""
        return count_doubted()

    def listed(self, most: int, after: tuple[datetime, UUID] | None, part: str | None = None) -> Listed:
        """Return at most `most` escalations after that one, of all or of one of STATES."""
        where = part if part in STATES else None
        rows = board_where(self.incident.id, where, most + 1, after) if where else board(
            self.incident.id, most + 1, after
        )  # fmt: skip
        return Listed(rows[:most], len(rows) > most, standing_among(row.controller_id for row in rows))


def board_of(incident_id: UUID) -> Board:
    """Return the board of the acting office's incident. Raises NotFound."""
    return Board(incident(incident_id), database_now())

"""The board of one incident: the reading of its clients, the incident itself, and the decisions that wait."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from uuid import UUID

from tenants.agreements.client_standing import ClientStanding, standing_among
from tenants.agreements.doubted_contacts import count_doubted
from tenants.history.entries import History, of_subject
from tenants.isolation import database_now
from tenants.register.incidents import Incident, incident
from workflows.decisions.open_decisions import Failed, failed_steps, people_asked_in
from workflows.escalation.board_list import Asked
from workflows.escalation.ending import ended_in
from workflows.escalation.incident_board import Reading, Row, read_board

MOST_FAILED = 10


@dataclass(frozen=True)
class Board:
    """One incident at the moment `now` (the database's), of which the reading is too.

    What costs a query is read when it is first asked for.
    """

    incident_id: UUID
    now: datetime
    reading: Reading

    @cached_property
    def incident(self) -> Incident:
        """The incident itself. Raises NotFound."""
        return incident(self.incident_id)

    def standing_of(self, rows: Iterable[Row]) -> ClientStanding:
        """Return how the clients of these rows stand."""
        return standing_among(row.escalation.controller_id for row in rows)

    @cached_property
    def history(self) -> list[History]:
        """Everything that happened to the incident itself, oldest first."""
        return of_subject(self.incident_id)

    @property
    def ended_at(self) -> datetime | None:
        """Since when a person calls the incident done; None while it is open."""
        return ended_in(self.history)

    @cached_property
    def failed(self) -> tuple[list[Failed], int]:
        """The oldest steps of its escalations that failed for good, at most MOST_FAILED, and how many there are."""
        return failed_steps(MOST_FAILED, self.incident_id)

    @cached_property
    def asked(self) -> int:
        """How many people's mail waits for a decision."""
        return people_asked_in(self.incident_id)

    @cached_property
    def doubted(self) -> int:
        """How many contacts of the office's clients are in doubt."""
        return count_doubted()


def board_of(incident_id: UUID, asked: Asked = Asked(), with_names: bool = False) -> Board:  # noqa: B008
    """Return the board of the acting office's incident. Raises NotFound, Invalid for a search of too many words."""
    board = Board(incident_id, database_now(), read_board(incident_id, asked, with_names))
    has_clients = bool(board.reading.letters)
    if not has_clients:
        _refuse_unknown(incident_id)
    return board


def _refuse_unknown(incident_id: UUID) -> None:
    """Raise NotFound when the acting office has no such incident; one that has clients needs no such look."""
    incident(incident_id)

"""Joining: an owner of two registers of one organisation continues in one of them; the other stays readable."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import text

from tenants.database import db
from tenants.history.entries import crossed

FOUND = text(
    "select register, name, slug, open_dossiers, is_office, loses_proof, without_place from registers_to_join(:owner)"
)
JOIN = text("select join_register(:joined, :owner)")


@dataclass(frozen=True)
class Joinable:
    """A register with the same number that this owner has too. `open_dossiers` are its runs that are not finished.

    `is_office`: it processes for others, or the acting organisation processes for it; such a one is not joined.
    `loses_proof`: its number is proven and the acting one's is not. `without_place`: its people who would lose their
    seat.
    """

    register: UUID
    name: str
    slug: str
    open_dossiers: int
    is_office: bool
    loses_proof: bool
    without_place: int

    @property
    def can_be_joined(self) -> bool:
        """Whether no run is open there, it processes for no other organisation, and no person loses a place or the
        register its proof."""
        is_free = self.open_dossiers == 0 and self.without_place == 0
        return is_free and not self.is_office and not self.loses_proof


def registers_to_join(owner: UUID) -> list[Joinable]:
    """Return the registers that could go on in the acting organisation, by name."""
    return [Joinable(*row) for row in db.session.execute(FOUND, {"owner": owner})]


def join_register(joined: UUID, owner: UUID) -> int | None:
    """Join it into the acting organisation; return how many agreements came along, or None when this owner cannot join
    it."""
    moved: int | None = db.session.scalar(JOIN, {"joined": joined, "owner": owner})
    crossed()
    return moved

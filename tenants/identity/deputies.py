"""Deputies: somebody stands in for a colleague for a period, in that colleague's role. The period ends by itself."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Mapped, mapped_column

from tenants.database import Owned, Record, db
from tenants.errors import AlreadyDone, NotFound
from tenants.identity.users import User
from tenants.isolation import acting_organisation


class Deputy(Owned, Record):
    """`deputy_id` stands in for `of_user`. Where they may do so follows from memberships_of, anew at each request."""

    __tablename__ = "deputy"

    of_user: Mapped[UUID]
    deputy_id: Mapped[UUID]
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    reason: Mapped[str]
    appointed_by: Mapped[UUID]
    counts_from: Mapped[datetime | None] = mapped_column(default=None)
    ended_at: Mapped[datetime | None] = mapped_column(default=None)
    ended_by: Mapped[UUID | None] = mapped_column(default=None)

    def is_over(self, now: datetime) -> bool:
        """Whether the period is past, or was ended."""
        return self.ended_at is not None or self.ends_at <= now

    def end(self, by: UUID | None, at: datetime) -> None:
        """End the period now. Raises AlreadyDone when it is over."""
        if self.is_over(at):
            raise AlreadyDone()
        self.ended_at, self.ended_by = at, by


def add_deputy(
    of_user: UUID, deputy_id: UUID, starts_at: datetime, ends_at: datetime, reason: str, by: UUID,
    counts_from: datetime | None = None,
) -> Deputy:  # fmt: skip
    """Appoint somebody as deputy of a colleague for a period; `counts_from` is when the deputy's decisions count."""
    new = Deputy(
        organisation_id=acting_organisation(), of_user=of_user, deputy_id=deputy_id, starts_at=starts_at,
        ends_at=ends_at, reason=reason, appointed_by=by, counts_from=counts_from,
    )  # fmt: skip
    db.session.add(new)
    db.session.flush()
    return new


def deputy(deputy_row: UUID, lock: bool = False) -> Deputy:
    """Return the acting organisation's appointment with this id. Raises NotFound."""
    query = select(Deputy).where(Deputy.organisation_id == acting_organisation(), Deputy.id == deputy_row)
    appointment = db.session.scalar(query.with_for_update() if lock else query)
    if appointment is None:
        raise NotFound("deputy.unknown")
    return appointment


def deputies(most: int = 100) -> list[Deputy]:
    """Return the appointments of the acting organisation: those that are not over first, then the newest."""
    over = (Deputy.ended_at.is_not(None)) | (Deputy.ends_at <= func.now())
    query = select(Deputy).where(Deputy.organisation_id == acting_organisation())
    return list(db.session.scalars(query.order_by(over, Deputy.starts_at.desc(), Deputy.id).limit(most)))


def appointments_of(deputy_id: UUID) -> list[Deputy]:
    """Return for whom this person stands in at the acting organisation, now or later; periods that are over are left
    out."""
    still = Deputy.ended_at.is_(None) & (Deputy.ends_at > func.now()) & (Deputy.deputy_id == deputy_id)
    return list(db.session.scalars(select(Deputy).where(Deputy.organisation_id == acting_organisation(), still)))


def names_of(ids: Iterable[UUID]) -> dict[UUID, str]:
    """Return the names of these people."""
    wanted = list(set(ids))
    if not wanted:
        return {}
    return {row.id: row.name for row in db.session.execute(select(User.id, User.name).where(User.id.in_(wanted)))}

"""Broken glass: an owner did alone what takes several people, and said why. Open until somebody else has looked."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import func, select, text
from sqlalchemy.orm import Mapped, mapped_column

from tenants.database import Owned, Record, db
from tenants.errors import AlreadyDone, NotFound
from tenants.isolation import acting_organisation

LISTED = text("""
select g.id, g.step, g.by_name, g.by_user, g.by_for, g.reason, g.created_at, g.reviewed_by_name, g.reviewed_at,
       g.review, r.workflow, r.subject_id, b.id as breach_id, b.reference, b.title
  from broken_glass g join run r on r.organisation_id = g.organisation_id and r.id = g.run_id
  left join notice n on n.organisation_id = g.organisation_id and n.id = r.subject_id
  join breach b on b.organisation_id = g.organisation_id and b.id = coalesce(n.breach_id, r.subject_id)
 where g.organisation_id = :organisation and (cast(:breach as uuid) is null or b.id = :breach)
 order by g.reviewed_at is not null, g.created_at desc, g.id limit :most
""")
UNREVIEWED = text("""
select distinct coalesce(n.breach_id, r.subject_id)
  from broken_glass g join run r on r.organisation_id = g.organisation_id and r.id = g.run_id
  left join notice n on n.organisation_id = g.organisation_id and n.id = r.subject_id
 where g.organisation_id = :organisation and g.reviewed_at is null
   and coalesce(n.breach_id, r.subject_id) = any (:breaches)
""")


class BrokenGlass(Owned, Record):
    """One step of one run that one person did alone."""

    __tablename__ = "broken_glass"

    run_id: Mapped[UUID]
    step: Mapped[str]
    by_user: Mapped[UUID]
    by_for: Mapped[UUID | None]
    by_name: Mapped[str]
    reason: Mapped[str]
    reviewed_by: Mapped[UUID | None] = mapped_column(default=None)
    reviewed_for: Mapped[UUID | None] = mapped_column(default=None)
    reviewed_by_name: Mapped[str | None] = mapped_column(default=None)
    reviewed_at: Mapped[datetime | None] = mapped_column(default=None)
    review: Mapped[str | None] = mapped_column(default=None)

    @property
    def people(self) -> set[UUID]:
        """Who did it, and for whom: neither of them reviews it."""
        return {who for who in (self.by_user, self.by_for) if who is not None}

    def close(self, by: UUID, on_behalf_of: UUID | None, name: str, finding: str, at: datetime) -> None:
        """Somebody else has looked, and this is what they found."""
        self.reviewed_by, self.reviewed_for, self.reviewed_by_name = by, on_behalf_of, name
        self.review, self.reviewed_at = finding, at


@dataclass(frozen=True)
class Glass:
    """As a list shows it: which step of which breach, who, why, and what somebody else found."""

    id: UUID
    step: str
    by_name: str
    by_user: UUID
    by_for: UUID | None
    reason: str
    created_at: datetime
    reviewed_by_name: str | None
    reviewed_at: datetime | None
    review: str | None
    workflow: str
    subject_id: UUID
    breach_id: UUID
    reference: str
    title: str

    @property
    def people(self) -> set[UUID]:
        """Who did it, and for whom: neither of them reviews it."""
        return {who for who in (self.by_user, self.by_for) if who is not None}


def break_it(run_id: UUID, step: str, who: tuple[UUID, UUID | None, str], reason: str) -> BrokenGlass:
    """`who` (as whose deputy, by which name) does this step alone, in this transaction; the database checks who may."""
    by_user, by_for, name = who
    new = BrokenGlass(
        organisation_id=acting_organisation(), run_id=run_id, step=step, by_user=by_user, by_for=by_for, by_name=name,
        reason=reason, created_at=func.now(),
    )  # fmt: skip
    db.session.add(new)
    db.session.flush()
    return new


def broken_glass(glass_id: UUID) -> BrokenGlass:
    """The acting organisation's, to be reviewed. Raises NotFound, AlreadyDone when somebody did."""
    query = select(BrokenGlass).where(
        BrokenGlass.organisation_id == acting_organisation(), BrokenGlass.id == glass_id
    )
    found = db.session.scalar(query.with_for_update())
    if found is None:
        raise NotFound("glass.unknown")
    if found.reviewed_at is not None:
        raise AlreadyDone()
    return found


def all_broken_glass(breach_id: UUID | None = None, most: int = 100) -> list[Glass]:
    """What was done alone, about one breach or about all: what nobody looked at first, then the newest."""
    asked: dict[str, Any] = {"organisation": acting_organisation(), "breach": breach_id, "most": most}
    return [Glass(**row) for row in db.session.execute(LISTED, asked).mappings()]


def to_review() -> int:
    """How much of it nobody else has looked at."""
    mine = (BrokenGlass.organisation_id == acting_organisation()) & BrokenGlass.reviewed_at.is_(None)
    return db.session.scalar(select(func.count()).select_from(BrokenGlass).where(mine)) or 0


def with_open_review(breaches: Iterable[UUID]) -> set[UUID]:
    """Which of these breaches have something that somebody did alone and nobody else has looked at."""
    asked = {"organisation": acting_organisation(), "breaches": list(breaches)}
    return set(db.session.scalars(UNREVIEWED, asked)) if asked["breaches"] else set()


def steps_done_alone(run_id: UUID) -> set[str]:
    """Which steps of this run somebody did alone."""
    mine = (BrokenGlass.organisation_id == acting_organisation()) & (BrokenGlass.run_id == run_id)
    return set(db.session.scalars(select(BrokenGlass.step).where(mine)))

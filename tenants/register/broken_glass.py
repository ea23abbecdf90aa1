"""Broken glass: an owner did alone what takes several people, and said why. It stays open until another person reviewed
it."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import func, select, text, tuple_
from sqlalchemy.orm import Mapped, mapped_column

from tenants.database import Owned, Record, db
from tenants.errors import AlreadyDone, NotFound
from tenants.isolation import acting_organisation

# The steps of one act bear one moment: they are one row here, and one review closes them. A run is cancelled when a
# register goes back to its office: acts that strangers did alone are undone with the breach, so they take no review.
LISTED = text("""
select (array_agg(g.id order by g.step desc))[1] as id, array_agg(g.step order by g.step) as steps,
       g.by_name, g.by_user, g.by_for, g.reason, g.created_at, g.reviewed_by_name, g.reviewed_at, g.review,
       r.workflow, r.subject_id, b.id as breach_id, b.reference, b.title,
       coalesce((select h.details->'alike' from history h
                  where h.organisation_id = :organisation and h.subject_id = r.subject_id
                    and h.what = 'glass.reviewed' and h.at = g.reviewed_at limit 1), '[]') as alike
  from broken_glass g join run r on r.organisation_id = g.organisation_id and r.id = g.run_id
  left join notice n on n.organisation_id = g.organisation_id and n.id = r.subject_id
  join breach b on b.organisation_id = g.organisation_id and b.id = coalesce(n.breach_id, r.subject_id)
 where g.organisation_id = :organisation and r.state <> 'cancelled'
   and (cast(:breaches as uuid[]) is null or b.id = any (:breaches))
 group by g.run_id, g.created_at, g.by_name, g.by_user, g.by_for, g.reason, g.reviewed_by_name, g.reviewed_at, g.review,
       r.workflow, r.subject_id, b.id, b.reference, b.title
 order by g.reviewed_at is not null, g.created_at desc, 1 limit :most
""")

NOT_UNDONE = text("""not exists (
    select from run r where r.organisation_id = broken_glass.organisation_id and r.id = broken_glass.run_id
                        and r.state = 'cancelled')""")


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
        """The people who did it, and for whom: none of them may review it."""
        return {who for who in (self.by_user, self.by_for) if who is not None}

    def close(self, by: UUID, on_behalf_of: UUID | None, name: str, finding: str, at: datetime) -> None:
        """Close the review with what another person found."""
        self.reviewed_by, self.reviewed_for, self.reviewed_by_name = by, on_behalf_of, name
        self.review, self.reviewed_at = finding, at


@dataclass(frozen=True)
class Glass:
    """One act in a list: which steps of which breach, by whom, the reason, and what the reviewer found."""

    id: UUID
    steps: list[str]
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
    alike: list[dict[str, Any]]
    """Which of the steps were done by an account that looks like the reviewer's, and why."""

    @property
    def step(self) -> str:
        """The last of its steps."""
        return self.steps[-1]

    @property
    def people(self) -> set[UUID]:
        """The people who did it, and for whom: none of them may review it."""
        return {who for who in (self.by_user, self.by_for) if who is not None}


def break_it(run_id: UUID, step: str, who: tuple[UUID, UUID | None, str], reason: str) -> BrokenGlass:
    """Record that `who` does this step alone, in this transaction; the database checks that they may."""
    by_user, by_for, name = who
    new = BrokenGlass(
        organisation_id=acting_organisation(), run_id=run_id, step=step, by_user=by_user, by_for=by_for, by_name=name,
        reason=reason, created_at=func.now(),
    )  # fmt: skip
    db.session.add(new)
    db.session.flush()
    return new


def act_done_alone(glass_id: UUID) -> list[BrokenGlass]:
    """Return every step of the acting organisation's act, to be reviewed together, in order.

    Raises NotFound, AlreadyDone when somebody reviewed it.
    """
    mine = (BrokenGlass.organisation_id == acting_organisation()) & NOT_UNDONE
    asked = select(BrokenGlass.run_id, BrokenGlass.created_at).where(mine, BrokenGlass.id == glass_id)
    act = tuple_(BrokenGlass.run_id, BrokenGlass.created_at).in_(asked)
    query = select(BrokenGlass).where(mine, act).order_by(BrokenGlass.step).with_for_update()
    steps = list(db.session.scalars(query))
    if not steps:
        raise NotFound("glass.unknown")
    if any(row.id == glass_id and row.reviewed_at is not None for row in steps):
        raise AlreadyDone()
    return [row for row in steps if row.reviewed_at is None]


def all_broken_glass(most: int = 100) -> list[Glass]:
    """Return the acts that somebody did alone: those without a review first, then the newest."""
    return _listed(None, most)


def done_alone(breaches: Iterable[UUID]) -> dict[UUID, list[Glass]]:
    """Return the acts that somebody did alone about each of these breaches and its notice, as long as the breach stands
    here."""
    acts = defaultdict[UUID, list[Glass]](list)
    for row in _listed(list(breaches), None):
        acts[row.breach_id].append(row)
    return dict(acts)


def _listed(breaches: list[UUID] | None, most: int | None) -> list[Glass]:
    asked: dict[str, Any] = {"organisation": acting_organisation(), "breaches": breaches, "most": most}
    return [Glass(**row) for row in db.session.execute(LISTED, asked).mappings()]


def to_review(but_by: Iterable[UUID] = ()) -> int:
    """Return how many acts have no review, except those that these people did or that were done for them."""
    mine = (BrokenGlass.organisation_id == acting_organisation()) & BrokenGlass.reviewed_at.is_(None)
    for who in but_by:
        mine &= (BrokenGlass.by_user != who) & BrokenGlass.by_for.is_distinct_from(who)
    acts = select(BrokenGlass.run_id, BrokenGlass.created_at).where(mine, NOT_UNDONE).distinct().subquery()
    return db.session.scalar(select(func.count()).select_from(acts)) or 0


def steps_done_alone(run_id: UUID) -> set[str]:
    """Return the steps of this run that somebody did alone."""
    mine = (BrokenGlass.organisation_id == acting_organisation()) & (BrokenGlass.run_id == run_id)
    return set(db.session.scalars(select(BrokenGlass.step).where(mine)))

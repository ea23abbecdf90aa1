"""What colleagues did in the acting organisation since a member last looked, counted by what was done."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, func, select, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Mapped, mapped_column

from tenants.database import Record, db
from tenants.isolation import acting_organisation

MOST_ENTRIES = 2000
"""Entries that are read at most: the newest of those not seen."""
MOST_KINDS = 12
# That a notice was begun stands in the histories of the notice and of its breach: the second is read.
SINCE = text("""
with unseen as (
  select h.seq, h.what, h.at, h.subject_kind, h.subject_id, p.name
    from history h
    left join history_person p on p.organisation_id = h.organisation_id and p.id = h.person
   where h.organisation_id = :organisation and h.actor_id is distinct from :user
     and (h.what, h.subject_kind) <> ('notice.begun', 'notice')
     and h.seq > (select coalesce(max(s.seq), 0) from history_seen s
                   where s.organisation_id = :organisation and s.user_id = :user)
     and h.at >= (select coalesce(min(m.created_at), '-infinity') from membership m
                   where m.organisation_id = :organisation and m.user_id = :user)
   order by h.seq desc limit :entries)
select what, count(*) as count, max(at) as at, max(seq) as seq,
       count(distinct coalesce(name, '')) as people, max(name) as name,
       min(subject_kind) as subject_kind,
       case when count(distinct subject_id) = 1 then min(subject_id::text)::uuid end as subject_id
  from unseen group by what order by max(seq) desc limit :kinds
""")


class HistorySeen(Record):
    """Up to which entry (`seq`) of an organisation's history a member has seen what others did."""

    __tablename__ = "history_seen"

    organisation_id: Mapped[UUID] = mapped_column(primary_key=True)
    user_id: Mapped[UUID] = mapped_column(primary_key=True)
    seq: Mapped[int] = mapped_column(BigInteger)
    seen_at: Mapped[datetime] = mapped_column(server_default=func.now())


@dataclass(frozen=True)
class Change:
    """Something that happened `count` times, to subjects of any kind, last at `at` by the entry `seq`. `name` is None
    unless exactly one person did all of it; `subject_id` is None unless it was about one subject."""

    seq: int
    what: str
    count: int
    at: datetime
    name: str | None
    subject_kind: str
    subject_id: UUID | None


def changes_since_seen(user: UUID) -> list[Change]:
    """Return what others, or machines, did since this member said to have seen it; the newest kind first."""
    values = {"organisation": acting_organisation(), "user": user, "entries": MOST_ENTRIES, "kinds": MOST_KINDS}
    return [
        Change(
            row["seq"], row["what"], row["count"], row["at"], row["name"] if row["people"] == 1 else None,
            row["subject_kind"], row["subject_id"],
        )
        for row in db.session.execute(SINCE, values).mappings()
    ]  # fmt: skip


def newest_entry() -> int:
    """Return the number of the newest entry of the acting organisation's history; 0 for none."""
    newest = text("select coalesce(max(seq), 0) from history where organisation_id = :organisation")
    number: int = db.session.scalar(newest, {"organisation": acting_organisation()})
    return number


def keep_seen(user: UUID, seq: int) -> None:
    """Keep that this member has seen all entries up to `seq`; what was seen before is never taken back."""
    seen = insert(HistorySeen).values(
        organisation_id=acting_organisation(), user_id=user, seq=min(seq, newest_entry())
    )  # fmt: skip
    newer = {"seq": func.greatest(HistorySeen.seq, seen.excluded.seq), "seen_at": func.now()}
    db.session.execute(seen.on_conflict_do_update(index_elements=["organisation_id", "user_id"], set_=newer))


def seen_at(user: UUID) -> datetime | None:
    """Return when this member last said to have seen what others did; None for never."""
    query = select(HistorySeen.seen_at).where(
        HistorySeen.organisation_id == acting_organisation(), HistorySeen.user_id == user
    )
    return db.session.scalar(query)

"""Which terms of the acting organisation end within the next 72 hours, in parts of six hours by Dutch time."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy import text

from tenants.database import db
from tenants.isolation import acting_organisation
from workflows.law.periods import AMSTERDAM

AHEAD = timedelta(days=3)
ENDS = text("""
select date_trunc('hour', c.alarm_at) as hour, count(*) as count,
       array_agg(distinct coalesce(b.reference, i.reference)) as found
  from clock c
  join run r on r.organisation_id = c.organisation_id and r.id = c.run_id
  left join notice n on n.organisation_id = r.organisation_id and n.id = r.subject_id
  left join breach b on b.organisation_id = r.organisation_id and b.id = coalesce(n.breach_id, r.subject_id)
  left join escalation e on e.processor_id = r.organisation_id and e.id = r.subject_id
  left join incident i on i.organisation_id = e.processor_id and i.id = e.incident_id
 where c.organisation_id = :organisation and c.state = 'running'
   and c.alarm_at > now() and c.alarm_at <= cast(:until as timestamptz)
 group by hour order by hour
""")


@dataclass(frozen=True)
class Part:
    """A part of a day, from `begins` until `ends`: how many terms end in them, and of which breaches or incidents."""

    begins: datetime
    ends: datetime
    count: int
    references: tuple[str, ...]


def next_ends(now: datetime) -> list[Part]:
    """Return the parts from the one that `now` is in until 72 hours later, also those in which nothing ends."""
    rows = db.session.execute(ENDS, {"organisation": acting_organisation(), "until": now + AHEAD}).mappings().all()
    parts = []
    for begins in _parts(now):
        within = [row for row in rows if part_of(row["hour"]) == begins]
        names = sorted({name for row in within for name in row["found"] if name})
        parts.append(Part(begins, part_after(begins), sum(row["count"] for row in within), tuple(names)))
    return parts


def _parts(now: datetime) -> Iterator[datetime]:
    begins = part_of(now)
    while begins <= now + AHEAD:
        yield begins
        begins = part_after(begins)


def part_after(begins: datetime) -> datetime:
    """Return when the next part of the day begins: a part takes five to seven hours, as the clock is changed."""
    return part_of(begins + timedelta(hours=8))


def part_of(moment: datetime) -> datetime:
    """Return when the part of the day began that this moment is in: 0, 6, 12 or 18 hours by Dutch time."""
    local = moment.astimezone(AMSTERDAM)
    return local.replace(hour=local.hour // 6 * 6, minute=0, second=0, microsecond=0).astimezone(UTC)

"""Which terms of the acting organisation end within the next 72 hours, in parts of six hours by Dutch time."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy import text

from tenants.database import db
from tenants.isolation import acting_organisation
from workflows.law.periods import AMSTERDAM

AHEAD = timedelta(days=3)
PART = timedelta(hours=6)
ENDS = text("""
select extract(epoch from c.alarm_at - cast(:start as timestamptz))::bigint / 21600 as place, count(*) as count,
       array_agg(distinct coalesce(b.reference, i.reference)) as found
  from clock c
  join run r on r.organisation_id = c.organisation_id and r.id = c.run_id
  left join notice n on n.organisation_id = r.organisation_id and n.id = r.subject_id
  left join breach b on b.organisation_id = r.organisation_id and b.id = coalesce(n.breach_id, r.subject_id)
  left join escalation e on e.processor_id = r.organisation_id and e.id = r.subject_id
  left join incident i on i.organisation_id = e.processor_id and i.id = e.incident_id
 where c.organisation_id = :organisation and c.state = 'running'
   and c.alarm_at > now() and c.alarm_at <= cast(:until as timestamptz)
 group by place order by place
""")


@dataclass(frozen=True)
class Part:
    """Six hours from `begins`: how many terms end in them, and of which breaches or incidents."""

    begins: datetime
    count: int
    references: tuple[str, ...]

    @property
    def ends(self) -> datetime:
        """When these six hours are over."""
        return self.begins + PART


def next_ends(now: datetime) -> list[Part]:
    """Return the parts from the one that `now` is in until 72 hours later, also those in which nothing ends."""
    start = part_of(now)
    values = {"organisation": acting_organisation(), "start": start, "until": now + AHEAD}
    rows = {row["place"]: row for row in db.session.execute(ENDS, values).mappings()}
    places = range((now + AHEAD - start) // PART + 1)
    return [
        Part(start + place * PART, rows[place]["count"] if place in rows else 0,
             tuple(sorted(name for name in rows[place]["found"] if name)) if place in rows else ())
        for place in places
    ]  # fmt: skip


def part_of(moment: datetime) -> datetime:
    """Return when the part of the day began that this moment is in: 0, 6, 12 or 18 hours by Dutch time."""
    local = moment.astimezone(AMSTERDAM)
    return local.replace(hour=local.hour // 6 * 6, minute=0, second=0, microsecond=0).astimezone(UTC)

"""Which terms of the acting organisation end within the next 72 hours, in parts of six hours by Dutch time."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID

from sqlalchemy import text

from tenants.database import db
from tenants.isolation import acting_organisation
from workflows.law.periods import AMSTERDAM

AHEAD = timedelta(days=3)
ENDS = text("""
select date_trunc('hour', c.alarm_at) as hour, c.name as clock, count(*) as count,
       case when i.id is not null then 'incident' when n.id is not null then 'notice' else 'breach' end as kind,
       coalesce(i.id, n.id, b.id) as id, coalesce(i.reference, b.reference) as reference
  from clock c
  join run r on r.organisation_id = c.organisation_id and r.id = c.run_id
  left join notice n on n.organisation_id = r.organisation_id and n.id = r.subject_id
  left join breach b on b.organisation_id = r.organisation_id and b.id = coalesce(n.breach_id, r.subject_id)
  left join escalation e on e.processor_id = r.organisation_id and e.id = r.subject_id
  left join incident i on i.organisation_id = e.processor_id and i.id = e.incident_id
 where c.organisation_id = :organisation and c.state = 'running'
   and c.alarm_at > now() and c.alarm_at <= cast(:until as timestamptz)
 group by hour, c.name, kind, i.id, n.id, b.id, i.reference, b.reference order by hour, reference
""")


@dataclass(frozen=True)
class Ending:
    """So many terms (`count`) of one clock, of one incident, breach or notice (`kind`)."""

    clock: str
    count: int
    kind: str
    id: UUID
    reference: str


@dataclass(frozen=True)
class Part:
    """A part of a day, from `begins` until `ends`, and the terms that end in it."""

    begins: datetime
    ends: datetime
    endings: tuple[Ending, ...]

    @property
    def count(self) -> int:
        """How many terms end in it."""
        return sum(ending.count for ending in self.endings)

    @property
    def by_clock(self) -> dict[str, int]:
        """How many terms of each clock end in it."""
        clocks = dict.fromkeys(ending.clock for ending in self.endings)
        return {clock: sum(e.count for e in self.endings if e.clock == clock) for clock in clocks}

    @property
    def subjects(self) -> tuple[Ending, ...]:
        """One ending for each incident, breach or notice, in the order of their references."""
        return tuple({ending.id: ending for ending in self.endings}.values())


def next_ends(now: datetime) -> list[Part]:
    """Return the parts of the next 72 hours in which a term ends, the first one first."""
    rows = db.session.execute(ENDS, {"organisation": acting_organisation(), "until": now + AHEAD}).mappings()
    within: dict[datetime, list[Ending]] = {}
    for row in rows:
        ending = Ending(row["clock"], row["count"], row["kind"], row["id"], row["reference"])
        within.setdefault(part_of(row["hour"]), []).append(ending)
    return [Part(begins, part_after(begins), tuple(endings)) for begins, endings in within.items()]


def part_after(begins: datetime) -> datetime:
    """Return when the next part of the day begins: a part takes five to seven hours, as the clock is changed."""
    return part_of(begins + timedelta(hours=8))


def part_of(moment: datetime) -> datetime:
    """Return when the part of the day began that this moment is in: 0, 6, 12 or 18 hours by Dutch time."""
    local = moment.astimezone(AMSTERDAM)
    return local.replace(hour=local.hour // 6 * 6, minute=0, second=0, microsecond=0).astimezone(UTC)

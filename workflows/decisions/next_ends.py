"""Which terms of the acting organisation ran out or end within 72 hours, in parts of six hours by Dutch time.

The terms of an incident that a person ended are left out, as they are from the rest of the overview.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID

from sqlalchemy import text

from tenants.database import db
from tenants.isolation import acting_organisation
from workflows.law.periods import AMSTERDAM

AHEAD = timedelta(days=3)
ENDS = text("""
select case when c.alarm_at > cast(:now as timestamptz) then date_trunc('hour', c.alarm_at) end as hour,
       case when c.name = 'notify-authority' and b.decided_at is null then 'decide-authority'
            else c.name end as clock, count(*) as count,
       case when i.id is not null then 'incident' when n.id is not null then 'notice' else 'breach' end as kind,
       coalesce(i.id, n.id, b.id) as id, coalesce(i.reference, b.reference) as reference
  from clock c
  join run r on r.organisation_id = c.organisation_id and r.id = c.run_id
  left join notice n on n.organisation_id = r.organisation_id and n.id = r.subject_id
  left join breach b on b.organisation_id = r.organisation_id and b.id = coalesce(n.breach_id, r.subject_id)
  left join escalation e on e.processor_id = r.organisation_id and e.id = r.subject_id
  left join incident i on i.organisation_id = e.processor_id and i.id = e.incident_id
 where c.organisation_id = :organisation and c.state = 'running'
   and c.alarm_at <= cast(:until as timestamptz) and i.is_test is not true
   and (e.id is null or case c.name when 'inform-controller' then e.informed_at is null
                         else e.acknowledged_at is null and e.decision is null
                              and not exists (select from incident_end x where x.organisation_id = i.organisation_id
                                                 and x.incident_id = i.id and x.reopened_at is null) end)
 group by hour, clock, kind, i.id, n.id, b.id, i.reference, b.reference order by hour nulls first, reference
""")


@dataclass(frozen=True)
class Ending:
    """So many terms (`count`) of one clock, of one incident, breach or notice (`kind`).

    `clock` is "decide-authority" for the term to notify the authority of a breach about which nothing is decided yet.
    """

    clock: str
    count: int
    kind: str
    id: UUID
    reference: str


@dataclass(frozen=True)
class Terms:
    """Terms that end at about the same time."""

    endings: tuple[Ending, ...]

    @property
    def count(self) -> int:
        """How many terms they are."""
        return sum(ending.count for ending in self.endings)

    @property
    def by_clock(self) -> dict[str, list[Ending]]:
        """The endings of each clock, each for one incident, breach or notice, in the order of their references."""
        clocks = dict.fromkeys(ending.clock for ending in self.endings)
        return {clock: [ending for ending in self.endings if ending.clock == clock] for clock in clocks}


@dataclass(frozen=True)
class Part:
    """A part of a day, from `begins` until `ends`, and the terms that end in it; none in most."""

    begins: datetime
    ends: datetime
    terms: Terms


@dataclass(frozen=True)
class Ends:
    """The terms that have run out while their act is not done, and every part of the next 72 hours."""

    late: Terms
    parts: list[Part]

    @property
    def tallest(self) -> int:
        """How many terms end in the part in which most end; 0 for none."""
        return max(part.terms.count for part in self.parts)

    @property
    def is_any(self) -> bool:
        """Whether any term has run out, or ends."""
        return self.late.count + self.tallest > 0


def next_ends(now: datetime) -> Ends:
    """Return which terms have run out at `now`, and which end in each part of the next 72 hours, the first one first.
    """
    asked = {"organisation": acting_organisation(), "now": now, "until": now + AHEAD}
    within: dict[datetime | None, list[Ending]] = {}
    for row in db.session.execute(ENDS, asked).mappings():
        ending = Ending(row["clock"], row["count"], row["kind"], row["id"], row["reference"])
        within.setdefault(row["hour"] and part_of(row["hour"]), []).append(ending)
    parts = [
        Part(begins, part_after(begins), Terms(tuple(within.get(begins, ())))) for begins in _parts_until(now)
    ]
    return Ends(Terms(tuple(within.get(None, ()))), parts)


def _parts_until(now: datetime) -> Iterator[datetime]:
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

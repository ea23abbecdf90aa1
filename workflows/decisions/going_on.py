"""What goes on at the acting office: its incidents, until a person ends each."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import text

from tenants.database import db
from tenants.isolation import acting_organisation

# The totals are of all these incidents, also of those that are not listed. unknown: mail of which nobody knows whether
# it arrived, to a client that is not informed.
INCIDENTS = text("""
with going as (
  select i.id, i.reference, i.title, i.created_at from incident i
   where i.organisation_id = :organisation and not i.is_test
     and (not exists (select from incident_end x where x.organisation_id = i.organisation_id and x.incident_id = i.id
                        and x.reopened_at is null)
          or exists (select from escalation u where u.processor_id = i.organisation_id and u.incident_id = i.id
                        and u.informed_at is null))
), counted as (
  select g.id, g.reference, g.title, g.created_at, count(e.id) as clients,
         count(*) filter (where e.informed_at is null and e.id is not null) as unreached,
         count(*) filter (where e.informed_at is null and e.call_needed_at is not null) as call,
         count(*) filter (where e.informed_at is null and e.alarm_at <= now()) as late,
         count(*) filter (where e.informed_at >= e.alarm_at) as informed_late,
         count(*) filter (where e.informed_at is null and exists (
           select from recipient r where r.organisation_id = e.processor_id and r.about_id = e.id
              and r.purpose = 'escalation' and r.state = 'unknown'
              and (e.led_elsewhere_at is null or r.created_at > e.led_elsewhere_at))) as unknown,
         count(*) filter (where e.informed_at is not null and e.acknowledged_at is null and e.decision is null)
           as unconfirmed,
         count(*) filter (where e.informed_at is not null and e.decision is null) as undecided,
         min(e.alarm_at) filter (where e.informed_at is null) as alarm_at
    from going g
    left join escalation e on e.processor_id = :organisation and e.incident_id = g.id
   group by g.id, g.reference, g.title, g.created_at
)
select c.*, count(*) over () as incidents,
       sum(clients) over ()::bigint as all_clients, sum(unreached) over ()::bigint as all_unreached,
       sum(call) over ()::bigint as all_call, sum(late) over ()::bigint as all_late,
       sum(informed_late) over ()::bigint as all_informed_late,
       sum(unknown) over ()::bigint as all_unknown, sum(unconfirmed) over ()::bigint as all_unconfirmed,
       sum(undecided) over ()::bigint as all_undecided
  from counted c order by alarm_at nulls last, undecided = 0, created_at desc limit :most
""")


@dataclass(frozen=True)
class Counts:
    """Clients: all, not informed, to call, late and not informed, informed late, with mail of unknown outcome, not
    confirmed, not decided."""

    clients: int
    unreached: int
    call: int
    late: int
    informed_late: int
    unknown: int
    unconfirmed: int
    undecided: int

    @property
    def is_done(self) -> bool:
        """Whether each client was informed, confirmed and decided."""
        return self.unreached + self.unconfirmed + self.undecided == 0


@dataclass(frozen=True)
class GoingOn:
    """One incident that no person ended, or of which a client is not informed; `alarm_at` is the tightest of those."""

    id: UUID
    reference: str
    title: str
    counts: Counts
    alarm_at: datetime | None


@dataclass(frozen=True)
class Chains:
    """The incidents that go on: how many there are, their clients in all, and the first of them."""

    incidents: int
    total: Counts
    listed: list[GoingOn]


def chains(most: int = 20) -> Chains:
    """Return the acting office's incidents that go on, the tightest time first: at most `most` of them listed."""
    rows = db.session.execute(INCIDENTS, {"organisation": acting_organisation(), "most": most}).mappings().all()
    names = tuple(Counts.__dataclass_fields__)
    listed = [
        GoingOn(row["id"], row["reference"], row["title"], Counts(*(row[name] for name in names)), row["alarm_at"])
        for row in rows
    ]
    total = Counts(*(rows[0][f"all_{name}"] if rows else 0 for name in names))
    return Chains(rows[0]["incidents"] if rows else 0, total, listed)

"""Counts, after the faults, what only the database shows, over all organisations; its superuser reads and never writes.
"""

from typing import Any

import psycopg

from tests.trials.chaos.events import Event

OPEN = "(select name from mail_state where on_the_way)"
# Whoever must act is mailed twenty seconds after it is written down: until then more mail comes.
TO_TELL = "(select count(*) from turn_mail where mailed_at is null)"
QUIET = f"""
select (select count(*) from step where state in ('ready', 'running'))
     + (select count(*) from mail_batch where state in ('planned', 'sending'))
     + (select count(*) from clock where next_at <= now())
     + (select count(*) from step where kind = 'human' and state = 'waiting' and turn_at <= now()) + {TO_TELL}"""
COUNTS = {
    # Lost: a machine's step that failed for good, a run that goes on without an open step, a subject without its run.
    "lost": """
select (select count(*) from step where state = 'failed')
     + (select count(*) from run r where r.state = 'running' and not exists (select from step s
         where s.organisation_id = r.organisation_id and s.run_id = r.id
           and s.state in ('ready', 'running', 'waiting')))
     + (select count(*) from escalation e where not exists (select from run r
         where r.organisation_id = e.processor_id and r.subject_id = e.id))
     + (select count(*) from breach b where not exists (select from run r
         where r.organisation_id = b.organisation_id and r.subject_id = b.id))""",
    # In this story no step is done again: done, open or in the history twice is a fault.
    "doubled": """
select (select count(*) from (select from step where state = 'done'
         group by organisation_id, run_id, name having count(*) > 1) d)
     + (select count(*) from (select from step where state in ('ready', 'running', 'waiting')
         group by organisation_id, run_id having count(*) > 1) d)
     + (select count(*) from (select from history where what not like 'clock.%' and what not like 'invitation.%'
         group by organisation_id, subject_id, what, details having count(*) > 1) d)""",
    # Stuck: still to be done after all work ended, or waiting although what it waits for is there.
    "stuck": f"""
select (select count(*) from step where state in ('ready', 'running'))
     + (select count(*) from mail_batch where state in ('planned', 'sending')) + {TO_TELL}
     + (select count(*) from step s join run r on r.organisation_id = s.organisation_id and r.id = s.run_id
         join escalation e on e.processor_id = r.organisation_id and e.id = r.subject_id
        where s.state = 'waiting' and (
          (s.name = 'acknowledge' and e.acknowledged_at is not null)
          or (s.name = 'deliver' and (e.informed_at is not null or e.acknowledged_at is not null
            or exists (select from recipient p where p.organisation_id = e.processor_id and p.about_id = e.id
                        and p.state = 'delivered')
            or e.call_needed_at is null and not exists (select from recipient p
              where p.organisation_id = e.processor_id and p.about_id = e.id and p.state in {OPEN})))))
     + (select count(*) from step s join run r on r.organisation_id = s.organisation_id and r.id = s.run_id
        where s.state = 'waiting' and s.name = 'follow' and not exists (select from recipient p
          where p.organisation_id = r.organisation_id and p.about_id = r.subject_id and p.state in {OPEN}))""",
    "escalations": "select count(*) from escalation",
    "incidents": "select count(*) from incident",
    # Controllers that are not aware, or whose breach has no clock.
    "unaware": """
select (select count(*) from breach where became_aware_at is null)
     + (select count(*) from breach b where origin = 'escalated' and not exists (select from run r join clock c
          on c.organisation_id = r.organisation_id and c.run_id = r.id and c.name = 'notify-authority'
         where r.organisation_id = b.organisation_id and r.subject_id = b.id and c.alarm_at is not null))""",
    "opened_twice": """
select (select count(*) from (select from escalation group by processor_id, incident_id, agreement_id
         having count(*) > 1) d)
     + (select count(*) from (select from breach where origin = 'escalated'
         group by organisation_id, incident_id having count(*) > 1) d)""",
    # An event proves that its batch was sent, so no reader in it can still be unknown.
    "unproven": """
select count(*) from recipient p where p.state in (select name from mail_state where on_the_way and not awaits_event)
   and exists (select from mail_event e
 where e.organisation_id = p.organisation_id and e.batch_id = p.batch_id)""",
    # A person did two steps that take different people.
    "same_person": """
select count(*) from step s
  join run r on r.organisation_id = s.organisation_id and r.id = s.run_id
  join human_step h on h.workflow = r.workflow and h.version = r.version and h.name = s.name
  join step o on o.organisation_id = s.organisation_id and o.run_id = s.run_id and o.name = any (h.other_than)
   and o.state = 'done'
 where s.state = 'done' and s.done_by = o.done_by""",
    "clocks_missed": "select count(*) from clock where next_at <= now() - interval '5 seconds'",
    "history_broken": "select count(*) from history_breaks",
}
# The lateness counts from the moment that was heard, or from the start of the clock if that was later.
LATE = """
select coalesce(max(extract(epoch from h.at - greatest(c.moments[(h.details->>'heard')::int], began.at))), 0)
  from history h
  join run r on r.organisation_id = h.organisation_id and r.subject_id = h.subject_id
  join clock c on c.organisation_id = r.organisation_id and c.run_id = r.id and h.what = 'clock.' || c.name
  cross join lateral (select max(b.at) as at from history b where b.organisation_id = h.organisation_id
    and b.subject_id = h.subject_id and b.at <= h.at and b.what not like 'clock.%') began
 where h.what like 'clock.%'"""
STANDING = """
select 'step ' || name || ' ' || state || coalesce(' (' || left(error, 60) || ')', ''), count(*) from step
 where state in ('ready', 'running', 'failed') or (state = 'waiting' and kind = 'job') group by 1
union all select 'batch ' || purpose || ' ' || state || coalesce(' (' || left(error, 60) || ')', ''), count(*)
  from mail_batch group by 1
union all select 'recipient ' || purpose || ' ' || state, count(*) from recipient group by 1
union all select 'clock ' || name || ' ' || state, count(*) from clock group by 1 order by 1"""
APPLIED = "select recipient_id::text, batch_id::text, event from mail_event"
STATES = "select id::text, state from recipient where about_id = %s"
ABOUT = "select about_id::text from recipient where purpose = 'escalation'"


class Rows:
    """The database as its superuser reads it, without the policies."""

    def __init__(self, superuser_url: str) -> None:
        self._url = superuser_url

    def open_work(self) -> int:
        """Return how many steps, batches and clocks are to be done now; 0 when no work is open."""
        return int(self._all(QUIET)[0][0])

    def counts(self) -> dict[str, int]:
        """Return every count, by name."""
        return {name: int(self._all(query)[0][0]) for name, query in COUNTS.items()}

    def standing(self) -> str:
        """Return where everything stands, as lines for a person who looks for a cause."""
        return "\n".join(f"{count:>8} {what}" for what, count in self._all(STANDING))

    def latest(self) -> float:
        """Return the most seconds between a clock's moment and its hearing."""
        return round(float(self._all(LATE)[0][0]), 1)

    def applied(self) -> frozenset[Event]:
        """Return the events that the product kept."""
        return frozenset(self._all(APPLIED))

    def states(self, about: str) -> dict[str, str]:
        """Return the state of each recipient of one subject's mail."""
        return dict(self._all(STATES, about))

    def written_about(self) -> set[str]:
        """Return the ids of the escalations about which mail was planned."""
        return {about for (about,) in self._all(ABOUT)}

    def _all(self, query: str, *values: Any) -> list[Any]:
        with psycopg.connect(self._url) as connection:
            return connection.execute(query, values or None).fetchall()

"""Where the own breaches of an organisation stand, all together: which are not ready, by the rule of still_due.py.

A breach that waits for a step of its run is not ready; one whose run has ended is ready when nothing is still due.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import text

from tenants.database import db
from tenants.history.entries import of_subjects
from tenants.isolation import acting_organisation, database_now
from tenants.register.together import BreachWithNotice, breaches_with_notices
from workflows.dossiers.still_due import still_due
from workflows.law.gdpr import PEOPLE_EXCEPTIONS
from workflows.mail.states import NOT_REACHED, ON_THE_WAY
from workflows.notification.sent_form import QUESTIONS_OPEN, filled_form, questions_of, sent_form

SUBMIT = "ap_notification.submit"
# due: as still_due says. unread: nothing else is due, and nobody kept how many answers were open, so the form is read.
STANDING = """
with standing as (
select b.id, r.state = 'running' as runs, b.decided_at is not null as decided,
       r.state in ('done', 'exempt') and (
         case when n.id is not null then n.sent_at is null
              else b.risk = 'high' and not coalesce(b.financial_undertaking, false)
                   and not coalesce(b.people_exception = any(:exceptions), false) end
         or coalesce(b.measures, '') = '' or coalesce(q.open > 0, false)
         or n.sent_at is not null and exists (
              select from recipient p where p.organisation_id = n.organisation_id and p.about_id = n.id
                 and p.purpose = 'notice' and p.state = any(:not_arrived))) as due,
       r.state in ('done', 'exempt') and b.submitted_at is not null and q.open is null as unread,
       r.state = 'running' and exists (
         select from clock c where c.organisation_id = r.organisation_id and c.run_id = r.id and c.state = 'running'
            and c.alarm_at <= now()) as late,
       n.id is not null and n.sent_at is null as notice_unsent,
       n.sent_at is not null and exists (
         select from run m where m.organisation_id = n.organisation_id and m.subject_id = n.id and m.state = 'running')
         as notice_under_way
  from run r
  join breach b on b.organisation_id = r.organisation_id and b.id = r.subject_id
  left join notice n on n.organisation_id = b.organisation_id and n.breach_id = b.id and not exists (
    select from run x where x.organisation_id = n.organisation_id and x.subject_id = n.id and x.state = 'cancelled')
  left join lateral (
    select (h.details ->> :kept)::integer as open from history h
     where h.organisation_id = b.organisation_id and h.subject_id = b.id and h.what = :submit
     order by h.seq desc limit 1) q on b.submitted_at is not null
 where r.organisation_id = :organisation and r.workflow = 'ap_notification'
   and (cast(:breaches as uuid[]) is null or b.id = any(:breaches))
)"""
SUMS = text(f"""{STANDING}
select count(*) filter (where runs and not decided) as undecided,
       count(*) filter (where runs and decided or due) as decided,
       count(*) filter (where late) as late, count(*) filter (where notice_unsent) as notices_unsent,
       count(*) filter (where notice_under_way) as notices_under_way,
       array_agg(id) filter (where unread and not due) as unread
  from standing""")
WHICH = text(f"""{STANDING}
select array_agg(id) filter (where runs or due) as unready, array_agg(id) filter (where unread and not due) as unread
  from standing""")
VALUES = {
    "exceptions": list(PEOPLE_EXCEPTIONS), "not_arrived": [*ON_THE_WAY, *NOT_REACHED], "kept": QUESTIONS_OPEN,
    "submit": SUBMIT,
}  # fmt: skip


@dataclass(frozen=True)
class Own:
    """The acting organisation's breaches that are not ready: without a decision, and decided while something is due.

    late: of those, whose term has run out. Notices: not sent, and sent while mail is on its way.
    """

    undecided: int
    decided: int
    late: int
    notices_unsent: int
    notices_under_way: int

    @property
    def breaches(self) -> int:
        """How many breaches are not ready."""
        return self.undecided + self.decided


def own_dossiers() -> Own:
    """Return how many breaches and notices of the acting organisation are not ready, and where they stand."""
    row = dict(_asked(SUMS, None))
    row["decided"] += len(_due_by_form(row.pop("unread") or ()))
    return Own(**row)


def unready_among(breach_ids: Iterable[UUID]) -> set[UUID]:
    """Return which of these breaches of the acting organisation are not ready."""
    row = _asked(WHICH, list(breach_ids))
    return {*(row["unready"] or ()), *_due_by_form(row["unread"] or ())}


def _asked(what: Any, breaches: list[UUID] | None) -> Any:
    values = VALUES | {"organisation": acting_organisation(), "breaches": breaches}
    return db.session.execute(what, values).mappings().one()


def _due_by_form(breach_ids: Iterable[UUID]) -> list[UUID]:
    """Return of which of these submitted breaches something is due, by the form as it was sent, or else as it is now.

    Only a submission of before the number of open answers was kept comes here.
    """
    asked = list(breach_ids)
    if not asked:
        return []
    entries = of_subjects(asked, [SUBMIT])
    return [rows.breach.id for rows in breaches_with_notices(asked) if _is_due(rows, entries)]


def _is_due(rows: BreachWithNotice, entries: list[Any]) -> bool:
    sent = sent_form(entry for entry in entries if entry.subject_id == rows.breach.id)
    # Who reports is known to the one who looks, so that answer is never open.
    form = sent.form if sent else filled_form(rows, {"name": "-", "email": "-"}, database_now())
    return bool(still_due(rows.breach, rows.notice, rows.readers, questions_of(form)))

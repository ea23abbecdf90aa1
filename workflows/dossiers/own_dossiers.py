"""Where the own breaches of an organisation stand, all together: which are not ready, by the rule of still_due.py.

A breach that waits for a step of its run is not ready; one whose run has ended is ready when nothing is still due. Of
each breach its row says whether something may be due (`may_be_due`, which the database keeps), so that only those are
read, and no more than MOST of them.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import text

from tenants.database import db
from tenants.history.entries import of_subjects
from tenants.isolation import acting_organisation, database_now
from tenants.organisations.organisations import the_acting_organisation
from tenants.register.together import BreachWithNotice, breaches_with_notices
from workflows.notification.sent_form import filled_form, questions_of, sent_form

SUBMIT = "ap_notification.submit"
MOST, MOST_READ = 1_000, 50
"""The most breaches that are counted; the most forms that one look reads."""
SUMS = text("""
with may_be as materialized (
  select id from breach where organisation_id = :organisation and may_be_due
   order by (submitted_at is not null and questions_open is null), id limit :most),
standing as (select * from breach_standing(:organisation, array(select id from may_be))),
late as (
  select s.id from standing s join run r on r.organisation_id = :organisation and r.subject_id = s.id
    join clock c on c.organisation_id = r.organisation_id and c.run_id = r.id
   where s.runs and r.workflow = 'ap_notification' and c.state = 'running' and c.alarm_at <= now() group by s.id)
select count(*) filter (where runs and not decided) as undecided,
       count(*) filter (where runs and decided or due) as decided,
       (select count(*) from late) as late, count(*) filter (where notice_unsent) as notices_unsent,
       count(*) filter (where notice_under_way) as notices_under_way,
       array_agg(id) filter (where unread and not due) as unread
  from standing""")
WHICH = text("""
select array_agg(id) filter (where runs or due) as unready, array_agg(id) filter (where unread and not due) as unread
  from breach_standing(:organisation, array(
    select id from breach where organisation_id = :organisation and id = any(:breaches) and may_be_due))""")
# Two who look at the same time read the same forms: whoever comes second leaves them to the first.
KEEP_READ = text("""
with free as materialized (
  select id from breach where organisation_id = :organisation and id = any(:ids) and submitted_at is not null
     and questions_open is null order by id for no key update skip locked)
update breach b set questions_open = x.open
  from free join unnest(cast(:ids as uuid[]), cast(:open as integer[])) as x(id, open) using (id)
 where b.organisation_id = :organisation and b.id = free.id""")


@dataclass(frozen=True)
class Own:
    """The acting organisation's breaches that are not ready: without a decision, and decided while something is due.

    late: of those, whose term has run out. Notices: not sent, and sent while mail is on its way. Of more than MOST
    breaches only the first are counted.
    """

    undecided: int
    decided: int
    late: int
    notices_unsent: int
    notices_under_way: int

    @property
    def breaches(self) -> int:
        """How many breaches are not ready; at most MOST."""
        return min(MOST, self.undecided + self.decided)

    @property
    def are_more(self) -> bool:
        """Whether more breaches are not ready than were counted, so that the other sums say too little."""
        return self.undecided + self.decided > MOST


def own_dossiers() -> Own:
    """Return how many breaches and notices of the acting organisation are not ready, and where they stand.

    How many answers are open in a form of before that was kept is read once and kept at the breach.
    """
    asked = {"organisation": acting_organisation(), "most": MOST + 1}
    row = dict(db.session.execute(SUMS, asked).mappings().one())
    questions = _questions_in(row.pop("unread") or ())
    row["decided"] += sum(map(bool, questions.values()))
    return Own(**row)


def unready_among(breach_ids: Iterable[UUID]) -> set[UUID]:
    """Return which of these breaches of the acting organisation are not ready."""
    asked = {"organisation": acting_organisation(), "breaches": list(breach_ids)}
    row = db.session.execute(WHICH, asked).mappings().one()
    questions = _questions_in(row["unread"] or ())
    return {*(row["unready"] or ()), *(breach_id for breach_id, open_now in questions.items() if open_now)}


def _questions_in(breach_ids: Iterable[UUID]) -> dict[UUID, int]:
    """Return how many answers are open of the first MOST_READ of these submitted breaches, by the form as it was sent,
    or else as it is now; the breach keeps that number until it changes.
    """
    asked = list(breach_ids)[:MOST_READ]
    if not asked:
        return {}
    entries, now = of_subjects(asked, [SUBMIT]), database_now()
    questions = {rows.breach.id: _questions_of(rows, entries, now) for rows in breaches_with_notices(asked)}
    if the_acting_organisation().joined_into is None:
        values = {"organisation": acting_organisation(), "ids": list(questions), "open": list(questions.values())}
        db.session.execute(KEEP_READ, values)
    return questions


def _questions_of(rows: BreachWithNotice, entries: list[Any], now: datetime) -> int:
    sent = sent_form(entry for entry in entries if entry.subject_id == rows.breach.id)
    # Who reports is known to the one who looks, so that answer is never open.
    return questions_of(sent.form if sent else filled_form(rows, {"name": "-", "email": "-"}, now))

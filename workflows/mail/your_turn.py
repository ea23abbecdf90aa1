"""The mail that says that a step waits for its reader: one step, with its page behind the button, or a list."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import text

from tenants.database import db
from tenants.identity.users import User
from tenants.isolation import acting_organisation
from tenants.lines import one_line
from tenants.organisations.organisations import the_acting_organisation
from tenants.sealing import seal_of_acting_organisation
from workflows.mail.batches import addressee, plan
from workflows.mail.links import organisation_link, overview_link, step_link
from workflows.mail.own_people import own_closed_days
from workflows.mail.words import counted, local_moment, word

RECEIVED = text("""
select r.about_id from recipient r join mail_batch b on b.organisation_id = r.organisation_id and b.id = r.batch_id
 where r.organisation_id = :me and r.about_id = any(:asked) and r.purpose = 'reminder'
   and b.text_key = 'breach_received' and r.address_hash = :fingerprint
   and r.created_at > now() - interval '10 minutes'""")
ASKED = text("""
select distinct on (r.subject_id) r.subject_id, s.name, s.done_by, s.done_by_name
  from run r join step s on s.organisation_id = r.organisation_id and s.run_id = r.id
 where r.organisation_id = :me and r.subject_id = any(:subjects) and s.state = 'done' and s.done_by is not null
 order by r.subject_id, coalesce(s.done_nth, 0) desc, s.done_at desc, s.id desc""")
MOST_NAMED = 20
"""How many steps a list names; the rest is a number."""


@dataclass(frozen=True)
class WaitingStep:
    """A person's step that waits, as a mail says it. `since` and `until`, the end of its term, are aware.

    `title` is None for a step of another organisation than the one whose mail it is. `occasion` 0: it began to wait.
    `processor` is the name of who told about the breach, None for an own one.
    """

    slug: str
    organisation: str
    workflow: str
    step: str
    subject_id: UUID
    breach_id: UUID
    reference: str
    title: str | None
    since: datetime
    until: datetime | None
    occasion: int
    processor: str | None


def plan_turn_mail(user: User, steps: Sequence[WaitingStep]) -> int:
    """Plan one mail of the acting organisation to this person about these steps; returns how many it tells about.

    It is about the person, and all that it says is sealed: the steps may be those of other organisations.
    """
    steps = _unsaid(user, steps)
    if not steps:
        return 0
    key = "your_turn" if len(steps) == 1 else "your_turns"
    asked = _asked_by(user, steps)
    values = _of_one(steps[0], user.locale, asked) if len(steps) == 1 else _of_many(steps, user.locale, asked)
    to = addressee(user.name, user.email, values)
    if to is None:
        return 0
    plan("reminder", key, {}, [(user.id, to)], user.locale)
    return len(steps)


def _unsaid(user: User, steps: Sequence[WaitingStep]) -> list[WaitingStep]:
    """Return the steps that this person was not mailed about a moment ago: that a processor told about a breach says
    that it waits to be assessed, with the same page behind its button."""
    asked = [step.breach_id for step in steps if step.step == "assess" and step.occasion == 0]
    values = {
        "me": acting_organisation(), "asked": asked,
        "fingerprint": seal_of_acting_organisation().fingerprint(user.email),
    }  # fmt: skip
    said = set(db.session.scalars(RECEIVED, values)) if asked else set()
    return [step for step in steps if step.step != "assess" or step.occasion or step.breach_id not in said]


def _asked_by(user: User, steps: Sequence[WaitingStep]) -> dict[UUID, str]:
    """Return by subject the name of the colleague who did the step before it, of the acting organisation alone.

    Nobody asked for a step that waits again because it was undone.
    """
    waiting = {step.subject_id: step.step for step in steps}
    rows = db.session.execute(ASKED, {"me": acting_organisation(), "subjects": list(waiting)})
    asked = [row for row in rows if row.done_by != user.id and row.name != waiting[row.subject_id]]
    return {row.subject_id: one_line(row.done_by_name or "") for row in asked}


def _of_one(step: WaitingStep, locale: str, asked: Mapping[UUID, str]) -> dict[str, str]:
    return {
        "organisation": step.organisation, "reference": step.reference, "title": one_line(step.title or ""),
        "processor": one_line(step.processor or ""), "asked_by": asked.get(step.subject_id, ""),
        "opening": word("turn.again" if step.occasion else "turn.first", locale), "do": _do(step, locale),
        "since": local_moment(step.since, locale), "until": _until(step, locale),
        "link": step_link(step.slug, step.workflow, step.subject_id),
    }  # fmt: skip


def _of_many(steps: Sequence[WaitingStep], locale: str, asked: Mapping[UUID, str]) -> dict[str, str]:
    """The titles are left out: a list is for the eye of somebody on the road, and the page behind the button has
    them."""
    slugs = {step.slug for step in steps}
    is_own = slugs == {the_acting_organisation().slug}
    lines = [_line(step, locale, is_own, asked.get(step.subject_id)) for step in steps[:MOST_NAMED]]
    more = len(steps) - MOST_NAMED
    where = steps[0].organisation if is_own else counted("turn.organisations", len(slugs), locale)
    return {
        "first": f"{_do(steps[0], locale)} ({steps[0].reference})",
        "rest": counted("turn.others", len(steps) - 1, locale),
        "count": counted("turn.steps", len(steps), locale), "where": where, "steps": "\n".join(lines),
        "more": counted("turn.more", more, locale) if more > 0 else "",
        "link": organisation_link(steps[0].slug) if is_own else overview_link(),
    }  # fmt: skip


def _line(step: WaitingStep, locale: str, is_own: bool, asked_by: str | None) -> str:
    where = "" if is_own else f"{one_line(step.organisation)}: "
    until = word("turn.until", locale).format(until=_until(step, locale)) if step.until else ""
    who = word("turn.asked_by", locale).format(who=asked_by) if asked_by else ""
    what = ", ".join(part for part in (step.reference, one_line(step.processor or ""), who) if part)
    return f"{where}{_do(step, locale)} ({what}){until}"


def _until(step: WaitingStep, locale: str) -> str:
    """Return the end of the term, and that nobody is there then; of another organisation than the acting one nobody
    here knows that. Empty without a term."""
    if step.until is None:
        return ""
    is_own = step.slug == the_acting_organisation().slug
    closed = f" ({word('closed.short', locale)})" if is_own and own_closed_days().at(step.until) else ""
    return f"{local_moment(step.until, locale)}{closed}"


def _do(step: WaitingStep, locale: str) -> str:
    return word(f"step.{step.workflow}.{step.step}", locale)

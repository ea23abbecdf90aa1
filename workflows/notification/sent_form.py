"""The AP's form as it was when its submission was recorded (Art. 33(1), 5(2)): kept in the history, never changed.

The answers name people, so they are personal values of the entry: sealed, and erased with the rest.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from tenants.history.entries import Actor, History, of_subject
from tenants.identity.users import address_of
from tenants.register.breaches import Breach
from tenants.register.together import BreachWithNotice, breach_with_notice
from workflows.law.ap_form import FilledForm, fill, open_questions
from workflows.law.ap_form.kept import read_kept, to_keep
from workflows.mail.people_told import people_told
from workflows.notification.ap_dossier import facts_of

SENT_FORM = "sent_form"
"""The personal value of the entry that has the form as it was."""
QUESTIONS_OPEN = "questions_open"
"""The detail of that entry that says how many answers the law still asked for. It names nobody, so lists count by it.
"""


@dataclass(frozen=True)
class SentForm:
    """The form as it was at the moment `at` at which somebody recorded that it was sent in.

    `reporter` is who that was: name, e-mail address, function and telephone number as they were then, by the names of
    the form's contact parts. A form of before functions and telephone numbers were kept has the first two.
    """

    form: FilledForm
    at: datetime
    reporter: dict[str, str | None]


def filled_form(rows: BreachWithNotice, reporter: Mapping[str, str | None], now: datetime) -> FilledForm:
    """Return the form (Art. 33(3)) of this breach, filled for `reporter` with what is known at `now`."""
    informed = None if rows.readers is None else people_told(rows.readers).informed
    return fill(facts_of(
        rows.breach, rows.organisation, reporter=reporter, notice=rows.notice, people_told=informed, now=now
    ))  # fmt: skip


def form_to_keep(breach: Breach, by: Actor, now: datetime) -> dict[str, Any]:
    """Return the form of this breach as it is at `now`, filled for the person who reports, in values that JSON has, and
    how many answers the law still asks for, by the names of the values of the entry."""
    rows = breach_with_notice(breach.id, by.id)
    reporter = {"name": by.name, "email": address_of(by.id) if by.id else None, **rows.viewer_contact}
    form = filled_form(rows, reporter, now)
    return {SENT_FORM: {"reporter": reporter, "answers": to_keep(form)}, QUESTIONS_OPEN: questions_of(form)}


def questions_of(form: FilledForm) -> int:
    """Return how many answers the law still asks for (Art. 33(4))."""
    return len(open_questions(form))


def still_open(sent: FilledForm, now: FilledForm) -> list[str]:
    """Return the questions that were open in the form as it was sent, and that the form asks now: later facts end some.
    """
    return [name for name in open_questions(sent) if now.question(name).shown]


def questions_left(breach: Breach, by: Actor, now: datetime) -> dict[str, int]:
    """Return how many answers the law still asks for about the form as it was sent, for the history; nothing where no
    form was kept."""
    sent = sent_form(of_subject(breach.id))
    if breach.submitted_at is None or sent is None:
        return {}
    filled = filled_form(breach_with_notice(breach.id, by.id), sent.reporter, now)
    return {QUESTIONS_OPEN: len(still_open(sent.form, filled))}


def sent_form(history: Iterable[History]) -> SentForm | None:
    """Return the form that was kept when its submission was recorded; None when nothing was kept, or it was erased."""
    kept = [(entry.details[SENT_FORM], entry.at) for entry in history if SENT_FORM in entry.details]
    if not kept:
        return None
    values, at = kept[-1]
    return SentForm(read_kept(values["answers"]), at, values["reporter"])


def kept_questions(history: Iterable[History]) -> int | None:
    """Return how many answers the law still asks for about the form as it was sent; None when that was not kept."""
    kept: list[int] = [entry.details[QUESTIONS_OPEN] for entry in history if QUESTIONS_OPEN in entry.details]
    return kept[-1] if kept else None

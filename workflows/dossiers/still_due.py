"""What is still due about a breach once the authority was notified, or once it was decided not to notify it."""

from collections.abc import Mapping
from dataclasses import dataclass

from tenants.register.breaches import Breach
from tenants.register.notices import Notice
from workflows.law.gdpr import data_subjects_must_be_told
from workflows.mail.states import NOT_REACHED, ON_THE_WAY


@dataclass(frozen=True)
class Due:
    """One thing that is not done: "notice" (people are not told yet, Art. 34(1)), "on_the_way" and "not_reached"
    (so many people), "questions" (so many answers that the law asks for, Art. 33(4)), "measures" (none are recorded).
    """

    what: str
    count: int | None = None


def still_due(
    breach: Breach, notice: Notice | None, readers: Mapping[str, int] | None, questions: int
) -> tuple[Due, ...]:  # fmt: skip
    """Return what is still due, the most urgent first; `breach_standing` says the same in SQL.

    `readers`: how many people are in each state of a mail; None while the notice was not sent. `questions`: how many
    answers the law still asks for about what was sent to the authority.
    """
    sent = readers or {}
    counts = {
        "not_reached": sum(sent.get(state, 0) for state in NOT_REACHED),
        "on_the_way": sum(sent.get(state, 0) for state in ON_THE_WAY),
        "questions": questions if breach.submitted_at else 0,
    }
    unsent = notice.sent_at is None if notice else data_subjects_must_be_told(breach)
    due = [Due("notice")] if unsent else []
    due += [Due(what, count) for what, count in counts.items() if count]
    return (*due, *(() if breach.measures else (Due("measures"),)))

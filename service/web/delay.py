"""A text for the reasons of a delay: the disputed two working days. A suggestion; it never moves a moment."""

from datetime import datetime

from service.dutch_holidays import dutch_holidays
from service.texts import local_moment, t
from tenants.register import Breach
from workflows.gdpr import authority_period
from workflows.working_days import working_days


def suggestion(breach: Breach, now: datetime) -> str | None:
    """Reg. 1182/71 Art. 3(5), as an argument, where fewer than two whole working days lay in the term that passed."""
    if breach.became_aware_at is None or breach.due_at is None or now < breach.due_at or breach.submitted_at:
        return None
    period = authority_period(breach.became_aware_at)
    years = range(period.counted_from.year, period.due_at.year + 2)
    days = working_days(period.counted_from, period.due_at, dutch_holidays(years))
    if days.lenient_full is None:
        return None
    begin, end = local_moment(period.counted_from, "long"), local_moment(period.due_at, "long")
    return t("delay.words", begin=begin, end=end, full=days.full, second=local_moment(days.lenient_full, "long"))

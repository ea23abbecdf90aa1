"""Texts for the reasons of a delay: an own, later moment, and the disputed two working days. Neither moves a moment."""

from datetime import datetime

from service.words.dutch_holidays import dutch_holidays
from service.words.moments import local_moment
from service.words.texts import t
from tenants.register.breaches import Breach
from workflows.law.gdpr import authority_period
from workflows.law.working_days import working_days
from workflows.notification.ap_clock import asks_reasons


def own_words(breach: Breach, now: datetime) -> str | None:
    """Return why an own, later moment counts (Art. 33(1)), when the term of the earliest moment has passed."""
    earliest, own_at = breach.first_aware_at, breach.became_aware_at
    if breach.submitted_at or not breach.own_aware_reason or not earliest or not own_at or earliest >= own_at:
        return None
    if not asks_reasons(breach, now):
        return None
    moments = {"earliest": local_moment(earliest), "own": local_moment(own_at)}
    return t("delay.own_words", reason=breach.own_aware_reason, **moments)


def suggestion(breach: Breach, now: datetime) -> str | None:
    """Return the argument of Reg. 1182/71 Art. 3(5), when the passed term had fewer than two whole working days."""
    if breach.became_aware_at is None or breach.due_at is None or now < breach.due_at or breach.submitted_at:
        return None
    period = authority_period(breach.became_aware_at)
    years = range(period.counted_from.year, period.due_at.year + 2)
    days = working_days(period.counted_from, period.due_at, dutch_holidays(years))
    if days.lenient_full is None:
        return None
    begin, end = local_moment(period.counted_from), local_moment(period.due_at)
    return t("delay.words", begin=begin, end=end, full=days.full, second=local_moment(days.lenient_full))

"""The clock of Art. 33(1): it begins when the controller became aware, and runs until the submission is recorded."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from itertools import groupby

from tenants.register.breaches import Breach
from tenants.register.escalations import contacts_to_write_to
from workflows.engine.steps import Clock, Heard
from workflows.law import gdpr
from workflows.law.periods import MovedTerm, Period, is_late, moved
from workflows.mail.reminding import remind_contacts, remind_people


def authority_period(breach: Breach) -> Period | None:
    """Art. 33(1): both ends of the period, as moved where the authority moved it; None while nobody is aware."""
    if breach.became_aware_at is None:
        return None
    period = gdpr.authority_period(breach.became_aware_at)
    return moved(period, moved_term_of(breach.moved_term)) if breach.moved_term else period


def earliest_period(breach: Breach) -> Period | None:
    """Art. 33(1): the period from the earliest moment that anybody stated; after its end the reasons are asked for."""
    if breach.first_aware_at is None:
        return None
    period = gdpr.authority_period(breach.first_aware_at)
    return moved(period, moved_term_of(breach.moved_term)) if breach.moved_term else period


def asks_reasons(breach: Breach, at: datetime) -> bool:
    """Whether a notification sent at this moment goes with the reasons for its delay."""
    period = earliest_period(breach)
    return period is not None and is_late(at, period)


def moved_term_of(stored: Mapping[str, str]) -> MovedTerm:
    """Return a moved term as it is kept with the breach."""
    return MovedTerm(datetime.fromisoformat(stored["until"]), stored["reason"], stored["source"])


def remind_of_authority(heard: list[Heard]) -> None:
    """Mail the people who can act about all of these; or else, in a register that nobody has opened yet, the contacts
    of each breach about the breaches whose contacts they are."""
    if remind_people("notify-authority", heard, _first_as_stated(heard)):
        return
    contacts = contacts_to_write_to(clock.subject.id for clock in heard)
    together = sorted(heard, key=lambda clock: str(contacts[clock.subject.id]))
    for _, group in groupby(together, key=lambda clock: str(contacts[clock.subject.id])):
        theirs = list(group)
        remind_contacts("notify-authority", theirs, contacts[theirs[0].subject.id], _first_as_stated(theirs))


def _first_as_stated(heard: list[Heard]) -> Breach | None:
    """Return the breach that ends first of those whose clock runs on the processor's word."""
    provisional = [clock for clock in heard if clock.subject.is_aware_as_stated]
    return min(provisional, key=lambda clock: clock.alarm_at).subject if provisional else None


AUTHORITY_CLOCK = Clock(
    name="notify-authority",
    law="Art. 33(1)",
    until="submit",
    period=authority_period,
    remind=(timedelta(hours=48), timedelta(hours=24), timedelta(hours=4)),
    heard=remind_of_authority,
)

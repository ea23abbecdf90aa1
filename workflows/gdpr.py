"""The rules of the General Data Protection Regulation, article by article.

Regulation (EU) 2016/679, Art. 33 and 34; Regulation (EEC, Euratom) 1182/71 for counting hours; the Dutch
implementation act (UAVG) Art. 42. Pure: standard library only, no database, no clock of its own. Moments are
aware datetimes and come back in UTC; a moment without a zone is refused with MomentWithoutZone.
"""

from collections.abc import Mapping, Sized
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Protocol
from zoneinfo import ZoneInfo

AMSTERDAM = ZoneInfo("Europe/Amsterdam")
HOUR = timedelta(hours=1)

INTERNAL_TARGET = timedelta(hours=24)
"""The house's own target for Art. 33(2) where the agreement names no hours. Not law."""

PEOPLE_TARGET = timedelta(hours=48)
"""The house's own target for Art. 34(1), which says "without undue delay" and names no hours. Not law."""

RISKS = ("unlikely", "risk", "high")
"""Risk to the rights and freedoms of people, Art. 33(1) and 34(1). None beside these means: not known."""

PEOPLE_EXCEPTIONS = ("protected", "measures", "disproportionate")
"""Art. 34(3)(a) unintelligible beforehand, (b) measures afterwards, (c) disproportionate effort."""

NOTICE_PARTS = ("nature", "contact", "consequences", "measures")
"""What a notice to people holds at least, in plain language. Art. 34(2) with 33(3)(b), (c), (d)."""

NOTIFICATION_MINIMUM = (
    *("nature", "data", "groups", "people_min", "records"),  # Art. 33(3)(a)
    *("contact", "consequences", "measures"),  # Art. 33(3)(b), (c), (d)
)
"""What a notification to the authority holds at least. Art. 33(3)."""

REGISTER_MINIMUM = ("facts", "effects", "remedial_action")
"""What the register holds at least, of every breach, notified or not. Art. 33(5)."""


class MomentWithoutZone(ValueError):
    """A moment that does not say in which zone it is: nothing can be counted from it."""

    key = "moment.without_zone"


class NoTermsInForce(ValueError):
    """The day of awareness is before the first line of TERMS; carries `day`."""

    key = "terms.none_in_force"

    def __init__(self, day: date) -> None:
        super().__init__(f"no terms were in force on {day}")
        self.day = day


class HoursNotPositive(ValueError):
    """An agreement's hours must be at least one; carries `hours`."""

    key = "hours.not_positive"

    def __init__(self, hours: int) -> None:
        super().__init__(f"agreed hours must be 1 or more, not {hours}")
        self.hours = hours


@dataclass(frozen=True)
class Terms:
    """What Art. 33(1) says from a day on. A draft is a proposal: shown, never decided by."""

    in_force_from: date
    notify_within: timedelta
    exempt_risks: frozenset[str]
    draft: bool = False

    @property
    def name(self) -> str:
        """Stored with the breach, so that one can see later which terms were used."""
        return f"33(1)/{self.in_force_from}"


TERMS = (
    Terms(date(2018, 5, 25), timedelta(hours=72), frozenset({"unlikely"})),  # Art. 33(1)
    # COM(2025) 837 would add a line: 96 hours, high risk only. Not law.
)


def terms_on(day: date, table: tuple[Terms, ...] = TERMS) -> Terms:
    """Art. 33(1), 99(2): the terms in force on the local day of awareness; drafts are passed over.

    Raises NoTermsInForce before the regulation applied (25 May 2018).
    """
    in_force = [terms for terms in table if terms.in_force_from <= day and not terms.draft]
    if not in_force:
        raise NoTermsInForce(day)
    return max(in_force, key=lambda terms: terms.in_force_from)


@dataclass(frozen=True)
class Period:
    """One term with its two moments, in UTC.

    `alarm_at` is what people see and are reminded of; `due_at` is the first moment that is late. `agreed` is
    False for the house's own targets, which neither law nor agreement holds anyone to.
    """

    counted_from: datetime
    alarm_at: datetime
    due_at: datetime
    hours: int
    terms: str
    agreed: bool = True


def authority_period(aware_at: datetime, zone: ZoneInfo = AMSTERDAM) -> Period:
    """Art. 33(1): the controller's time to notify the authority, from the moment it became aware.

    `alarm_at` is the elapsed hours to the minute. `due_at` reads Reg. 1182/71 strictly: the hour in which
    awareness falls is not counted (Art. 3(1)), the period ends with the expiry of its last hour (3(2)(a)),
    weekends and holidays count (3(3)), and hours do not roll over to a working day (3(4)). Elapsed hours over
    clock changes, on which the regulation is silent. `zone` is where the controller's hours are read.

    Raises MomentWithoutZone, NoTermsInForce.
    """
    aware_at = _utc(aware_at)
    terms = terms_on(aware_at.astimezone(zone).date())
    counted_from = _next_full_hour(aware_at, zone)
    within = terms.notify_within
    return Period(counted_from, aware_at + within, counted_from + within, within // HOUR, terms.name)


def contract_period(aware_at: datetime, hours: int | None) -> Period:
    """Art. 33(2), 28(3): the processor's time to tell the controller, elapsed hours from its own awareness.

    Contract hours are private law, so both moments are the same. None means the agreement only says "without
    undue delay": INTERNAL_TARGET applies, marked `agreed=False`.

    Raises MomentWithoutZone, HoursNotPositive.
    """
    if hours is None:
        return _elapsed(aware_at, INTERNAL_TARGET, "33(2)/target", agreed=False)
    if hours < 1:
        raise HoursNotPositive(hours)
    return _elapsed(aware_at, hours * HOUR, "33(2)/agreement", agreed=True)


def people_period(aware_at: datetime) -> Period:
    """Art. 34(1): telling people "without undue delay". PEOPLE_TARGET in elapsed hours, never law.

    Raises MomentWithoutZone.
    """
    return _elapsed(aware_at, PEOPLE_TARGET, "34(1)/target", agreed=False)


def is_late(submitted_at: datetime, period: Period) -> bool:
    """Reg. 1182/71 Art. 3(2)(a): in time means strictly before `due_at`. Raises MomentWithoutZone."""
    return _utc(submitted_at) >= period.due_at


def late_reason_is_due(submitted_at: datetime, period: Period, reason: str | None) -> bool:
    """Art. 33(1), second sentence: a late notification goes with its reasons. Raises MomentWithoutZone."""
    return is_late(submitted_at, period) and not _is_given(reason)


class Assessed(Protocol):
    """What Art. 33(1) turns on. None is: not known."""

    @property
    def risk(self) -> str | None: ...
    @property
    def became_aware_at(self) -> datetime | None: ...


class AssessedForPeople(Protocol):
    """What Art. 34 turns on. `people_exception` is one of PEOPLE_EXCEPTIONS, None when none is recorded."""

    @property
    def risk(self) -> str | None: ...
    @property
    def financial_undertaking(self) -> bool: ...
    @property
    def people_exception(self) -> str | None: ...


def authority_is_exempt(breach: Assessed) -> bool:
    """Art. 33(1), "unless": only when the risk is known and exempt under the terms of the day of awareness.

    An unknown risk or an unknown awareness is never an exception. Raises MomentWithoutZone, NoTermsInForce.
    """
    if breach.risk is None or breach.became_aware_at is None:
        return False
    day = _utc(breach.became_aware_at).astimezone(AMSTERDAM).date()
    return breach.risk in terms_on(day).exempt_risks


def authority_must_be_told(breach: Assessed) -> bool:
    """Art. 33(1): every breach goes to the authority, unless exempt. Raises as authority_is_exempt does."""
    return not authority_is_exempt(breach)


def data_subjects_must_be_told(breach: AssessedForPeople) -> bool:
    """Art. 34(1): people are told when the risk is high and nothing exempts from it.

    Not the same as `not data_subjects_are_exempt`: while the risk is unknown both are False, and a person
    must assess it first.
    """
    return breach.risk == "high" and not data_subjects_are_exempt(breach)


def data_subjects_are_exempt(breach: AssessedForPeople) -> bool:
    """Art. 34(1), 34(3), UAVG Art. 42: whether something known ends the duty to tell people.

    A risk below high, a recorded exception, or a financial undertaking (Art. 34 only, Art. 33 stays). An
    unknown risk is never an exception.
    """
    if breach.financial_undertaking or breach.people_exception in PEOPLE_EXCEPTIONS:
        return True
    return breach.risk in ("unlikely", "risk")


def public_notice_is_due(breach: AssessedForPeople) -> bool:
    """Art. 34(3)(c): who is spared the disproportionate effort tells people in public. Not under UAVG 42."""
    spared = breach.people_exception == "disproportionate" and not breach.financial_undertaking
    return breach.risk == "high" and spared


def missing_notice_parts(parts: Mapping[str, str]) -> tuple[str, ...]:
    """Art. 34(2): which of the four parts of a notice are missing or blank, in the article's order."""
    return _missing(NOTICE_PARTS, parts)


def missing_for_notification(facts: Mapping[str, object]) -> tuple[str, ...]:
    """Art. 33(3): what a complete notification still lacks. Zero is an answer, blank and None are not.

    Categories and numbers are due "where possible" (33(3)(a)), and the rest may follow in phases (33(4)): a
    gap keeps a notification from being complete, never from being sent in time.
    """
    return _missing(NOTIFICATION_MINIMUM, facts)


def missing_for_register(facts: Mapping[str, object]) -> tuple[str, ...]:
    """Art. 33(5): what the register still lacks for the authority to verify compliance."""
    return _missing(REGISTER_MINIMUM, facts)


def _utc(moment: datetime) -> datetime:
    if moment.utcoffset() is None:
        raise MomentWithoutZone(f"{moment} has no zone")
    return moment.astimezone(UTC)


def _next_full_hour(moment: datetime, zone: ZoneInfo) -> datetime:
    # Read on the wall, summed in UTC: right for zones off by half an hour, and over clock changes.
    local = moment.astimezone(zone)
    into_hour = timedelta(minutes=local.minute, seconds=local.second, microseconds=local.microsecond)
    return moment - into_hour + HOUR


def _elapsed(aware_at: datetime, within: timedelta, terms: str, *, agreed: bool) -> Period:
    aware_at = _utc(aware_at)
    end = aware_at + within
    return Period(aware_at, end, end, within // HOUR, terms, agreed)


def _missing(demanded: tuple[str, ...], given: Mapping[str, object]) -> tuple[str, ...]:
    return tuple(name for name in demanded if not _is_given(given.get(name)))


def _is_given(value: object) -> bool:
    if isinstance(value, str):
        return bool(value.strip())
    if isinstance(value, Sized):
        return len(value) > 0
    return value is not None

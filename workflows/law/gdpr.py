"""The rules of the General Data Protection Regulation, article by article.

Regulation (EU) 2016/679, Art. 33 and 34; the Dutch implementation act (UAVG) Art. 42; hours are counted by
workflows/law/periods.py (Regulation 1182/71). Pure: standard library only, no database, no clock of its own. Moments
are aware datetimes and come back in UTC; a moment without a zone is refused with MomentWithoutZone.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Protocol
from zoneinfo import ZoneInfo

from workflows.law.periods import AMSTERDAM, HOUR, Period, elapsed_period, in_utc, is_late, strict_period

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


class NoTermsInForce(ValueError):
    """The day of awareness is before the first line of TERMS; carries `day`."""

    key = "terms.none_in_force"

    def __init__(self, day: date) -> None:
        super().__init__(f"no terms were in force on {day}")
        self.day = day


@dataclass(frozen=True)
class Terms:
    """The content of Art. 33(1) from a day on. A draft is a proposal: it is shown, and never decides anything.

    `exempt_risks` is the threshold: the risks that need not go to the authority. `channel` is the form that counts.
    """

    in_force_from: date
    notify_within: timedelta
    exempt_risks: frozenset[str]
    draft: bool = False
    channel: str = "ap_form"
    source: str = "Regulation (EU) 2016/679"

    @property
    def name(self) -> str:
        """Stored with the breach, so that one can see later which terms were used."""
        return f"33(1)/{self.source}" if self.draft else f"33(1)/{self.in_force_from}"

    @property
    def hours(self) -> int:
        """Whole hours to notify within."""
        return self.notify_within // HOUR

    @property
    def threshold(self) -> str:
        """The lowest of RISKS that must go to the authority."""
        return next(risk for risk in RISKS if risk not in self.exempt_risks)

    def to_store(self) -> dict[str, str | int]:
        """Return the values that are stored with the breach. `hours` are whole hours."""
        return {"name": self.name, "hours": self.hours, "threshold": self.threshold, "channel": self.channel}


NO_DAY_YET = date.max

TERMS = (
    Terms(date(2018, 5, 25), timedelta(hours=72), frozenset({"unlikely"})),  # Art. 33(1), 99(2)
    Terms(NO_DAY_YET, timedelta(hours=96), frozenset({"unlikely", "risk"}), True, "single_entry", "COM(2025) 837"),
)


def terms_on(day: date, table: tuple[Terms, ...] = TERMS) -> Terms:
    """Art. 33(1), 99(2): the terms in force on the local day of awareness; drafts are passed over.

    Raises NoTermsInForce before the regulation applied (25 May 2018).
    """
    in_force = [terms for terms in table if terms.in_force_from <= day and not terms.draft]
    if not in_force:
        raise NoTermsInForce(day)
    return max(in_force, key=lambda terms: terms.in_force_from)


def drafts(table: tuple[Terms, ...] = TERMS) -> tuple[Terms, ...]:
    """Return the proposals for Art. 33(1), to show what would change. None of them decides anything."""
    return tuple(terms for terms in table if terms.draft)


def authority_period(aware_at: datetime, zone: ZoneInfo = AMSTERDAM) -> Period:
    """Art. 33(1): the controller's time to notify the authority, from the moment it became aware.

    The hours of the terms in force on the local day of awareness, counted by strict_period; `zone` is where the
    controller's hours are read.

    Raises MomentWithoutZone, NoTermsInForce; OverflowError past the year 9999.
    """
    terms = terms_on(in_utc(aware_at).astimezone(zone).date())
    return strict_period(aware_at, terms.hours, zone, terms.name)


def contract_period(aware_at: datetime, hours: int | None) -> Period:
    """Art. 33(2), 28(3): the processor's time to tell the controller, elapsed hours from its own awareness.

    Contract hours are private law, so both moments are the same. None means the agreement only says "without
    undue delay": INTERNAL_TARGET applies, marked `agreed=False`.

    Raises MomentWithoutZone, HoursNotPositive; OverflowError past the year 9999.
    """
    if hours is None:
        return elapsed_period(aware_at, INTERNAL_TARGET // HOUR, "33(2)/target", agreed=False)
    return elapsed_period(aware_at, hours, "33(2)/agreement", agreed=True)


def people_period(aware_at: datetime) -> Period:
    """Art. 34(1): telling people "without undue delay". PEOPLE_TARGET in elapsed hours, never law.

    Raises MomentWithoutZone; OverflowError past the year 9999.
    """
    return elapsed_period(aware_at, PEOPLE_TARGET // HOUR, "34(1)/target", agreed=False)


def late_reason_is_due(submitted_at: datetime, period: Period, reason: str | None) -> bool:
    """Art. 33(1), second sentence: a late notification goes with its reasons. Raises MomentWithoutZone."""
    return is_late(submitted_at, period) and not _is_given(reason)


class Assessed(Protocol):
    """The facts on which Art. 33(1) depends; None is not known."""

    @property
    def risk(self) -> str | None: ...
    @property
    def became_aware_at(self) -> datetime | None: ...


class AssessedForPeople(Protocol):
    """The facts on which Art. 34 depends. `people_exception` is one of PEOPLE_EXCEPTIONS, None when none is recorded.
    """

    @property
    def risk(self) -> str | None: ...
    @property
    def financial_undertaking(self) -> bool | None: ...
    @property
    def people_exception(self) -> str | None: ...


def authority_is_exempt(breach: Assessed) -> bool:
    """Art. 33(1), "unless": only when the risk is known and exempt under the terms of the day of awareness.

    An unknown risk or an unknown awareness is never an exception. Raises MomentWithoutZone, NoTermsInForce.
    """
    if breach.risk is None or breach.became_aware_at is None:
        return False
    day = in_utc(breach.became_aware_at).astimezone(AMSTERDAM).date()
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
    """Art. 34(3)(c): a controller that need not make a disproportionate effort tells people in public. Not under UAVG
    42."""
    spared = breach.people_exception == "disproportionate" and not breach.financial_undertaking
    return breach.risk == "high" and spared


def missing_notice_parts(parts: Mapping[str, str]) -> tuple[str, ...]:
    """Art. 34(2): which of the four parts of a notice are missing or blank, in the article's order."""
    return tuple(name for name in NOTICE_PARTS if not _is_given(parts.get(name)))


def _is_given(words: str | None) -> bool:
    return bool(words and words.strip())

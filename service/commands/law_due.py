"""``meldketen law due``: both moments of a period, and its terms. Art. 33(1), 33(2), Reg. 1182/71."""

import json
from argparse import ArgumentParser, Namespace
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from service.words.dutch_holidays import dutch_holidays
from service.words.law_texts import LANGUAGES, law_texts
from workflows.law import gdpr
from workflows.law.moments import read_local, read_zone
from workflows.law.periods import AMSTERDAM, Period, strict_period
from workflows.law.working_days import WorkingDays, working_days

MOST_HOURS = 10_000  # Over a year. Nobody agrees on a longer period, and counting its days stays quick.


def add_arguments(parser: ArgumentParser) -> None:
    """Add the moment of awareness, and how to read and count it."""
    add_moment(parser, required=True)
    parser.add_argument("--hours", type=int, help="instead of the hours of the law; with --contract, those agreed")
    parser.add_argument("--contract", action="store_true", help="contract hours: elapsed, one moment (Art. 33(2))")
    parser.add_argument("--holidays", type=Path, metavar="FILE", help="days by royal decree, in TOML")
    parser.add_argument("--lang", choices=LANGUAGES, default="nl", help="the language of the texts")


def add_moment(parser: ArgumentParser, *, required: bool) -> None:
    """Add --aware-at with its zone and fold."""
    parser.add_argument("--aware-at", required=required, metavar="MOMENT", help="such as 2026-11-13T17:40[+01:00]")
    parser.add_argument("--zone", default=AMSTERDAM.key, help="of a local time, and of the answer")
    parser.add_argument("--fold", type=int, choices=(0, 1), help="of a local time that exists twice: first or second")


def run(arguments: Namespace) -> int:
    """Print the period. Raises ValueError for too many hours, or for a moment that cannot be read."""
    if arguments.hours is not None and arguments.hours > MOST_HOURS:
        raise ValueError(f"--hours is at most {MOST_HOURS}, not {arguments.hours}")
    aware_at = read_local(arguments.aware_at, arguments.zone, arguments.fold)
    zone = read_zone(arguments.zone)
    period = _period(aware_at, zone, arguments)
    years = range(period.counted_from.year, period.due_at.year + 2)
    holidays = dutch_holidays(years, arguments.holidays)
    days = working_days(period.counted_from, period.due_at, holidays, zone)
    print(json.dumps(_answer(period, days, zone, _terms(aware_at, period, zone, arguments)), ensure_ascii=False))
    return 0


def _period(aware_at: datetime, zone: ZoneInfo, arguments: Namespace) -> Period:
    if arguments.contract:
        return gdpr.contract_period(aware_at, arguments.hours)
    if arguments.hours is not None:
        return strict_period(aware_at, arguments.hours, zone, "given")
    return gdpr.authority_period(aware_at, zone)


def _answer(period: Period, days: WorkingDays, zone: ZoneInfo, terms: dict[str, Any]) -> dict[str, Any]:
    lenient = {"lenient_touch": days.lenient_touch, "lenient_full": days.lenient_full}
    if "two_working_days" in terms:
        terms["two_working_days"] |= {name: _local(at, zone) if at else None for name, at in lenient.items()}
    return {
        "alarm_at": _local(period.alarm_at, zone),
        "due_at": _local(period.due_at, zone),
        "counted_from": _local(period.counted_from, zone),
        "working_days_touched": days.touched,
        "working_days_full": days.full,
        "terms": terms,
    }


def _terms(aware_at: datetime, period: Period, zone: ZoneInfo, arguments: Namespace) -> dict[str, Any]:
    texts = law_texts("terms", arguments.lang)
    if arguments.contract:
        kind = "agreed" if period.agreed else "target"
        return {
            "name": period.terms, "article": "33(2)", "in_force_from": None, "hours": period.hours,
            "agreed": period.agreed, "text": texts[f"contract.{kind}"],
        }  # fmt: skip
    law = gdpr.terms_on(aware_at.astimezone(zone).date())
    agreed = period.hours != law.hours
    return law.to_store() | {
        "name": period.terms if agreed else law.name, "article": "33(1)",
        "in_force_from": law.in_force_from.isoformat(),
        "hours": period.hours, "hours_given": agreed, "source": law.source,
        "two_working_days": {"article": "1182/71 3(5)", "disputed": True, "text": texts["two_working_days"]},
    }  # fmt: skip


def _local(moment: datetime, zone: ZoneInfo) -> str:
    return moment.astimezone(zone).isoformat()

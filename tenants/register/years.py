"""A year of a list: from midnight to midnight in the Netherlands."""

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, and_

AMSTERDAM = ZoneInfo("Europe/Amsterdam")


def in_year(moment: Any, year: int) -> ColumnElement[bool]:
    """Return whether the moment in this column lies in that year."""
    first, following = (datetime(number, 1, 1, tzinfo=AMSTERDAM) for number in (year, year + 1))
    return and_(moment >= first, moment < following)

"""A year of a list: from midnight to midnight in the Netherlands."""

from typing import Any

from sqlalchemy import ColumnElement, DateTime, and_, literal_column


def in_year(moment: Any, year: int) -> ColumnElement[bool]:
    """Return whether the moment in this column lies in that year."""
    return and_(moment >= _first_of(year), moment < _first_of(year + 1))


def _first_of(year: int) -> ColumnElement[Any]:
    first = f"'{year:04d}-01-01'::timestamp at time zone 'Europe/Amsterdam'"
    return literal_column(f"({first})", DateTime(timezone=True))

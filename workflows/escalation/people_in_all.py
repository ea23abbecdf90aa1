"""How many people the clients of an incident have in all: an open end stays open, and an estimate stays an estimate."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, func

from tenants.register.escalations import Escalation

PEOPLE = ("people_min", "people_max", "people_estimate")


@dataclass(frozen=True)
class PeopleInAll:
    """The sum over the clients of whom something is known; None for an end that nobody knows.

    `people_not_known`: of how many clients nothing is known. They are in no sum.
    """

    people_min: int | None
    people_max: int | None
    people_estimate: bool
    people_not_known: int


def people_in_all(clients: Sequence[Escalation]) -> PeopleInAll:
    """Return the sum: "at least 501" counts for 501, and leaves the largest number open."""
    ends = [(client.people_min, client.people_max) for client in clients]
    known = [both for both in ends if both != (None, None)]
    least = [end for end, _ in known if end is not None]
    most = [end for _, end in known if end is not None]
    return PeopleInAll(
        sum(least) if least else None, sum(most) if most and len(most) == len(known) else None,
        any(client.people_estimate for client in clients), len(ends) - len(known),
    )  # fmt: skip


def sums_of_people(of: Any) -> list[ColumnElement[Any]]:
    """Return what a statement counts of the columns PEOPLE of its rows, for `people_summed`."""
    has_no_end = of.people_max.is_(None)
    return [
        func.sum(of.people_min).label("people_min"), func.sum(of.people_max).label("people_max"),
        func.bool_or(of.people_estimate).label("people_estimate"),
        func.count().filter(has_no_end, of.people_min.is_not(None)).label("people_open"),
        func.count().filter(has_no_end, of.people_min.is_(None)).label("people_not_known"),
    ]  # fmt: skip


def people_summed(sums: Mapping[str, Any]) -> PeopleInAll:
    """Return the sum of a statement, as `people_in_all` makes it of rows."""
    most = None if sums["people_open"] else sums["people_max"]
    return PeopleInAll(sums["people_min"], most, bool(sums["people_estimate"]), sums["people_not_known"])

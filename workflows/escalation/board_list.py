"""Which clients the list of a board shows, in which order: a state, a search, a sort order, a page by key."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, false, func, literal, or_

from tenants.agreements.client_list import LONGEST_SEARCH, folded_column, has_number, words_of
from tenants.agreements.searched_phones import has_phone
from tenants.register.escalations import Escalation
from workflows.escalation.board_states import codes_of

TERM, NAME, STATE = "term", "name", "state"
ORDERS = (TERM, NAME, STATE)
"""The orders: the tightest term first; by name; by state, first what asks for an act of the office."""


@dataclass(frozen=True)
class Asked:
    """part: one of FILTERS, or None for all. after: the last client of the page before. most: None for all rows."""

    part: str | None = None
    search: str = ""
    sort: str = TERM
    after: UUID | None = None
    most: int | None = 50


def words_to_compare(asked: Asked) -> list[Any]:
    """Return the columns that only this search or order needs: what is costly is computed once for each client."""
    columns: list[Any] = []
    if asked.sort == NAME:
        columns.append(folded_column(Escalation.controller_name).label("folded"))
    if asked.search:
        columns.append(_found(asked.search[:LONGEST_SEARCH]).label("is_found"))
    return columns


def conditions(standing: Any, asked: Asked) -> list[ColumnElement[bool]]:
    """Return what a client of the list must be; empty for all of them."""
    wanted = [standing.c.code.in_(codes_of(asked.part))] if asked.part else []
    return [*wanted, *([standing.c.is_found] if asked.search else [])]


def key_of(standing: Any, sort: str) -> list[Any]:
    """Return what the list is sorted by; the id makes the order unique."""
    first = {TERM: [], NAME: [standing.c.folded] if sort == NAME else [], STATE: [standing.c.code]}
    return [*first[sort], standing.c.alarm_at, standing.c.id]


def _found(search: str) -> ColumnElement[bool]:
    words = words_of(search)
    if not words:
        return false()
    compared = folded_column(Escalation.controller_name) + " " + func.contact_words(Escalation.contacts)
    in_words = and_(*(func.strpos(compared, literal(word)) > 0 for word in words))
    either = [in_words, has_number(search.strip())]
    if (by_phone := has_phone(func.contact_phones(Escalation.contacts), search)) is not None:
        either.append(by_phone)
    return or_(*either)

"""The list of clients in the form of an incident: searched, ticked one by one or all at once, and put into rows."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from service.typed.document import rows_typed
from service.web.forms import Form
from service.words.printed import Typed
from service.words.whole_numbers import whole_of
from tenants.agreements.client_filters import EACH_ONCE
from tenants.agreements.client_list import LONGEST_SEARCH, NAME, agreements
from tenants.agreements.search_matches import Match, match_beside_name
from tenants.errors import Invalid
from tenants.lines import one_line

PICK_PAGE, MOST_AT_ONCE = 20, 100
"""How many clients of the list are shown at once, and how many one tick takes."""
PICK, ALL, SEARCH, MORE, LOOK, TAKE = "pick", "all", "search", "more", "look", "take"
FIELDS = (PICK, ALL, SEARCH, MORE, LOOK, TAKE)
ASKED = "="
"""In the tick for all, between how many clients matched and the search."""


@dataclass(frozen=True)
class Listed:
    """A client of the list; `value` is its number as the value of its tick, as it was typed.

    `takes`: whether it takes one of the services that were chosen, or none is chosen yet. `is_test`: it is the client
    that the office sends tests to.
    """

    value: Typed
    client_number: str
    name: str
    takes: bool
    match: Match | None
    is_test: bool


@dataclass(frozen=True)
class Picker:
    """A part of the list of clients.

    `matches` is how many match the search, None for more than MOST_AT_ONCE or on a later part; `not_taking` is how many
    of those do not take the services. `all_value` is the value of the tick for all of them, None when there is no such
    tick. `focus` is where the cursor goes: "found", "rows" or nowhere. `first_new` is the row of the first client that
    was put into the rows just now.
    """

    listed: list[Listed]
    matches: int | None
    not_taking: int
    more: UUID | None
    all_value: Typed | None
    focus: str
    first_new: int | None

    @property
    def can_take(self) -> int:
        """How many clients the tick for all takes."""
        return (self.matches or 0) - self.not_taking


def take_picked(form: Form) -> int | None:
    """Give each client that was ticked in the list a row of its own, in the order in which they came.

    A number that has a row keeps it. Returns the first new row; None when there is none.
    """
    first = rows_typed(form.typed, "clients")
    has_row = {form.value(f"clients.{n}.client_number").strip() for n in range(first)}
    ticked = [*form.typed.getlist(PICK), *_all_found(form)]
    picked = [number for number in dict.fromkeys(ticked) if number and number not in has_row]
    for place, number in enumerate(picked, first):
        form.typed[f"clients.{place}.client_number"] = number
    form.typed.poplist(PICK)
    form.typed.poplist(ALL)
    return first if picked else None


def picker_of(form: Form, first_new: int | None = None) -> Picker:
    """Return the part of the list that this form asks for. A search that cannot be read is a fault of the form."""
    last, search = form.value(MORE), _search(form.value(SEARCH))
    most = PICK_PAGE if last else MOST_AT_ONCE
    rows = form.attempt(lambda: agreements(most + 1, _after(last), search, NAME, EACH_ONCE)) or []
    is_whole = not last and len(rows) <= MOST_AT_ONCE
    not_taking = sum(not _takes(row["services"], form) for row in rows) if is_whole else 0
    offers_all = is_whole and len(rows) - not_taking > 1
    return Picker(
        [_listed(row, search, form) for row in rows[:PICK_PAGE]], len(rows) if is_whole else None, not_taking,
        rows[PICK_PAGE - 1]["id"] if len(rows) > PICK_PAGE else None,
        Typed(f"{len(rows)}{ASKED}{search}") if offers_all else None, _focus(form, first_new), first_new,
    )  # fmt: skip


def _all_found(form: Form) -> list[str]:
    """Return the clients that the tick for all means: those that its search finds and that take the services.

    When other clients match than were counted, none is taken, which is a fault of the form.
    """
    if ALL not in form.typed:
        return []
    rows = form.attempt(lambda: _as_counted(*form.value(ALL).partition(ASKED)[::2])) or []
    return [row["client_number"] for row in rows if _takes(row["services"], form)]


def _as_counted(count: str, typed: str) -> list[dict[str, Any]]:
    """Return the clients that this search finds. Raises Invalid when they are not as many as the reader was told."""
    rows = agreements(MOST_AT_ONCE + 1, None, _search(typed), NAME, EACH_ONCE)
    if len(rows) != whole_of(count, MOST_AT_ONCE):
        raise Invalid("search.found_others", SEARCH)
    return rows


def _listed(row: dict[str, Any], search: str, form: Form) -> Listed:
    name, number = row["controller_name"], row["client_number"]
    match = match_beside_name(search, name, number, row["contacts"])
    return Listed(Typed(number), number, name, _takes(row["services"], form), match, row["is_test"])


def _takes(services: dict[str, str], form: Form) -> bool:
    """Return whether the client takes one of the services that were chosen; with none chosen yet, every client does."""
    chosen = set(form.typed.getlist("services"))
    return not chosen or not chosen.isdisjoint(services)


def _search(typed: str) -> str:
    return one_line(typed)[:LONGEST_SEARCH]


def _focus(form: Form, first_new: int | None) -> str:
    if TAKE in form.typed and first_new is not None:
        return "rows"
    return "found" if any(name in form.typed for name in (LOOK, TAKE, MORE)) else ""


def _after(last: str) -> Any:
    """Return where the next part of the list begins; the list is in the order of names, so the id alone counts."""
    try:
        return (None, UUID(last)) if last else None
    except ValueError:
        return None

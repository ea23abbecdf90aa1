"""The contacts of a client, for two people who change them at once: each row is a question, and so is their order.

A page numbers the contacts that it begins with and carries the number with each row. What is stored now gets the same
numbers: a contact that is as the page began keeps its own, and the others take those that are left, in their order.
What is left over then was added.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from service.typed.merging import Answer, answer_in, digest, read, written
from service.web.changed_since import changed_since
from service.web.forms import WAS, Form, close_ranks
from service.web.merging import BEGAN, Question, Values, begin, bring_together
from service.words.texts import t
from service.words.whole_numbers import MOST_IN_A_COLUMN, whole_of
from tenants.agreements.processing_agreements import MOST_CONTACTS
from tenants.history.entries import History

ROWS, PLACE, WAYS = "contacts", "place", ("name", "email", "phone")
ORDER = "order"
NOBODY = digest(())
"""The digest of a row in which nobody stands."""
MOST_NUMBERS = 3 * MOST_CONTACTS
"""The most contacts that a page began with, that others added and that its sender added, together."""


def contacts_known(contacts: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    """Return what the page begins with: each contact in its row, with its place and its number."""
    known: dict[str, Any] = {}
    for nth, contact in enumerate(contacts):
        row = {column: contact.get(column) for column in WAYS} | {PLACE: nth + 1, WAS: nth}
        known |= {f"{ROWS}.{nth}.{column}": value for column, value in row.items()}
    return known


def begin_with_contacts(form: Form, contacts: list[dict[str, Any]]) -> None:
    """Let the page say which contacts it begins with."""
    begin(form, Form.beginning_with(contacts_known(contacts)).typed, _questions(len(contacts)), lambda _: None)


def bring_contacts_together(form: Form, contacts: list[dict[str, Any]]) -> int | None:
    """Put into the form what others stored meanwhile, as `bring_together` does; return in how many rows that was.

    Returns None for a page that does not say what it began with: then its version decides.
    """
    began = read(form.value(BEGAN))
    if not began or len(_rows(form.typed)) > MOST_CONTACTS:
        return None
    known = {number: began[str(number)] for number in range(MOST_NUMBERS) if str(number) in began}
    now = _numbered_now(contacts, known)
    _number_mine(form.typed, _first_free([*known, *_rows(now)]))
    count = _first_free([*known, *_rows(now), *_rows(form.typed)])
    form.typed[BEGAN] = written({str(number): NOBODY for number in range(count)} | began)
    entries = changed_since(whole_of(form.value("version"), MOST_IN_A_COLUMN))
    others = bring_together(form, now, _questions(count), lambda _: _newest(entries))
    form.typed = close_ranks(form.typed, ROWS, PLACE)
    return others


def _first_free(numbers: Iterable[int]) -> int:
    return max(numbers, default=-1) + 1


def _questions(count: int) -> list[Question]:
    """Return a question for the row of each number below `count`, and one for the order of the rows."""
    order = Question(ORDER, t("clients.contacts.order"), _order, lambda field: field.endswith(f".{PLACE}"), _named)
    return [*(_question(number) for number in range(count)), order]


def _question(number: int) -> Question:
    row = f"{ROWS}.{number}"
    fields = tuple(f"{row}.{column}" for column in WAYS)

    def words(values: Values) -> str:
        said = [value for field in fields if (value := values.get(field, "").strip())]
        return ", ".join(said) or t("clients.contacts.no_row")

    return Question(
        str(number), t("clients.contacts.row", nth=number + 1), lambda values: answer_in(values, fields),
        (*fields, f"{row}.{WAS}").__contains__, words,
    )  # fmt: skip


def _order(values: Values) -> Answer:
    """Return the numbers in their order; blank while that is the order of the page: a row that goes changes none."""
    numbers = _in_order(values)
    return () if numbers == sorted(numbers) else ((ORDER, " ".join(map(str, numbers))),)


def _named(values: Values) -> str:
    return ", ".join(values.get(f"{ROWS}.{number}.name", "") for number in _in_order(values))


def _in_order(values: Values) -> list[int]:
    places = {number: whole_of(row.get(PLACE, ""), MOST_IN_A_COLUMN) for number, row in _rows(values).items()}
    return sorted(places, key=lambda number: (places[number] or MOST_IN_A_COLUMN, number))


def _rows(values: Values) -> dict[int, dict[str, str]]:
    """Return the columns of each row in which somebody stands, by the number of the row."""
    rows: dict[str, dict[str, str]] = {}
    for field in values:
        if field.startswith(f"{ROWS}."):
            number, _, column = field.removeprefix(f"{ROWS}.").partition(".")
            rows.setdefault(number, {})[column] = values[field]
    numbers = {number: whole_of(number, MOST_IN_A_COLUMN) for number in rows}
    return {
        place: row for number, row in rows.items()
        if (place := numbers[number]) is not None and any(row.get(way, "").strip() for way in WAYS)
    }  # fmt: skip


def _numbered_now(contacts: list[dict[str, Any]], known: Mapping[int, str]) -> Values:
    """Return the contacts that are stored now, as the fields of rows with the numbers of the page.

    `known`: the digest of each row with which the page began.
    """
    left, numbers = [number for number, began in known.items() if began != NOBODY], dict[int, int]()
    for nth, contact in enumerate(contacts):
        same = next((number for number in left if known[number] == _digest_as(number, contact)), None)
        if same is not None:
            numbers[nth] = same
            left.remove(same)
    added = _first_free(known)
    for nth in range(len(contacts)):
        if nth not in numbers:
            numbers[nth] = left.pop(0) if left else added
            added += numbers[nth] == added
    return _put(Values(), {numbers[nth]: contact | {PLACE: nth + 1} for nth, contact in enumerate(contacts)})


def _digest_as(number: int, contact: Mapping[str, Any]) -> str:
    return digest(_question(number).answer(_put(Values(), {number: contact})))


def _put(values: Values, rows: Mapping[int, Mapping[str, Any]]) -> Values:
    for number, row in rows.items():
        said = {column: str(row[column]) for column in (*WAYS, PLACE) if row.get(column)} | {WAS: str(number)}
        values.update({f"{ROWS}.{number}.{column}": value for column, value in said.items()})
    return values


def _number_mine(typed: Values, added: int) -> None:
    """Number the rows of the form as its page did; a row that its sender added gets a number of its own."""
    mine, rows = _rows(typed), dict[int, dict[str, str]]()
    for row in mine.values():
        number = whole_of(row.get(WAS, ""), MOST_NUMBERS)
        if number is None or number in rows:
            number, added = added, added + 1
        rows[number] = row
    for field in [field for field in typed if field.startswith(f"{ROWS}.")]:
        typed.poplist(field)
    _put(typed, rows)


def _newest(entries: list[History]) -> History | None:
    return next((entry for entry in reversed(entries) if "contact" in entry.what), None)

"""What a person is asked about a file before its rows are read: sheets, headings, letters, merged cells, days."""

from dataclasses import replace

from service.reading.columns import Columns
from service.reading.headings import Headings
from service.reading.letters_shown import with_examples
from service.reading.merged_cells import filled_rows
from service.reading.outcome import Ask, Choices, about_rows
from service.reading.tables import Table
from service.reading.values.answer import behind_answer
from service.reading.values.day_order import DAY_FIRST, MIXED, MONTH_FIRST, OTHER, Order, both_ways

DATED = (
    "informed_at", "in_force_from", "in_force_to", "began_on", "discovered_on", "reported_on", "reported_to_ap",
)  # fmt: skip
BEHIND_ANSWERS = ("informed_at", "reported_to_ap")
LONGEST_DAY = 60
"""The most characters of a cell that says something of the order of day and month."""


def about_letters(ask: Ask, columns: Columns, table: Table, encoding: str) -> Ask:
    """Return a question about letters with examples of all rows of the columns that are used, and of no other."""
    if not ask.key.startswith("file.letters"):
        return ask
    cells = (cells[place] for _, cells in table.rows() for place in columns.used if place < len(cells))
    return with_examples(ask, cells, encoding)


def about_sheets(tables: list[Table], table: Table, choices: Choices) -> list[Ask]:
    """Return the questions about the sheets of a workbook; none where one was chosen, or there is no other."""
    if len(tables) < 2 or choices.sheet is not None:
        return []
    hidden = tuple(other.name for other in tables if other.is_hidden)
    names = tuple(other.name for other in tables)
    unread = tuple(other.name for other in tables if other.refused)
    asks = [Ask("file.sheets", choices=names, proposed=table.name, examples=hidden)]
    return asks + ([Ask("file.sheets_unread", choices=unread, examples=unread)] if unread else [])


def about_headings(headings: Headings, table: Table, columns: Columns, choices: Choices) -> list[Ask]:
    """Return the question where the headings are; none where they stand in the first row that is filled."""
    if choices.headings_row is not None or table.fields:
        return []
    if not headings.row:
        return [Ask("file.no_headings", tuple(columns.mapping), rows=(1,), proposed="0")]
    return [Ask("file.headings_row", rows=headings.titles, proposed=str(headings.row))] if headings.titles else []


def about_merged(table: Table, headings: Headings, columns: Columns) -> list[Ask]:
    """Return the question about used columns whose merged cells were read in each of their rows."""
    filled = {place: filled_rows(table.merged, place, headings.row) for place in columns.used} if table.merged else {}
    return [
        replace(ask, columns=(columns.heading(place),))
        for place, rows in filled.items() for ask in about_rows("file.merged_cells", rows)
    ]  # fmt: skip


def orders_of_days(
    table: Table, headings: Headings, columns: Columns, choices: Choices
) -> tuple[dict[int, str], list[Ask]]:
    """Return the order of day and month of each column of days, from all its cells but those of hidden rows that are
    left out; where these do not decide, or contradict each other, a person is asked."""
    left_out = frozenset() if choices.hidden_rows else table.hidden_rows
    orders = {place: order for place, order in choices.orders.items() if order in OTHER}
    places = [place for name in DATED for place in columns.places.get(name, ()) if place not in orders]
    seen, answers = {place: Order() for place in places}, _answered_at(columns)
    for row, cells in table.rows() if places else ():
        for place in places if row > headings.row and row not in left_out else ():
            if place < len(cells) and cells[place]:
                cell = behind_answer(cells[place]) if place in answers else cells[place]
                seen[place].look_at(cell[:LONGEST_DAY])
    said = {place: order.said for place, order in seen.items() if order.is_sure} | orders
    for place, order in seen.items():
        others = {order_of for other, order_of in said.items() if other != place}
        order.of_others = next(iter(others)) if len(others) == 1 else None
    asks = [_about_order(columns.heading(place), order) for place, order in seen.items() if order.unsure]
    return orders | {place: order.said for place, order in seen.items()}, asks


def _answered_at(columns: Columns) -> list[int]:
    """Return the places of the columns in which people write a day behind an answer: "ja, 13-03-2024"."""
    return [place for name in BEHIND_ANSWERS for place in columns.places.get(name, ())]


def _about_order(heading: str, order: Order) -> Ask:
    """Return the question how days are read. What the other columns of the file say is proposed; nothing is where cells
    contradict each other."""
    is_mixed, cells = order.said == MIXED, order.unsure
    return Ask(
        "file.days_contradict" if is_mixed else "file.day_or_month", (heading,), choices=(DAY_FIRST, MONTH_FIRST),
        proposed="" if is_mixed else order.said, examples=tuple(map(both_ways, cells)), cells=cells,
    )  # fmt: skip

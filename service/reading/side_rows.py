"""Rows that look like sums or remarks, and are clients all the same: Total Energies, Bron van Leven."""

from collections.abc import Sequence

from service.reading.columns import Columns
from service.reading.outcome import Wrong
from service.reading.remarks import is_day_or_moment, is_note, is_total, is_word_of_sum
from service.reading.values.client_number import Known, number_in


def question_about(cells: Sequence[str], columns: Columns, known: Known | None) -> str | None:
    """Return the question about a row that is a sum or a remark; None for data. A row with the number of a client is
    that client, whatever it is called."""
    if _has_client_number(cells, columns, known):
        return None
    return "file.total_row" if is_total(cells) else "file.notes" if is_note(cells) else None


def _has_client_number(cells: Sequence[str], columns: Columns, known: Known | None) -> bool:
    place = columns.places.get("client_number", (None,))[0]
    number = cells[place].strip() if place is not None and place < len(cells) else ""
    if number and known is not None and not isinstance(number_in(number, known), Wrong):
        return True
    is_alone = sum(map(bool, map(str.strip, cells))) < 2
    return bool(number) and not is_alone and not is_word_of_sum(cells) and not is_day_or_moment(number)

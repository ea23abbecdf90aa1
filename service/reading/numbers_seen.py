"""Client numbers of one file that differ in capitals, blanks or zeros in front only. Whether these are two clients is
what a person says."""

from service.reading.outcome import MOST_ROWS_NAMED, Ask
from service.reading.values.client_number import Known, core_of

MOST_EXAMPLES = 3


class NumbersSeen:
    """The client numbers of the rows so far. `known`: the numbers that there are; two of these are two clients."""

    def __init__(self, known: Known | None = None) -> None:
        self._known = known.numbers if known else frozenset[str]()
        self._first: dict[str, str] = {}
        self._rows: list[int] = []
        self._pairs: list[str] = []

    def look_at(self, row: int, number: str) -> None:
        """Take in the number of a row."""
        first = self._first.setdefault(core_of(number), number)
        if first != number and not {first, number} <= self._known:
            self._rows.append(row)
            self._pairs.append(f"{first} / {number}")

    def asks(self) -> list[Ask]:
        """Return the question whether these are two clients; none when there are no such numbers."""
        if not self._rows:
            return []
        rows, pairs = tuple(self._rows[:MOST_ROWS_NAMED]), tuple(self._pairs[:MOST_EXAMPLES])
        return [Ask("file.numbers_alike", rows=rows, examples=pairs, count=len(self._rows))]

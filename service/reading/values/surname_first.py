"""Names with the surname first: "Boer, Jan de" is Jan de Boer. A person is asked, once for a column.

"Jansen, De Vries en Partners" is no such name: it stays as it is written.
"""

import re
from collections.abc import Sequence
from itertools import takewhile

from service.reading.values.given_names import INFIXES
from service.reading.values.name import undefused
from tenants.lines import one_line

SURNAME_FIRST, AS_WRITTEN = "surname-first", "as-written"
MOST_EXAMPLES, MOST_WORDS, LONGEST = 2, 5, 100
_TITLES = frozenset({
    "dhr", "drs", "dr", "heer", "ing", "ir", "mej", "mevr", "mevrouw", "mr", "mrs", "ms", "mw", "prof", "ds",
})  # fmt: skip
_NO_NAMES = frozenset({
    "advies", "advocaten", "ba", "bakkerij", "bsc", "bv", "co", "cv", "gebroeders", "groep", "holding", "ii", "iii",
    "inc", "jr", "junior", "llm", "ltd", "ma", "mba", "md", "msc", "notarissen", "nv", "partners", "phd", "ra", "sr",
    "senior", "stichting", "vereniging", "vof", "zn", "zonen", "zoon",
})  # fmt: skip
"""Words of companies, and what stands behind a whole name."""
_USUAL = re.compile(r"([A-Z][^\W\d_]*), ?([A-Z][^\W\d_]*)((?: (?:van|de|der|den|ten|ter))*)")
"""Most of such names: read at once, because a list may have 100,000 of them."""
_NOT_USUAL = _TITLES | _NO_NAMES | INFIXES


def turned(name: str) -> str | None:
    """Return "Jan de Boer" for "Boer, Jan de"; None for a name of another form, such as that of a company."""
    usual = _USUAL.fullmatch(name)
    if usual and _NOT_USUAL.isdisjoint((usual[1].casefold(), usual[2].casefold())):
        return f"{usual[2]}{usual[3]} {usual[1]}"
    before, _, behind = name.partition(",")
    surname, forenames = before.split(), behind.split()
    if len(name) > LONGEST or "," in behind or not (surname and forenames):
        return None
    if len(surname) >= MOST_WORDS or len(forenames) >= MOST_WORDS + 2:
        return None
    infixes = list(takewhile(_is_infix, reversed(forenames)))[::-1]
    forenames = forenames[: len(forenames) - len(infixes)]
    is_name = all(map(_is_given, forenames)) and not all(_plain(word) in _TITLES for word in forenames)
    if not is_name or not all(map(_is_of_surname, surname)) or all(map(_is_infix, surname)):
        return None
    return " ".join((*forenames, *infixes, *surname))


def _plain(word: str) -> str:
    return word.replace(".", "").casefold()


def _is_infix(word: str) -> bool:
    return word in INFIXES or word in ("'s", "\u2019t", "v.d.", "vd", "d'")


def _is_word(word: str) -> bool:
    """Return whether a word may be one of a name: letters, with the signs that stand between and behind them."""
    letters = "".join(sign for sign in word if sign not in ".-'\u2019")
    return letters.isalpha() and _plain(word) not in _NO_NAMES


def _is_given(word: str) -> bool:
    is_called = word[0].isupper() and _is_word(word) and word.casefold() not in INFIXES
    return is_called or _plain(word) in _TITLES


def _is_of_surname(word: str) -> bool:
    return _is_infix(word) or (word.lstrip("'\u2019")[:1].isupper() and _is_word(word) and _plain(word) not in _TITLES)


def examples_of(cells: Sequence[str]) -> tuple[str, ...]:
    """Return some of the names with the surname first as they are written, each with how it is read then. A cell may
    have an address behind the name."""
    names = dict.fromkeys(one_line(undefused(cell.partition("<")[0].strip(' "'))) for cell in cells if "," in cell)
    return tuple(f"{name} = {read}" for name in names if (read := turned(name)))[:MOST_EXAMPLES]

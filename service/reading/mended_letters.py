"""Letters that were saved in UTF-8, read in another encoding and saved again: put right, also where that was done more
often than once."""

import codecs
import re
from collections.abc import Iterable

from service.reading.encodings import OLD, TABLES
from service.reading.likely_letters import ALONE, ALPHABETS

WRONG = ("mac_roman", "cp850", "cp1252")
"""The encodings in which programs read UTF-8 that was none of theirs; in this order none spoils what another mends."""
MOST_TIMES = 3
"""How often a text can have been saved wrongly."""
GOOD = frozenset().union(*(letters for letters, _ in ALPHABETS)) | ALONE | {"\ufeff"}


def _wrongs(name: str) -> dict[str, str]:
    """Return what each right sign looks like after UTF-8 was read in this encoding, and which sign that is.

    The signs of the encoding itself are right too, because they come up between two times.
    """
    right = {sign for sign in GOOD.union(TABLES[name]) if not sign.isascii()}
    tables = [TABLES[name], *([TABLES["latin-1"]] if name == OLD[0] else [])]
    return {codecs.charmap_decode(sign.encode(), "strict", table)[0]: sign for table in tables for sign in right}


def _any_of(words: Iterable[str]) -> re.Pattern[str]:
    lasts: dict[str, str] = {}
    for word in sorted(words):
        lasts[word[:-1]] = lasts.get(word[:-1], "") + word[-1]
    return re.compile("|".join(f"{re.escape(first)}[{re.escape(last)}]" for first, last in lasts.items()))


RIGHT = {name: _wrongs(name) for name in (*WRONG, "cp1250")}
_WRONG = {name: _any_of(wrongs) for name, wrongs in RIGHT.items()}
_FIRSTS = {name: sorted({wrong[0] for wrong in wrongs}) for name, wrongs in RIGHT.items()}


def put_right(text: str, wrongs: tuple[str, ...]) -> tuple[str, tuple[str, ...]]:
    """Return the text with the signs put right that were read in these encodings, and those it was read in."""
    used: dict[str, None] = {}
    for _ in range(MOST_TIMES if wrongs else 0):
        before = text
        for name in wrongs:
            right = _once_mended(text, name)
            if right != text:
                text, used[name] = right, None
        if text == before:
            break
    return text, tuple(name for name in wrongs if name in used)


def meant_by(cell: str) -> str:
    """Return what stood in a cell before its letters were read in another encoding; the cell itself where they are
    right. A cell of ASCII costs nothing."""
    return cell if cell.isascii() else put_right(cell, WRONG)[0].replace("\ufeff", "")


def _once_mended(text: str, name: str) -> str:
    """Return the text with the signs put right that were read in this encoding. To look whether there can be any costs
    less than to look for each of them."""
    if not any(sign in text for sign in _FIRSTS[name]):
        return text
    return _WRONG[name].sub(lambda match: RIGHT[name][match[0]], text)

"""The name of a person whose surname has no column: a cell with the name, and letters, a calling name or an infix."""

import re
from collections.abc import Sequence
from itertools import takewhile

INFIXES = frozenset({"de", "den", "der", "het", "in", "la", "le", "op", "'t", "te", "ten", "ter", "van", "von"})
MOST_GIVEN = 5
"""Behind a comma stand fewer words than this before the infix."""
_TITLE = re.compile(
    r"(?:(?:de heer|heer|dhr|meneer|mevrouw|mevr|mw|mej|drs?|mr|ir|ing|prof|mrs|ms)\b\.? ?(?:en |/ ?)?)+", re.IGNORECASE
)
_LETTERS = re.compile(r"(?:[^\W\d_]{1,2}\.-?)+|[^\W\d_]|[A-Z]{2,4}")
"""Letters before a surname: J., J.P., Th., JP."""


def with_given_name(whole: str, calling: str, letters: str, infix: str) -> str:
    """Return the name of a cell, which may be a surname alone or have all of these in it already, with each of them
    once: a calling name goes before letters, and both before an infix. "Vries, J. de" is turned around where `letters`
    or `calling`, and `infix`, say what stands behind its comma."""
    match = _TITLE.match(whole)
    title = whole[: match.end()].strip() if match and match.end() < len(whole) else ""
    name = whole[len(title) :].strip()
    words = name.split()
    forenames, surname = _around_comma(name, calling, letters, infix) or _parted(words, _given(words, calling, letters))
    if forenames and calling and all(map(_LETTERS.fullmatch, forenames)):
        forenames = [calling]
    elif not forenames:
        forenames = [calling or letters]
    is_said = [word.casefold() for word in surname[: len(infix.split())]] == infix.casefold().split()
    return " ".join(filter(None, (title, *forenames, "" if is_said else infix, *surname)))


def _around_comma(name: str, calling: str, letters: str, infix: str) -> tuple[list[str], list[str]] | None:
    """Return what stands before the surname, and the surname, of "Vries, J. de"; None where other columns do not say
    all words behind the comma."""
    last, _, behind = name.partition(",")
    of_infix = infix.casefold().split()
    forenames = [word for word in behind.split() if word.casefold() not in of_infix]
    firsts = {text[0].casefold() for text in (calling, letters) if text}
    is_known = forenames[0][0].casefold() in firsts if forenames and firsts else len(forenames) == 1 and bool(infix)
    if not is_known or "," in behind:
        return None
    infixes = list(takewhile(str.islower, forenames[1:][::-1]))[::-1]
    count = len(forenames) - len(infixes)
    return (forenames[:count], [*infixes, *last.split()]) if count < MOST_GIVEN else None


def _parted(words: Sequence[str], count: int) -> tuple[list[str], list[str]]:
    return list(words[:count]), list(words[count:])


def _given(words: Sequence[str], calling: str, letters: str) -> int:
    """Return how many words stand before the surname: letters, or a name that begins as those of another column do. A
    word alone is the surname."""
    count = len(list(takewhile(_LETTERS.fullmatch, words)))
    of_calling = calling.casefold().split()
    if count or not words:
        return count
    if not of_calling:
        is_name = len(words) > 1 and words[0][0].isupper() and words[0].casefold() not in INFIXES
        return 1 if is_name and words[0][0].casefold() == letters[:1].casefold() else 0
    return len(of_calling) if [word.casefold() for word in words[: len(of_calling)]] == of_calling else 0

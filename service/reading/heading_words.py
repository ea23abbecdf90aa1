"""Which words of a heading say what its column holds, where the heading as a whole is none that we know by heart.

A rule is a line of groups with a blank between them. A heading has a part of each group, and of none that begins with
"!". The parts of a group stand between strokes, and each stands anywhere in the heading; "=ap" is a word by itself.
"""

import re
import unicodedata
from functools import lru_cache

LONGEST = 90
"""The most characters of a cell that is a heading. The AP asks in whole sentences, and people copy them."""
MOST_WORDS = 16
_HUMP = re.compile(r"(?<=[a-z])(?=[A-Z])")
_WORD = re.compile(r"[a-z0-9]+")


def words_of(heading: str) -> list[str]:
    """Return the words of a heading in small letters and without accents: "clientNumber" is client and number."""
    plain = unicodedata.normalize("NFKD", _HUMP.sub(" ", heading)).encode("ascii", "ignore").decode().lower()
    return _WORD.findall(plain)


@lru_cache(maxsize=10_000)
def says(heading: str, rule: str) -> bool:
    """Return whether the words of a heading fit a rule."""
    words = words_of(heading[:LONGEST])
    if not words or len(words) > MOST_WORDS or len(heading) > LONGEST:
        return False
    text, alone = "".join(words), frozenset(words)
    return all(_has(text, alone, group.removeprefix("!")) != group.startswith("!") for group in rule.split())


def _has(text: str, alone: frozenset[str], group: str) -> bool:
    return any(part[1:] in alone if part.startswith("=") else part in text for part in group.split("|"))

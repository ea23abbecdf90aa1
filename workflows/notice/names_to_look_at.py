"""The names of a list by which a person sees whether it was read well: the first, the last, the longest, the oddest."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from tenants.lines import filled_in
from workflows.mail.texts import text, with_name

MOST_ODD = 3
PLAIN = re.compile(r"[A-Za-z .,'’()-]*")
OTHER_LETTER, DIGIT, OTHER_SIGN = 1, 2, 4
"""How odd a sign is: a letter beyond a to z, as in José; a digit or sign of the keyboard; any other, as © in JosÃ©.
"""


@dataclass(frozen=True)
class NamesToLookAt:
    """Some names of a list, none of them blank. `oddest`: those with the oddest signs, the oddest one first."""

    first: str
    last: str
    longest: str
    oddest: tuple[str, ...]

    @classmethod
    def kept(cls, values: Mapping[str, Any]) -> "NamesToLookAt":
        """Return the names whose `asdict` was kept as JSON."""
        return cls(**{**values, "oddest": tuple(values["oddest"])})

    @property
    def by_kind(self) -> list[tuple[str, str]]:
        """Each name once, with why it is shown: "first", "last", "longest" or "oddest"."""
        kinds = [("first", self.first), ("last", self.last), ("longest", self.longest)]
        kinds += [("oddest", name) for name in self.oddest]
        return [(kind, name) for nth, (kind, name) in enumerate(kinds) if name not in [name for _, name in kinds[:nth]]]

    @property
    def disguised(self) -> "NamesToLookAt":
        """The same names without their plain letters, for a role that may not read people: odd signs stay."""
        first, last, longest = (without_letters(name) for name in (self.first, self.last, self.longest))
        return NamesToLookAt(first, last, longest, tuple(map(without_letters, self.oddest)))


def names_to_look_at(names: Iterable[str], before: NamesToLookAt | None = None) -> NamesToLookAt | None:
    """Return some of these names; None when all are blank. `names` may be longer than memory. `before`: what this
    returned of the names of the same list that come before these."""
    first, last, longest = (before.first, before.last, before.longest) if before else ("", "", "")
    odd = [(oddness(name), name) for name in (before.oddest if before else ())]
    for name in filter(None, names):
        first, last = first or name, name
        longest = max(longest, name, key=len)
        if not PLAIN.fullmatch(name) and name not in [other for _, other in odd]:
            odd = sorted([*odd, (oddness(name), name)], key=lambda pair: -pair[0])[:MOST_ODD]
    return NamesToLookAt(first, last, longest, tuple(name for _, name in odd)) if first else None


def oddness(name: str) -> int:
    """Return how odd the signs of a name are; 0 for one of plain letters."""
    return sum(_oddness(sign) for sign in name if not PLAIN.fullmatch(sign))


def _oddness(sign: str) -> int:
    if sign.isalpha():
        return OTHER_LETTER
    return DIGIT if sign.isascii() else OTHER_SIGN


def without_letters(name: str) -> str:
    """Return a name with its first letter and its odd signs; each other letter from a to z is a dot in the middle."""
    return name[:1] + re.sub("[A-Za-z]", "·", name[1:])


def salutation(name: str, locale: str) -> str:
    """Return the line by which a notice greets this reader; a blank name is that of somebody whom we cannot name."""
    line = next(line for line in text("notice", locale).body.splitlines() if "{name}" in line)
    return filled_in(line, with_name(name, {}, locale))

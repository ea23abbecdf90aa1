"""A pattern's work, counted: a matcher that tries what Python's own tries, in that order, and counts each try.

Counting is the same on every machine, so that a test can compare the work for n signs with that for 2n.
"""

import re
import sys
from collections.abc import Callable, Iterable
from re import _constants as op  # type: ignore[attr-defined]
from re import _parser as parser  # type: ignore[attr-defined]
from typing import Any

sys.setrecursionlimit(20_000)
Then = Callable[[int], bool]
MOST_STEPS = 50_000


class TakesForEver(Exception):
    """More steps than any text of a test is worth."""


class Work:
    """One pattern on one text."""

    def __init__(self, pattern: "re.Pattern[str]", text: str) -> None:
        self.items, self.text, self.steps = parser.parse(pattern.pattern, pattern.flags), text, 0
        self.pattern = pattern

    def of_fullmatch(self) -> int:
        """Steps to match all of the text, or to find that it does not match."""
        self.matches()
        return self.steps

    def matches(self) -> bool:
        """Whether all of the text matches."""
        return self._all(list(self.items), 0, 0, lambda at: at == len(self.text))

    def of_search(self) -> int:
        """Steps to look for the pattern from every place, as search, sub and findall do where there is nothing."""
        ends: list[int] = []

        def found(at: int) -> bool:
            ends.append(at)
            return True

        start = 0
        while start < len(self.text):
            start = max(start + 1, ends[-1] if self._all(list(self.items), 0, start, found) else 0)
        return self.steps

    def _all(self, items: list[Any], index: int, at: int, then: Then) -> bool:
        if index == len(items):
            return then(at)
        return self._one(items[index], at, lambda end: self._all(items, index + 1, end, then))

    def _one(self, item: Any, at: int, then: Then) -> bool:
        self.steps += 1
        if self.steps > MOST_STEPS:
            raise TakesForEver
        kind, value = item
        if kind is op.SUBPATTERN:
            return self._all(list(value[-1]), 0, at, then)
        if kind is op.BRANCH:
            return any(self._all(list(way), 0, at, then) for way in value[1])
        if kind in (op.MAX_REPEAT, op.MIN_REPEAT):
            return self._repeat(kind is op.MAX_REPEAT, *value, at, then, 0)
        if kind is op.AT:
            return then(at)
        if kind in (op.ASSERT, op.ASSERT_NOT):
            return self._is_beside(*value, at) == (kind is op.ASSERT) and then(at)
        return at < len(self.text) and self._fits(kind, value, self.text[at]) and then(at + 1)

    def _is_beside(self, way: int, pattern: Any, at: int) -> bool:
        """Whether this stands ahead of a place, or behind it; what is looked for behind has one width."""
        start = at if way > 0 else at - pattern.getwidth()[0]
        return start >= 0 and self._all(list(pattern), 0, start, lambda _: True)

    def _repeat(
        self, greedy: bool, least: int, most: Any, inner: Iterable[Any], at: int, then: Then, done: int
    ) -> bool:
        def next_time(end: int) -> bool:
            goes_on = end > at or done < least
            return goes_on and self._repeat(greedy, least, most, inner, end, then, done + 1)

        def again() -> bool:
            is_over = most is not op.MAXREPEAT and done >= most
            return not is_over and self._all(list(inner), 0, at, next_time)

        if done < least:
            return again()
        return again() or then(at) if greedy else then(at) or again()

    def _fits(self, kind: Any, value: Any, sign: str) -> bool:
        if kind is op.ANY:
            return sign != "\n"
        if kind is op.LITERAL:
            return ord(sign) == value
        if kind is op.NOT_LITERAL:
            return ord(sign) != value
        if value[0][0] is op.NEGATE:
            return not any(self._is_in(part, sign) for part in value[1:])
        return any(self._is_in(part, sign) for part in value)

    def _is_in(self, part: Any, sign: str) -> bool:
        kind, value = part
        if kind is op.LITERAL:
            return ord(sign) == value
        if kind is op.RANGE:
            return value[0] <= ord(sign) <= value[1]
        classes = {
            op.CATEGORY_SPACE: sign.isspace(), op.CATEGORY_NOT_SPACE: not sign.isspace(),
            op.CATEGORY_DIGIT: sign.isdigit(), op.CATEGORY_NOT_DIGIT: not sign.isdigit(),
            op.CATEGORY_WORD: sign.isalnum() or sign == "_", op.CATEGORY_NOT_WORD: not (sign.isalnum() or sign == "_"),
        }  # fmt: skip
        return bool(classes[value])

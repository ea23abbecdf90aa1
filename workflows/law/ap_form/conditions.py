"""When a question of the AP's form is shown: five kinds of sentence, read from the model, never evaluated as code.

`name`, `not name`, `name == option`, `name in [option, option]`, `option in name` and `moment >= moment`.
Standard library only.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

_KINDS = {
    "at_or_after": re.compile(r"(?P<name>\w+) >= (?P<words>\w+)"),
    "any_of": re.compile(r"(?P<name>\w+) in \[(?P<words>\w+(?:, \w+)*)\]"),
    "is": re.compile(r"(?P<name>\w+) == (?P<words>\w+)"),
    "holds": re.compile(r"(?P<words>\w+) in (?P<name>\w+)"),
    "not": re.compile(r"not (?P<name>\w+)"),
    "given": re.compile(r"(?P<name>\w+)"),
}


class ConditionUnreadable(ValueError):
    """A condition in the model that is of no known kind; carries `text`."""

    def __init__(self, text: str) -> None:
        super().__init__(f"not a condition: {text!r}")
        self.text = text


@dataclass(frozen=True)
class Condition:
    """One sentence about one earlier answer, or about two moments."""

    text: str
    kind: str
    name: str
    words: tuple[str, ...]

    def holds(self, values: Mapping[str, object]) -> bool:
        """Whether the condition holds for these answers; a missing answer makes only `not name` true.

        `not count_known` must hold while nobody has answered: otherwise the numbers that the law asks for would be
        hidden, and nothing would be missing.
        """
        value = values.get(self.name)
        if self.kind == "given":
            return bool(value)
        if self.kind == "not":
            return not value
        if self.kind == "at_or_after":
            return _at_or_after(value, values.get(self.words[0]))
        chosen = value if isinstance(value, tuple | list) else (value,)
        return any(word in chosen for word in self.words)


def read_condition(text: str) -> Condition:
    """Return the condition that a text of the model means. Raises ConditionUnreadable."""
    for kind, form in _KINDS.items():
        if match := form.fullmatch(text):
            words = match.groupdict().get("words")
            return Condition(text, kind, match["name"], tuple(words.split(", ")) if words else ())
    raise ConditionUnreadable(text)


def _at_or_after(moment: object, limit: object) -> bool:
    return isinstance(moment, datetime) and isinstance(limit, datetime) and moment >= limit

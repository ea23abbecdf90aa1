"""With which letters a file may have been saved: the choices that its first reading asks about, with what they read."""

from collections.abc import Sequence
from typing import Any

from service.reading.outcome import Ask

TWICE, UNCERTAIN = "file.letters_twice", "file.letters_uncertain"


def letters_asked(asks: Sequence[Ask]) -> list[dict[str, Any]]:
    """Return each encoding that a person may choose, with words as it reads them; none when nothing is asked.

    They are kept with the file: once one was chosen, its reading asks no more.
    """
    by_name: dict[str, str] = {}
    for ask in asks:
        if ask.key == UNCERTAIN:
            lines = (line.partition(": ") for line in ask.examples)
            read = {name: words for name, _, words in lines}
            by_name |= {choice: read.get(choice, "") for choice in ask.choices}
        elif ask.key == TWICE:
            pairs = [line.partition(" > ") for line in ask.examples]
            mended, as_saved = ask.choices
            by_name[mended] = ", ".join(right for _, _, right in pairs)
            by_name.setdefault(as_saved, ", ".join(wrong for wrong, _, _ in pairs))
    return [{"name": name, "words": words} for name, words in by_name.items()]

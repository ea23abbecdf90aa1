"""Words of a file in which letters are not certain, as a person is asked about them: how each choice reads them."""

import codecs
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from typing import TypeVar

from service.reading.encodings import TABLES
from service.reading.letters import LONGEST_WORD, MOST_WORDS, parts_of_encoding
from service.reading.likely_letters import likely
from service.reading.outcome import Ask

MOST_EXAMPLES = 3
Shown = TypeVar("Shown")
_CONTROLS = re.compile("[\x80-\x9f]")


def with_examples(ask: Ask, cells: Iterable[str], encoding: str) -> Ask:
    """Return a question about letters with words of these cells, as they were read in this encoding: for each choice
    how it reads them, or what each word was before it was put right. Another question stays as it is."""
    base, wrongs = parts_of_encoding(encoding)
    if ask.key == "file.letters_twice":
        pairs = ((_saved_in(word, wrong), word) for word in _marked_words(cells) for wrong in wrongs)
        shown = dict.fromkeys((f"{wrong} > {word}", word) for wrong, word in pairs if wrong != word)
        return replace(ask, examples=tuple(words for words, _ in _oddest(list(shown), lambda pair: pair[1])))
    if ask.key != "file.letters_uncertain" or base not in TABLES:
        return ask
    names = {choice: parts_of_encoding(choice)[0] for choice in ask.choices}
    readings = ({choice: _as_read(word, base, name) for choice, name in names.items()} for word in _marked_words(cells))
    differing = [words for words in readings if len(set(words.values())) > 1]
    differing = _oddest(differing, lambda words: words[ask.choices[0]])
    return replace(ask, examples=tuple(f"{choice}: {', '.join(words[choice] for words in differing)}"
                                       for choice in ask.choices if differing))  # fmt: skip


def _oddest(words: list[Shown], as_read: Callable[[Shown], str]) -> list[Shown]:
    """Return the first word, and the ones behind it that people would least likely write as they were read."""
    rest = sorted(words[1:], key=lambda word: _likely_by_sign(as_read(word)))
    return words[:1] + rest[: MOST_EXAMPLES - 1]


def _likely_by_sign(word: str) -> float:
    """Return how likely people write a word, for each of its signs above ASCII."""
    return likely(word) / max(1, sum(not sign.isascii() for sign in word))


def _marked_words(cells: Iterable[str]) -> Iterator[str]:
    """Return each of the first words of the cells that has signs above ASCII, once, cut where it is very long."""
    seen: set[str] = set()
    for word in (word for cell in cells if not cell.isascii() for word in cell.split() if not word.isascii()):
        short = word[:LONGEST_WORD].strip(',;:()"')
        if short not in seen:
            seen.add(short)
            yield short
        if len(seen) == MOST_WORDS:
            break


def _saved_in(word: str, wrong: str) -> str:
    """Return what a word looks like after its UTF-8 was read in a wrong encoding."""
    return codecs.charmap_decode(word.encode(errors="replace"), "strict", TABLES[wrong])[0]


def _as_read(word: str, base: str, other: str) -> str:
    """Return how a word that was read in one encoding looks in another."""
    return _CONTROLS.sub("\ufffd", word.encode(base, "replace").decode(other, "replace"))

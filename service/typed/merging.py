"""Two people fill in one form: answers to different questions both stand, and of the same one a person chooses.

For each question there are three answers: the one that the page began with, the one that is stored now, and the one
that was typed. The first is carried as a digest, because only whether it changed counts.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from werkzeug.datastructures import MultiDict

Answer = tuple[tuple[str, str], ...]
"""What the fields of one question hold: name and value of each that is not blank, in order."""


@dataclass(frozen=True)
class Compared:
    """The questions that I changed alone, that others changed alone, and that both changed, to different answers."""

    mine: frozenset[str]
    theirs: frozenset[str]
    both: frozenset[str]


def compare(began: Mapping[str, str], now: Mapping[str, Answer], typed: Mapping[str, Answer]) -> Compared:
    """Return who changed each question since the page began. A question whose beginning is unknown counts as changed
    by both, so nobody overwrites what they may not have seen."""
    mine, theirs, both = set(), set(), set()
    for name, answer in typed.items():
        if answer == now[name]:
            continue
        if began.get(name) == digest(now[name]):
            mine.add(name)
        elif began.get(name) == digest(answer):
            theirs.add(name)
        else:
            both.add(name)
    return Compared(frozenset(mine), frozenset(theirs), frozenset(both))


def answer_in(typed: MultiDict[str, str], names: Iterable[str]) -> Answer:
    """Return what these fields hold. Blanks at the ends, and how lines are broken, make no other answer."""
    pairs = [(name, "\n".join(value.split("\r\n")).strip()) for name in names for value in typed.getlist(name)]
    return tuple(sorted(pair for pair in pairs if pair[1]))


def digest(answer: Answer) -> str:
    """Return a short text that differs when the answer does."""
    return hashlib.sha256(json.dumps(answer).encode()).hexdigest()[:12]


def written(began: Mapping[str, str]) -> str:
    """Return the digests by question, as the text of one field."""
    return " ".join(f"{name}:{seen}" for name, seen in began.items())


def read(text: str) -> dict[str, str]:
    """Return the digests by question from that field; none when the page did not say."""
    parts = (part.partition(":") for part in text.split())
    return {name: seen for name, colon, seen in parts if colon}


def joined(theirs: list[str], mine: list[str], is_text: bool) -> list[str]:
    """Return both answers together: their text and then mine, or every choice of both once."""
    if is_text:
        return ["\n\n".join(text.strip() for text in (*theirs, *mine) if text.strip())]
    return list(dict.fromkeys([*theirs, *mine]))

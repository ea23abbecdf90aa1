"""The letters of a file: which encoding it has, and whether it was written in the wrong one before.

Mark, then UTF-16 by its zero bytes, then UTF-8, then whichever of three old encodings gives words that people write:
Windows, Mac, or DOS. What is not certain is a question.
"""

import re
from dataclasses import dataclass
from itertools import islice

from service.reading.outcome import Ask, Unreadable

MARKS = (
    (b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe\x00\x00", "utf-32"), (b"\x00\x00\xfe\xff", "utf-32"),
    (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"),
)  # fmt: skip
OLD = ("cp1252", "mac_roman", "cp850")
"""In the order of how often they are met; of two that are equally likely the first is taken."""
COMMON = frozenset("àáâäåæçèéêëìíîïñòóôöøùúûüýÿßšžœ")
ALONE = frozenset("–—€…•‘’“”±°½²")
"""Signs that people write by themselves."""
_WORD = re.compile(rb"[A-Za-z'\x80-\xff]+")
WINDOWS = "€‚ƒ„…†‡ˆ‰Š‹ŒŽ‘’“”•–—˜™š›œžŸ"
_TWICE = re.compile(f"[\u00c2-\u00f4][\u0080-\u00bf{WINDOWS}]{{1,3}}")
_BETWEEN = re.compile(r"[\s;,\"|]")
MOST_WORDS, LONGEST_WORD, MOST_EXAMPLES = 2000, 40, 3
MARGIN = 0.5
"""How much more likely than the next encoding one is that nobody is asked about."""


@dataclass(frozen=True)
class Letters:
    """The text of a file, the name of its encoding, and what is not certain about it."""

    text: str
    encoding: str
    asks: tuple[Ask, ...] = ()


def letters_of(content: bytes, chosen: str | None = None) -> Letters:
    """Return the text of a file, in the encoding that was chosen if any. Raises Unreadable when it is no text."""
    encoding, asks = (chosen, ()) if chosen else _encoding(content)
    try:
        text = content.decode(encoding.removesuffix(TWICE), "strict" if encoding not in OLD else "replace")
    except (UnicodeDecodeError, LookupError) as error:
        raise Unreadable("file.letters", encoding=encoding) from error
    text = text.removeprefix("\ufeff")
    if "\0" in text:
        raise Unreadable("file.no_text")
    if encoding in OLD or (chosen and not chosen.endswith(TWICE)):
        return Letters(text, encoding, asks)
    mended, examples = (text, ()) if text.isascii() else _mended(text)
    if not examples:
        return Letters(text, encoding, asks)
    name = encoding.removesuffix(TWICE) + TWICE
    ask = Ask("file.letters_twice", choices=(name, encoding), proposed=name, examples=examples)
    return Letters(mended, name, asks if chosen else (*asks, ask))


TWICE = ", twice"
"""Behind the name of an encoding: the file was read in the wrong encoding once, and saved so."""


def _encoding(content: bytes) -> tuple[str, tuple[Ask, ...]]:
    for mark, name in MARKS:
        if content.startswith(mark):
            return name, ()
    if wide := _without_mark(content[:4000]):
        return wide, ()
    try:
        content.decode("utf-8")
    except UnicodeDecodeError as error:
        cut = error.start >= len(content) - 3 and error.reason == "unexpected end of data"
        return ("utf-8", ()) if cut and error.start > 0 and len(content) > 2 * MOST_WORDS else _old(content)
    return "utf-8", ()


def _without_mark(head: bytes) -> str | None:
    """Return UTF-16 where every second byte of Latin text is zero."""
    for first, name in ((1, "utf-16-le"), (0, "utf-16-be")):
        zeros, others = head[first::2], head[1 - first :: 2]
        if len(zeros) > 3 and zeros.count(0) > len(zeros) * 0.7 and others.count(0) == 0:
            return name
    return None


def _old(content: bytes) -> tuple[str, tuple[Ask, ...]]:
    marked = (match[0][:LONGEST_WORD] for match in _WORD.finditer(content) if not match[0].isascii())
    words = sorted(set(islice(marked, MOST_WORDS)))
    scores = {name: sum(_likely(word.decode(name, "replace")) for word in words) for name in OLD}
    best = max(OLD, key=lambda name: scores[name])
    rest = [name for name in OLD if name != best]
    if best == OLD[0] and all(scores[best] - scores[name] > MARGIN for name in rest):
        return best, ()
    shown = [word for word in words if len({word.decode(name, "replace") for name in OLD}) > 1][:MOST_EXAMPLES]
    examples = tuple(f"{name}: {', '.join(word.decode(name, 'replace') for word in shown)}" for name in (best, *rest))
    return best, (Ask("file.letters_uncertain", choices=(best, *rest), proposed=best, examples=examples),)


def _likely(word: str) -> float:
    """Return how likely people write this word: letters of names count for it, capitals and signs inside against."""
    return sum(_likely_sign(word, at) for at, sign in enumerate(word) if not sign.isascii())


def _likely_sign(word: str, at: int) -> float:
    sign, before, after = word[at], word[at - 1 : at] if at else "", word[at + 1 : at + 2]
    if sign == "\ufffd" or "\x80" <= sign < "\xa0":
        return -8
    stands_alone = not (before.isalpha() or after.isalpha())
    if stands_alone:
        return 1 if sign == "à" else 0.25 if sign in ALONE else -1
    if sign.isalpha():
        if sign in COMMON:
            return 1
        return -3 if before.islower() and sign.isupper() else -0.5 if sign.islower() else 0.25
    if sign == "’" and before.isalpha() and after.isalpha():
        return 0.5
    return -2


def _mended(text: str) -> tuple[str, tuple[str, ...]]:
    """Return the text with letters that were read in the wrong encoding put right, and examples: "JosÃ© > José"."""
    mended = _TWICE.sub(_letter, text)
    if mended == text:
        return text, ()
    words = dict.fromkeys(_word_at(text, match.start()) for match in islice(_TWICE.finditer(text), MOST_WORDS))
    pairs = [(word, _TWICE.sub(_letter, word)) for word in words]
    return mended, tuple(f"{word} > {right}" for word, right in pairs if word != right)[:MOST_EXAMPLES]


def _word_at(text: str, at: int) -> str:
    """Return the word around a place of a text."""
    before, after = text[max(0, at - LONGEST_WORD) : at], text[at : at + LONGEST_WORD]
    return _BETWEEN.split(before)[-1] + _BETWEEN.split(after)[0]


def _letter(match: re.Match[str]) -> str:
    try:
        return bytes(_byte(sign) for sign in match[0]).decode("utf-8")
    except (UnicodeDecodeError, UnicodeEncodeError):
        return match[0]


def _byte(sign: str) -> int:
    return ord(sign) if ord(sign) < 0x100 else sign.encode("cp1252")[0]

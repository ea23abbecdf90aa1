"""The letters of a file: which encoding it has, and whether it was saved in a wrong one before.

A mark decides, then the zero bytes of UTF-16, then UTF-8, then whichever of the old encodings gives words that people
write: of Windows, a Mac or DOS. What is not certain is a question.
"""

import codecs
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import chain, islice
from typing import IO

from service.reading.encodings import GUESSED, OLD, SCRIPTS, TABLES, decoded, decoding, known_as
from service.reading.likely_letters import likely
from service.reading.mended_letters import RIGHT, WRONG, put_right
from service.reading.outcome import Ask, Unreadable
from service.reading.texts import ENDS, Text, in_blocks, parts_of, text_of

MARKS = (
    (b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe\x00\x00", "utf-32"), (b"\x00\x00\xfe\xff", "utf-32"),
    (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"),
)  # fmt: skip
TWICE = ", twice"
"""Behind the name of an encoding: the file was read in a wrong encoding before, and saved so. The wrong encodings
follow in brackets; without brackets it was cp1252."""
_MARKED = re.compile(rb"[\x80-\xff][A-Za-z'\x80-\xff]{0,40}")
_CONTROLS = re.compile("[\x80-\x9f]")
MOST_WORDS, MOST_LOOKED_AT, LONGEST_WORD = 2_000, 200_000, 40
MARGIN = 0.5
"""How much more likely than the next encoding Windows' own is that nobody is asked about."""


@dataclass(frozen=True)
class Letters:
    """The text of a file, the name of its encoding, and what is not certain about it."""

    text: Text
    encoding: str
    asks: tuple[Ask, ...] = ()


def letters_of(content: IO[bytes], chosen: str | None = None) -> Letters:
    """Return the text of a file, in the encoding that was chosen if any. Raises Unreadable when it is no text."""
    encoding, asks = (chosen, ()) if chosen else _encoding(content)
    name, wrongs = parts_of_encoding(encoding)
    base, key = known_as(name), "file.letters" if chosen else "file.letters_broken"
    if base is None:
        raise Unreadable(key, encoding=encoding)
    encoding = encoding if wrongs else base
    if not chosen:
        wrongs = (base, *WRONG) if base == "cp1250" else WRONG
    used: dict[str, None] = {}
    try:
        text = text_of(_mended(content, base, wrongs, used))
    except (ValueError, LookupError) as error:
        raise Unreadable(key, encoding=encoding) from error
    if used and not chosen:
        encoding, asks = _twice(base, tuple(name for name in wrongs if name in used), asks)
    return Letters(text, encoding, asks)


def are_as_saved(content: IO[bytes], chosen: str | None) -> bool:
    """Return whether somebody chose letters as they were saved, in place of those that we would put right."""
    return chosen is not None and TWICE not in chosen and TWICE in letters_of(content).encoding


def _mended(content: IO[bytes], base: str, wrongs: tuple[str, ...], used: dict[str, None]) -> Iterator[str]:
    """Return the blocks of a text with the signs put right that were read in these encodings; `used` takes those that
    they were read in."""
    for nth, block in enumerate(in_blocks(decoding(parts_of(content), base), ENDS)):
        if "\0" in block:
            raise Unreadable("file.no_text")
        mended = block.removeprefix("\ufeff") if nth == 0 else block
        if not mended.isascii():
            mended, names = put_right(mended, wrongs)
            used |= dict.fromkeys(names)
            mended = mended.removeprefix("\ufeff") if nth == 0 else mended
            mended = _CONTROLS.sub("\ufffd", mended) if base in TABLES else mended
        yield mended


def parts_of_encoding(encoding: str) -> tuple[str, tuple[str, ...]]:
    """Return the encoding of the bytes, and the wrong encodings that the text went through before."""
    base, twice, rest = encoding.partition(TWICE)
    names = tuple(name for name in rest.strip(" ()").split(" ") if name in RIGHT)
    return base, (names or OLD[:1]) if twice else ()


def _twice(base: str, used: tuple[str, ...], asks: tuple[Ask, ...]) -> tuple[str, tuple[Ask, ...]]:
    """Return the name of an encoding whose text was mended, and the questions with that name in the place of it."""
    name = base + TWICE + ("" if used == OLD[:1] else f" ({' '.join(used)})")
    others = (replace(ask, choices=(name, *ask.choices[1:]), proposed=name) for ask in asks)
    return name, (*others, Ask("file.letters_twice", choices=(name, base), proposed=name))


def _encoding(content: IO[bytes]) -> tuple[str, tuple[Ask, ...]]:
    content.seek(0)
    head = content.read(4000)
    for mark, name in MARKS:
        if head.startswith(mark):
            return name, ()
    if wide := _without_mark(head):
        return wide, ()
    start = _first_old_byte(content)
    return ("utf-8", ()) if start is None else _old(content, start)


def _first_old_byte(content: IO[bytes]) -> int | None:
    """Return where the first byte is that is no UTF-8; None in a file of UTF-8."""
    decoder, begin = codecs.getincrementaldecoder("utf-8")(), 0
    for part in chain(parts_of(content), (b"",)):
        before = len(decoder.getstate()[0])
        try:
            decoder.decode(part, final=not part)
        except UnicodeDecodeError as error:
            return begin - before + error.start
        begin += len(part)
    return None


def _without_mark(head: bytes) -> str | None:
    """Return UTF-16 where every second byte of Latin text is zero."""
    for first, name in ((1, "utf-16-le"), (0, "utf-16-be")):
        zeros, others = head[first::2], head[1 - first :: 2]
        if len(zeros) > 3 and zeros.count(0) > len(zeros) * 0.7 and others.count(0) == 0:
            return name
    return None


def _old(content: IO[bytes], start: int) -> tuple[str, tuple[Ask, ...]]:
    """Return the old encoding whose words people most likely write; a question unless it is clearly Windows' own.
    `start`: where the first byte is that is no UTF-8."""
    words = _marked_words(content, max(0, start - LONGEST_WORD))
    read = {name: tuple(decoded(word, name) for word in words) for name in GUESSED}
    scores = {name: sum(map(likely, read[name])) for name in GUESSED}
    best, *others = sorted(GUESSED, key=lambda name: -scores[name])
    rivals = {read[name]: name for name in reversed(others) if read[name] != read[best]}
    has_money, has_controls = _odd_signs(content, best)
    is_clear = best == OLD[0] and all(scores[best] - scores[name] > MARGIN for name in rivals.values())
    if is_clear and not has_money and not has_controls:
        return best, ()
    possible = {
        name for words, name in rivals.items()
        if (name in WRONG or not _CONTROLS.search("".join(words))) and (name in OLD or scores[name] > 0)
    }  # fmt: skip
    if has_money:
        possible.add(OLD[-1])
    if best in SCRIPTS:
        possible = {name for name in possible if scores[name] > 0} | {OLD[0]}
    choices = (best, *(name for name in GUESSED if name in possible - {best}))
    return best, (Ask("file.letters_uncertain", choices=choices, proposed=best),)


def _odd_signs(content: IO[bytes], name: str) -> tuple[bool, bool]:
    """Return whether a text has the sign of money that nobody writes; and whether control signs stay in it that the
    encoding leaves out, also after the text is mended."""
    has_money = has_controls = False
    for block in in_blocks(decoding(parts_of(content), name), ENDS):
        has_money = has_money or "¤" in block
        has_controls = has_controls or bool(
            _CONTROLS.search(block) and _CONTROLS.search(put_right(block, WRONG)[0])
        )
    return has_money, has_controls


def _marked_words(content: IO[bytes], start: int) -> list[bytes]:
    """Return the first words with bytes above ASCII that are no UTF-8: these say nothing in an old encoding."""
    words: dict[bytes, None] = {}
    for word in islice(_marked(content, start), MOST_LOOKED_AT):
        if word not in words and not _is_utf8(word):
            words[word] = None
            if len(words) == MOST_WORDS:
                break
    return list(words)


def _marked(content: IO[bytes], start: int) -> Iterator[bytes]:
    for block in in_blocks(parts_of(content, start), [sign.encode() for sign in ENDS]):
        for match in _MARKED.finditer(block):
            before = block[max(0, match.start() - LONGEST_WORD) : match.start()]
            yield re.split(rb"[^A-Za-z']", before)[-1] + match[0]


def _is_utf8(word: bytes) -> bool:
    try:
        return bool(word.decode("utf-8"))
    except UnicodeDecodeError:
        return False

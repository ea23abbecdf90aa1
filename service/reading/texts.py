"""A text that may be longer than memory: its letters are written to a file of their own, and read from it by line.

A file on the disk has no name, so nothing of it is left when the process ends, however it ends.
"""

import io
import re
from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from tempfile import SpooledTemporaryFile
from typing import IO, Any, AnyStr

from service.reading.outcome import Unreadable

IN_MEMORY, BYTES_AT_ONCE, HEAD = 1024 * 1024, 256 * 1024, 200_000
"""Bytes that stay in memory, that are read at once, and the characters of the head of a text."""
LONGEST_BLOCK, LONGEST_LINE = 4 * 1024 * 1024, 1_000_000
"""The most bytes or characters without any of ENDS, and the most characters of a line. No list has longer ones."""
_LONE_RETURN = re.compile("\r(?!\n)")
ENDS = "\n ;,"
"""Signs behind which a block may end: they are part of no word and of no letter."""


def parts_of(content: IO[bytes], start: int = 0) -> Iterator[bytes]:
    """Return the bytes of a file from this place on, some at once. Others may read the file between two of them."""
    while True:
        content.seek(start)
        part = content.read(BYTES_AT_ONCE)
        if not part:
            return
        start += len(part)
        yield part


def in_blocks(parts: Iterable[AnyStr], ends: Iterable[AnyStr]) -> Iterator[AnyStr]:
    """Return the same bytes or letters in blocks that end behind the first of these signs that they have. Raises
    Unreadable for LONGEST_BLOCK of them without any such sign."""
    signs, rest = tuple(ends), None
    for part in parts:
        whole = part if rest is None else rest + part
        end = next((place + 1 for place in map(whole.rfind, signs) if place >= 0), 0)
        if end:
            yield whole[:end]
        rest = whole[end:]
        if len(rest) > LONGEST_BLOCK:
            raise Unreadable("file.too_heavy")
    if rest:
        yield rest


@dataclass(frozen=True)
class Text:
    """A text. `head`: its first letters. `length`, `longest_line`: of all of it, and of its longest line, in letters.
    `lines_end`: what ends its lines, in the words of Python's `newline`."""

    file: IO[bytes]
    head: str
    length: int
    longest_line: int
    lines_end: str

    def lines(self) -> io.TextIOWrapper:
        """Return its lines with their ends, from the first one. Raises Unreadable when one is too long to hold."""
        if self.longest_line > LONGEST_LINE:
            raise Unreadable("file.too_heavy")
        return self.opened()

    def opened(self) -> io.TextIOWrapper:
        """Return its letters, to read some at a time. Several may be open at the same time."""
        place: Any = io.BufferedReader(_Place(self.file), BYTES_AT_ONCE)
        lines = io.TextIOWrapper(place, "utf-8", newline=self.lines_end)
        lines._CHUNK_SIZE = BYTES_AT_ONCE  # type: ignore[attr-defined]
        return lines


def text_of(blocks: Iterable[str]) -> Text:
    """Return a text of its blocks, without the sign with which DOS ends a file, and without doubled carriage returns.

    No block ends between a carriage return and what follows it, except the last.
    """
    file, head, length, lines_end = SpooledTemporaryFile(IN_MEMORY), "", 0, "\n"  # noqa: SIM115
    longest = line = 0
    for block in _without_end_of_file(blocks):
        if _LONE_RETURN.search(block):
            block = block.replace("\r\r\n", "\r\n")
            lines_end = "" if _LONE_RETURN.search(block) else lines_end
        head += block[: HEAD - len(head)]
        length += len(block)
        first, last = _ends_of_lines(block)
        longest = max(longest, line + first)
        line = line + len(block) if first == len(block) else len(block) - last
        file.write(block.encode())
    return Text(file, head, length, max(longest, line), lines_end)


def _ends_of_lines(block: str) -> tuple[int, int]:
    """Return how many letters stand before the first end of a line, and where the last line begins. What stands
    between these is shorter than the block."""
    firsts = [place for sign in "\n\r" if (place := block.find(sign)) >= 0]
    return min(firsts, default=len(block)), max(block.rfind("\n"), block.rfind("\r")) + 1


def _without_end_of_file(blocks: Iterable[str]) -> Iterator[str]:
    """Return the blocks without the signs 1A at the end of the last one."""
    held = ""
    for block in blocks:
        kept = block.rstrip("\x1a")
        if kept:
            yield held + kept
            held = block[len(kept) :]
        else:
            held += block


class _Place(io.RawIOBase):
    """A place of its own in a file that others read too."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file, self._at = file, 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        self._file.seek(self._at)
        part = self._file.read(len(buffer))
        buffer[: len(part)] = part
        self._at += len(part)
        return len(part)


class Lines:
    """The lines of a text in their order. Those that were read since `mark` can be put back, and are read again.

    `at`: how many lines were read and not put back.
    """

    def __init__(self, lines: Iterator[str]) -> None:
        self._rest, self._back = lines, deque[str]()
        self._since: list[str] = []
        self.at = 0

    def __iter__(self) -> "Lines":
        return self

    def __next__(self) -> str:
        line = self._back.popleft() if self._back else next(self._rest)
        self._since.append(line)
        self.at += 1
        return line

    def some(self, most: int) -> list[str]:
        """Return the next lines, at most so many."""
        lines = [self._back.popleft() for _ in range(min(most, len(self._back)))]
        lines += islice(self._rest, most - len(lines))
        self._since += lines
        self.at += len(lines)
        return lines

    def mark(self) -> None:
        """Say that the lines read so far are not put back."""
        self._since = []

    def put_back(self) -> None:
        """Put back the lines that were read since the mark."""
        self._back.extendleft(reversed(self._since))
        self.at -= len(self._since)
        self._since = []

    @property
    def is_at_end(self) -> bool:
        """Return whether no line is left."""
        if not self._back:
            self._back.extend(islice(self._rest, 1))
        return not self._back

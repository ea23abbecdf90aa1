"""A request while it arrives: whether it is complete, and what is refused before anybody reads it.

This code only looks for the end of the head and the length of the body. gunicorn's parser reads the rest.
"""

import io
import re
from tempfile import SpooledTemporaryFile
from typing import IO

from gunicorn.http.unreader import Unreader

END_OF_HEAD = b"\r\n\r\n"
MOST_HEAD = 64 * 1024
IN_MEMORY = 1024 * 1024
"""A request with more bytes is collected on the disk, in a file without a name."""
AT_ONCE = 64 * 1024
"""The most bytes that the parser gets at once, however many it may have."""
MOST_BODY = 32 * 1024 * 1024
"""The most bytes that are collected; the app's own limits are not higher, and it answers 413 with words."""
LENGTH = re.compile(rb"\r\ncontent-length:[ \t]*([0-9]{1,12})[ \t]*\r\n", re.I)
CODED = re.compile(rb"\r\ntransfer-encoding:", re.I)
ASKS_TO_GO_ON = re.compile(rb"\r\nexpect:[ \t]*100-continue", re.I)
LATE, NO_LENGTH, LARGE_HEAD, BUSY = "408 Request Timeout", "411 Length Required", "431 Head Too Large", "503 Busy"


class Refusal(Exception):
    """A request that is answered before the rest of it is read."""


class Arriving:
    """The bytes of one request that have arrived so far: in `content`, a file that goes to the disk when it is large.

    `count`: how many there are.
    """

    def __init__(self) -> None:
        self.content = SpooledTemporaryFile(IN_MEMORY)  # noqa: SIM115
        self.count = 0
        self._begin = bytearray()
        self._needed: int | None = None
        self._searched = 0
        self.asks_to_go_on = False

    def take(self, more: bytes) -> None:
        """Take these bytes. Raises Refusal when the request is answered without reading the rest."""
        self.content.write(more)
        self.count += len(more)
        if self._needed is None:
            self._begin += more
            self._look_for_the_head()

    @property
    def is_whole(self) -> bool:
        """Return whether the request is complete, or so large that the rest is not waited for."""
        return self._needed is not None and self.count >= self._needed

    @property
    def has_head(self) -> bool:
        """Return whether the head is complete and only the body is missing."""
        return self._needed is not None

    def _look_for_the_head(self) -> None:
        end = self._begin.find(END_OF_HEAD, self._searched)
        if end < 0 and len(self._begin) > MOST_HEAD:
            raise Refusal(LARGE_HEAD)
        if end < 0:
            self._searched = max(0, len(self._begin) - len(END_OF_HEAD) + 1)
            return
        head, self._begin = bytes(self._begin[: end + len(END_OF_HEAD)]), bytearray()
        if CODED.search(head):
            raise Refusal(NO_LENGTH)
        length = LENGTH.search(head)
        body = int(length[1]) if length else 0
        self._needed = len(head) + (body if body <= MOST_BODY else 0)
        self.asks_to_go_on = bool(ASKS_TO_GO_ON.search(head))


class Collected(Unreader):
    """The source that gunicorn's parser reads from: the bytes that arrived, never the connection."""

    def __init__(self, content: IO[bytes]) -> None:
        super().__init__()
        self._content = content
        content.seek(0)

    def chunk(self, size_hint: int | None = None) -> bytes:
        """Return the next bytes; empty when all bytes were read."""
        return self._content.read(min(max(8192, size_hint or 0), AT_ONCE))

    def settle(self) -> None:
        """Keep the bytes that were not read, because they belong to the next request."""
        rest = self._content.read()
        self._content.close()
        if rest:
            self.buf.seek(0, io.SEEK_END)
            self.buf.write(rest)

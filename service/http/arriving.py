"""A request while it arrives: whether it is complete, and what is refused before anybody reads it.

This code only looks for the end of the head and the length of the body. gunicorn's parser reads the rest.
"""

import io
import re

from gunicorn.http.unreader import Unreader

END_OF_HEAD = b"\r\n\r\n"
MOST_HEAD = 64 * 1024
MOST_BODY = 32 * 1024 * 1024
"""The most bytes that are collected; the app's own limits are not higher, and it answers 413 with words."""
LENGTH = re.compile(rb"\r\ncontent-length:[ \t]*([0-9]{1,12})[ \t]*\r\n", re.I)
CODED = re.compile(rb"\r\ntransfer-encoding:", re.I)
ASKS_TO_GO_ON = re.compile(rb"\r\nexpect:[ \t]*100-continue", re.I)
LATE, NO_LENGTH, LARGE_HEAD, BUSY = "408 Request Timeout", "411 Length Required", "431 Head Too Large", "503 Busy"


class Refusal(Exception):
    """A request that is answered before the rest of it is read."""


class Arriving:
    """The bytes of one request that have arrived so far."""

    def __init__(self) -> None:
        self.content = bytearray()
        self._needed: int | None = None
        self._searched = 0
        self.asks_to_go_on = False

    def take(self, more: bytes) -> None:
        """Take these bytes. Raises Refusal when the request is answered without reading the rest."""
        self.content += more
        if self._needed is None:
            self._look_for_the_head()

    @property
    def is_whole(self) -> bool:
        """Return whether the request is complete, or so large that the rest is not waited for."""
        return self._needed is not None and len(self.content) >= self._needed

    @property
    def has_head(self) -> bool:
        """Return whether the head is complete and only the body is missing."""
        return self._needed is not None

    def _look_for_the_head(self) -> None:
        end = self.content.find(END_OF_HEAD, self._searched)
        if end < 0 and len(self.content) > MOST_HEAD:
            raise Refusal(LARGE_HEAD)
        if end < 0:
            self._searched = max(0, len(self.content) - len(END_OF_HEAD) + 1)
            return
        head = bytes(self.content[: end + len(END_OF_HEAD)])
        if CODED.search(head):
            raise Refusal(NO_LENGTH)
        length = LENGTH.search(head)
        body = int(length[1]) if length else 0
        self._needed = len(head) + (body if body <= MOST_BODY else 0)
        self.asks_to_go_on = bool(ASKS_TO_GO_ON.search(head))


class Collected(Unreader):
    """The source that gunicorn's parser reads from: bytes in memory, never the connection."""

    def __init__(self, content: bytearray) -> None:
        super().__init__()
        self._content = io.BytesIO(bytes(content))

    def chunk(self, size_hint: int | None = None) -> bytes:
        """Return the next bytes; empty when all bytes were read."""
        return self._content.read(max(8192, size_hint or 0))

    def settle(self) -> None:
        """Keep the bytes that were not read, because they belong to the next request."""
        rest = self._content.read()
        if rest:
            self.buf.seek(0, io.SEEK_END)
            self.buf.write(rest)

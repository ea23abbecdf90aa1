"""A question over HTTP, with one deadline for the whole of it."""

import time
from dataclasses import dataclass
from http.client import HTTPException, HTTPMessage
from typing import Any

import orjson

from workflows.outside.exchanges import Deadline, NotSent, Question, ask

WITHIN_S = 8.0
MOST_BYTES = 4 * 1024 * 1024


@dataclass(frozen=True)
class Heard:
    """The answer, or why there was none: `status` is 0 then, and `fault` says in one word what failed."""

    status: int
    headers: HTTPMessage
    body: bytes = b""
    fault: str = ""

    def json(self) -> Any:
        """Return the body as JSON; None when it is none."""
        try:
            return orjson.loads(self.body)
        except orjson.JSONDecodeError:
            return None


def get(url: str, headers: dict[str, str] | None = None) -> Heard:
    """Ask once, without following a redirect. A failure is told in the answer."""
    try:
        reply = ask(Question("GET", url, None, headers or {}), Deadline(time.monotonic() + WITHIN_S, MOST_BYTES))
    except (OSError, HTTPException, ValueError) as fault:
        cause = fault.__cause__ if isinstance(fault, NotSent) and fault.__cause__ else fault
        return Heard(0, HTTPMessage(), fault=_in_words(cause))
    return Heard(reply.status, reply.headers, reply.body)


def _in_words(fault: BaseException) -> str:
    """Return its kind; what the system says of a connection too, which repeats no part of an address."""
    said = f": {fault}" if isinstance(fault, OSError) else ""
    return " ".join(f"{type(fault).__name__}{said}".split())[:200]

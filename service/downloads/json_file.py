"""JSON for a program: a list of objects, one on each line, with the same names and values in each language."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import IO, Any

import orjson

CONTENT_TYPE = "application/json"


@contextmanager
def json_rows(file: IO[bytes]) -> Iterator[Callable[[Mapping[str, Any]], None]]:
    """Begin a list; what it gives writes an object with these values. A moment has its offset from UTC."""
    before = b"[\n"

    def write(values: Mapping[str, Any]) -> None:
        nonlocal before
        file.write(before + orjson.dumps(values))
        before = b",\n"

    yield write
    file.write(b"\n]\n" if before == b",\n" else b"[]\n")

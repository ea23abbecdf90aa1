"""A file that is complete before its first byte is sent, so its export is recorded in the same transaction."""

from collections.abc import Iterator
from typing import IO

from flask import Response

IN_MEMORY = 16 * 1024 * 1024
"""Bytes of a file that stay in memory; a larger file goes to the disk, without a name there."""
CHUNK = 64 * 1024


def sent(file: IO[bytes], name: str, content_type: str) -> Response:
    """Return a complete file as a download with this name."""
    size = file.tell()
    file.seek(0)
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Content-Length": str(size)}
    return Response(_chunks(file), content_type=content_type, headers=headers)


def _chunks(file: IO[bytes]) -> Iterator[bytes]:
    with file:
        while chunk := file.read(CHUNK):
            yield chunk

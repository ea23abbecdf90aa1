"""What is inside a packed file such as XLSX or ODS, and how large it becomes: read before anything unpacks it."""

import lzma
import zipfile
import zlib
from collections.abc import Iterator
from typing import IO

from service.reading.outcome import Unreadable

LARGEST_UNPACKED = 400 * 1024 * 1024
"""Bytes of all parts together. 100,000 rows of 15 columns with 60 letters each take about 200 MiB."""
LARGEST_THIN, THINNEST = 64 * 1024 * 1024, 300
"""A part above so many bytes that was packed to less than one byte in so many holds next to nothing: a sheet with the
same row again and again is packed to one byte in 60."""
MOST_PARTS = 2_000
CHUNK = 1024 * 1024
BROKEN = (
    zipfile.BadZipFile, zipfile.LargeZipFile, zlib.error, lzma.LZMAError, EOFError, NotImplementedError, OSError,
    RuntimeError, ValueError, KeyError,
)  # fmt: skip
"""What Python raises for a part that is not what the file says of it; each way of packing has an error of its own."""


def opened(content: IO[bytes]) -> zipfile.ZipFile:
    """Return the packed file. Raises Unreadable when it is broken, locked, or becomes too large."""
    try:
        packed = zipfile.ZipFile(content)
        parts = packed.infolist()
    except (zipfile.BadZipFile, ValueError, OverflowError, NotImplementedError) as error:
        raise Unreadable("file.broken") from error
    if len(parts) > MOST_PARTS or sum(part.file_size for part in parts) > LARGEST_UNPACKED:
        raise Unreadable("file.too_large_unpacked", most=LARGEST_UNPACKED // 1024**2)
    if any(part.file_size > max(LARGEST_THIN, THINNEST * part.compress_size) for part in parts):
        raise Unreadable("file.too_heavy")
    if any(part.flag_bits & 1 for part in parts):
        raise Unreadable("file.locked")
    return packed


def chunks_of(packed: zipfile.ZipFile, name: str) -> Iterator[bytes]:
    """Return the bytes of one part. Raises Unreadable when they are not what the file says of them."""
    try:
        with packed.open(name) as part:
            while chunk := part.read(CHUNK):
                yield chunk
    except BROKEN as error:
        raise Unreadable("file.broken") from error


def measured(packed: zipfile.ZipFile) -> None:
    """Read each part once. A part is never larger than the file says, or the file is broken: then Unreadable."""
    for part in packed.infolist():
        for _ in chunks_of(packed, part.filename):
            pass

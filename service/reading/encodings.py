"""The old encodings of one byte for each letter, each as a table of its signs."""

import codecs
from collections.abc import Iterable, Iterator

OLD = ("cp1252", "mac_roman", "cp850", "cp1250", "cp1254", "iso8859-15")
"""In the order of how often they are met; of two that are equally likely the first is taken."""

KNOWN = frozenset({
    *OLD, "latin-1", "ascii", "utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-32-le",
    "utf-32-be",
})  # fmt: skip
"""The encodings that are read. Python knows others, some of which take the square of a text's length."""


def _table(name: str) -> str:
    """Return the sign of each byte; a byte that an encoding leaves out is the control sign of its number."""
    signs = (bytes([byte]).decode(name, "replace") for byte in range(256))
    return "".join(chr(byte) if sign == "\ufffd" else sign for byte, sign in enumerate(signs))


TABLES = {name: _table(name) for name in (*OLD, "latin-1")}


def decoded(content: bytes, name: str) -> str:
    """Return a text in an encoding. Raises ValueError or LookupError where it has none."""
    return codecs.charmap_decode(content, "strict", TABLES[name])[0] if name in OLD else content.decode(name)


def decoding(parts: Iterable[bytes], name: str) -> Iterator[str]:
    """Return the letters of a file that comes in parts. Raises as `decoded`."""
    if name in OLD:
        yield from (decoded(part, name) for part in parts)
        return
    decoder = codecs.getincrementaldecoder(name)()
    yield from map(decoder.decode, parts)
    yield decoder.decode(b"", final=True)

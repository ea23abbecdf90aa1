"""The old encodings of one byte for each letter, each as a table of its signs."""

import codecs
from collections.abc import Iterable, Iterator
from encodings import normalize_encoding
from encodings.aliases import aliases

OLD = ("cp1252", "mac_roman", "cp850", "cp1250", "cp1254", "iso8859-15")
"""In the order of how often they are met; of two that are equally likely the first is taken."""
SCRIPTS = ("cp1251", "koi8-r", "cp866", "iso8859-5", "cp1253", "cp1255")
"""Of Cyrillic, Greek and Hebrew letters: looked at where all letters of a word are of one of these."""
GUESSED = (*OLD, *SCRIPTS)
CHOSEN = (
    "cp1257", "iso8859-13", "iso8859-4", "cp775", "iso8859-2", "cp852", "iso8859-16", "iso8859-9", "cp857", "cp437",
    "koi8-u", "mac_cyrillic", "cp855", "iso8859-7", "mac_greek", "cp737", "iso8859-8", "cp862",
)  # fmt: skip
"""Read only where somebody chose them: no words of a file say for certain that it is one of these."""
KNOWN = frozenset({
    *GUESSED, *CHOSEN, "latin-1", "ascii", "utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32",
    "utf-32-le", "utf-32-be",
})  # fmt: skip
"""The encodings that are read. Python knows others, some of which take the square of a text's length."""
_PLAIN = {normalize_encoding(name): name for name in KNOWN}
_BY_ALIAS = {alias: _PLAIN[name] for alias, name in aliases.items() if name in _PLAIN} | _PLAIN


def known_as(name: str) -> str | None:
    """Return the name by which an encoding is known here, such as cp1251 for "Windows-1251"; None for another one."""
    return _BY_ALIAS.get(normalize_encoding(name).casefold())


def _table(name: str) -> str:
    """Return the sign of each byte; a byte that an encoding leaves out is the control sign of its number."""
    signs = (bytes([byte]).decode(name, "replace") for byte in range(256))
    return "".join(chr(byte) if sign == "\ufffd" else sign for byte, sign in enumerate(signs))


TABLES = {name: _table(name) for name in (*GUESSED, *CHOSEN, "latin-1")}


def decoded(content: bytes, name: str) -> str:
    """Return a text in an encoding. Raises ValueError or LookupError where it has none."""
    return codecs.charmap_decode(content, "strict", TABLES[name])[0] if name in TABLES else content.decode(name)


def decoding(parts: Iterable[bytes], name: str) -> Iterator[str]:
    """Return the letters of a file that comes in parts. Raises as `decoded`."""
    if name in TABLES:
        yield from (decoded(part, name) for part in parts)
        return
    decoder = codecs.getincrementaldecoder(name)()
    yield from map(decoder.decode, parts)
    yield decoder.decode(b"", final=True)

"""Line breaks and tabs within a paragraph of an ODS cell: the library leaves them out, and joins the words around them.

A sign of the text is put before each of them before it reads the file.
"""

import io
import re
import zipfile
from collections.abc import Iterator

from service.reading.packed import chunks_of, opened

PART = "content.xml"
BESIDE = ("mimetype", "META-INF/manifest.xml")
"""The parts that the library reads beside the text; pictures are left behind."""
SIGNS = {b"<text:line-break": b"&#10;", b"<text:tab": b"&#9;"}
_BEGINS = re.compile(rb"(?:<text:line-break|<text:tab)(?=[\s/>])")
"""The element as each program writes it: with blanks, with attributes, or with an end of its own."""


def with_line_breaks(content: bytes) -> bytes:
    """Return an ODS file with a sign for each line break and tab; the same bytes when it has none."""
    with opened(io.BytesIO(content)) as packed:
        if PART not in packed.namelist() or not any(name in piece for piece in _pieces(packed) for name in SIGNS):
            return content
        file = io.BytesIO()
        with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as changed:
            for part in packed.infolist():
                if part.filename in BESIDE:
                    changed.writestr(part.filename, b"".join(chunks_of(packed, part.filename)))
            with changed.open(PART, "w", force_zip64=True) as text:
                for piece in _pieces(packed):
                    text.write(_with_signs(piece))
        return file.getvalue()


def _pieces(packed: zipfile.ZipFile) -> Iterator[bytes]:
    """Return the text of all sheets in pieces, none of which ends within an element."""
    rest = b""
    for chunk in chunks_of(packed, PART):
        piece = rest + chunk
        end = piece.rfind(b"<") if piece.rfind(b"<") > 0 else len(piece)
        yield piece[:end]
        rest = piece[end:]
    yield rest


def _with_signs(piece: bytes) -> bytes:
    """Return a piece with a sign before each such element, which itself says nothing to the library."""
    if not any(name in piece for name in SIGNS):
        return piece
    return _BEGINS.sub(lambda element: SIGNS[element[0]] + element[0], piece)

"""What a file is, by its first bytes. What Meldketen does not read is named, with what to do instead."""

import zipfile
from typing import IO

from service.reading.outcome import Unreadable
from service.reading.packed import chunks_of, opened
from service.reading.texts import BYTES_AT_ONCE, parts_of

REFUSED = (
    (b"%PDF", "file.is_pdf"), (b"\xd0\xcf\x11\xe0", "file.is_old_or_locked"), (b"{\\rtf", "file.is_word"),
    (b"\x89PNG", "file.is_picture"), (b"\xff\xd8\xff", "file.is_picture"), (b"GIF8", "file.is_picture"),
    (b"\x1f\x8b", "file.is_packed"), (b"7z\xbc\xaf", "file.is_packed"), (b"Rar!", "file.is_packed"),
)  # fmt: skip
PAGES = (b"<!doctype html", b"<html", b"<?xml", b"<table")
SPREADSHEET = b"application/vnd.oasis.opendocument.spreadsheet"
TEXT, XLSX, ODS = "text", "xlsx", "ods"


def kind_of(content: IO[bytes]) -> str:
    """Return TEXT, XLSX or ODS. Raises Unreadable for another kind of file, and for an empty one."""
    blank = b"\0 \t\r\n\xef\xbb\xbf\xff\xfe"
    if not any(part.strip(blank) for part in parts_of(content)):
        raise Unreadable("file.empty")
    content.seek(0)
    head = content.read(BYTES_AT_ONCE)
    for begins, key in REFUSED:
        if head.startswith(begins):
            raise Unreadable(key)
    if head.lstrip(b"\xef\xbb\xbf \t\r\n")[:20].lower().startswith(PAGES):
        raise Unreadable("file.is_page")
    return _packed(opened(content)) if head.startswith(b"PK\x03\x04") else TEXT


def _packed(packed: zipfile.ZipFile) -> str:
    names = set(packed.namelist())
    if "xl/workbook.xml" in names:
        return XLSX
    is_ods = {"content.xml", "mimetype"} <= names
    if is_ods and next(chunks_of(packed, "mimetype"), b"").startswith(SPREADSHEET):
        return ODS
    raise Unreadable("file.is_word" if "word/document.xml" in names else "file.is_packed")

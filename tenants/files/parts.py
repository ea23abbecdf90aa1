"""The parts of a file, each sealed: its bytes, its rows in lots, and the people of a notice's list before it."""

from collections.abc import Callable, Iterable, Iterator
from functools import partial
from itertools import islice
from tempfile import SpooledTemporaryFile
from typing import IO, Any
from uuid import UUID

import orjson
from sqlalchemy import text

from tenants.database import db
from tenants.isolation import acting_organisation
from tenants.sealing import seal_of_acting_organisation

CONTENT, ITEMS, FAULTS, BEFORE = "content", "items", "faults", "before"
BYTES_AT_ONCE = 1024 * 1024
PARTS_AT_ONCE, CONTENT_AT_ONCE = 20, 1
"""How many parts are written or read by one statement: of rows, and of the bytes of a file."""
LOT = 100
"""How many rows a part holds: as many as a page of the dry run shows."""
ADD = text("""
    insert into uploaded_part (organisation_id, file_id, kind, nth, sealed)
    select :organisation, :file, :kind, :first + row_number() over () - 1, sealed
      from unnest(cast(:sealed as bytea[])) as lot(sealed)""")
SOME = text("""
    select nth, sealed from uploaded_part
     where organisation_id = :organisation and file_id = :file and kind = :kind and nth >= :first
     order by nth limit :most""")
END = text("""
    delete from uploaded_part where organisation_id = :organisation and file_id = :file and kind = any(:kinds)""")
END_BEFORE = text("""
    delete from uploaded_part p using uploaded_file f
     where f.organisation_id = :organisation and f.about_id = :about and f.state <> 'waiting'
       and p.organisation_id = f.organisation_id and p.file_id = f.id and p.kind = 'before'""")
OLD = text("""
    select file_id, kind, nth, sealed from uploaded_part
     where organisation_id = :organisation and substr(sealed, 1, 4) <> :label limit :most for update""")
RENEWED = text("""
    update uploaded_part p set sealed = g.sealed
      from unnest(cast(:files as uuid[]), cast(:kinds as text[]), cast(:nths as integer[]), cast(:sealed as bytea[]))
           as g(file_id, kind, nth, sealed)
     where p.organisation_id = :organisation and (p.file_id, p.kind, p.nth) = (g.file_id, g.kind, g.nth)""")


def keep_content(file_id: UUID, content: IO[bytes]) -> None:
    """Keep the bytes of a file."""
    content.seek(0)
    _add(file_id, CONTENT, iter(partial(content.read, BYTES_AT_ONCE), b""))


def content_of(file_id: UUID) -> IO[bytes]:
    """Return the bytes of a file, as a file without a name that ends with its last reader: what came in, or of a file
    that was taken its rows that did not fit, as CSV."""
    content = SpooledTemporaryFile(BYTES_AT_ONCE)  # noqa: SIM115
    for part in _opened(file_id, CONTENT):
        content.write(part)
    return content


def keep_rows(file_id: UUID, kind: str, rows: Iterable[Any], as_json: Callable[[Any], bytes] = orjson.dumps) -> int:
    """Keep rows of one kind, a lot in each part; return how many rows there were. `rows` may be longer than memory."""
    return RowsKept(file_id, kind, as_json).keep(rows).end()


class RowsKept:
    """Rows of one kind that are kept while they come: whole lots at once, and the rest at the end."""

    def __init__(self, file_id: UUID, kind: str, as_json: Callable[[Any], bytes] = orjson.dumps) -> None:
        self._file, self._kind, self._as_json = file_id, kind, as_json
        self._rest, self._parts, self._count = list[Any](), 0, 0

    def keep(self, rows: Iterable[Any]) -> "RowsKept":
        """Keep these rows behind those before."""
        for row in rows:
            self._rest.append(row)
            if len(self._rest) == LOT * PARTS_AT_ONCE:
                self._write()
        return self

    def end(self) -> int:
        """Keep what is left; return how many rows there were in all."""
        self._write()
        return self._count

    def _write(self) -> None:
        lots = [self._as_json(self._rest[at : at + LOT]) for at in range(0, len(self._rest), LOT)]
        _add(self._file, self._kind, lots, self._parts)
        self._parts, self._count, self._rest = self._parts + len(lots), self._count + len(self._rest), []


def rows_of_part(file_id: UUID, kind: str, nth: int) -> list[Any]:
    """Return the rows of one part, counted from 0; none beyond the last."""
    return next((orjson.loads(part) for part in _opened(file_id, kind, nth, 1)), [])


def all_rows(file_id: UUID, kind: str) -> Iterator[Any]:
    """Return all rows of one kind, in their order."""
    for part in _opened(file_id, kind):
        yield from orjson.loads(part)


def end_parts(file_id: UUID, *kinds: str) -> None:
    """Delete the parts of these kinds."""
    db.session.execute(END, {"organisation": acting_organisation(), "file": file_id, "kinds": list(kinds)})


def end_before(about_id: UUID) -> None:
    """Delete the people who stood on this notice's list before the files that were taken: none of these is undone any
    more. A file that is being taken keeps them."""
    db.session.execute(END_BEFORE, {"organisation": acting_organisation(), "about": about_id})


def reseal_some(most: int) -> int:
    """Seal some parts with the current key that are sealed with an earlier one; return how many."""
    seal, me = seal_of_acting_organisation(), acting_organisation()
    rows = db.session.execute(OLD, {"organisation": me, "label": seal.label, "most": most}).all()
    if rows:
        db.session.execute(RENEWED, {
            "organisation": me, "files": [row.file_id for row in rows], "kinds": [row.kind for row in rows],
            "nths": [row.nth for row in rows],
            "sealed": [seal.close_bytes(seal.open_bytes(bytes(row.sealed))) for row in rows],
        })  # fmt: skip
    return len(rows)


def _at_once(kind: str) -> int:
    return CONTENT_AT_ONCE if kind == CONTENT else PARTS_AT_ONCE


def _add(file_id: UUID, kind: str, parts: Iterable[bytes], first: int = 0) -> None:
    seal, rest = seal_of_acting_organisation(), iter(parts)
    while lot := [seal.close_bytes(part) for part in islice(rest, _at_once(kind))]:
        values = {"organisation": acting_organisation(), "file": file_id, "kind": kind, "first": first, "sealed": lot}
        db.session.execute(ADD, values)
        first += len(lot)


def _opened(file_id: UUID, kind: str, first: int = 0, most: int | None = None) -> Iterator[bytes]:
    seal, asked = seal_of_acting_organisation(), {"organisation": acting_organisation(), "file": file_id, "kind": kind}
    while rows := db.session.execute(SOME, {**asked, "first": first, "most": most or _at_once(kind)}).all():
        for row in rows:
            yield seal.open_bytes(bytes(row.sealed))
        if most:
            return
        first = rows[-1].nth + 1

"""Which column was which in files with the same headings, as somebody of the organisation chose it last."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Mapped, mapped_column

from tenants.database import Record, db
from tenants.isolation import acting_organisation
from tenants.sealing import seal_of_acting_organisation


class ChosenColumns(Record):
    """What was chosen for one purpose and these headings; `columns` holds no text of the file."""

    __tablename__ = "chosen_columns"

    organisation_id: Mapped[UUID] = mapped_column(primary_key=True)
    purpose: Mapped[str] = mapped_column(primary_key=True)
    headings_hash: Mapped[bytes] = mapped_column(primary_key=True)
    columns: Mapped[dict[str, Any]]
    chosen_at: Mapped[datetime]


def remember_columns(purpose: str, headings: Sequence[str], columns: dict[str, Any]) -> None:
    """Remember what was chosen for files with these headings, in place of what was chosen before."""
    key = {"organisation_id": acting_organisation(), "purpose": purpose, "headings_hash": _hash(headings)}
    add = insert(ChosenColumns).values(**key, columns=columns)
    chosen = {"columns": add.excluded.columns, "chosen_at": func.now()}
    db.session.execute(add.on_conflict_do_update(index_elements=list(key), set_=chosen))


def remembered_columns(purpose: str, rows: Sequence[Sequence[str]]) -> tuple[int, dict[str, Any]] | None:
    """Return which of these rows, counted from 0, are headings for which somebody chose before, and what was chosen;
    None when no row is."""
    hashes = [_hash(cells) for cells in rows]
    query = select(ChosenColumns.headings_hash, ChosenColumns.columns).where(
        ChosenColumns.organisation_id == acting_organisation(), ChosenColumns.purpose == purpose,
        ChosenColumns.headings_hash.in_(hashes),
    )  # fmt: skip
    known = {bytes(row.headings_hash): row.columns for row in db.session.execute(query)}
    return next(((nth, known[value]) for nth, value in enumerate(hashes) if value in known), None)


def _hash(headings: Sequence[str]) -> bytes:
    return seal_of_acting_organisation().fingerprint("\x1f".join(headings))

"""Breaches of an old register, kept as rows of this one: known again, added in sets, and removed again by their file.

What the file said stands in `Breach.taken_over`; no moment of the law is made of it. A row is listed under the day that
it had (`created_at`, midnight in the Netherlands), and under the day of the import when it had none.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import text

from tenants.database import db
from tenants.isolation import acting_organisation
from tenants.lines import one_line

ONE_AT_A_TIME = text("select pg_advisory_xact_lock(hashtextextended('old register ' || :organisation, 0))")
KNOWN = text("""
    select taken_over_key, reference, title, (taken_over ->> 'discovered_on')::date as discovered_on from breach
     where organisation_id = :organisation and taken_over_key = any(:keys)""")
STANDING = text("""
    select b.reference, b.title, d.discovered_on,
           case when d.discovered_on is null then b.description end as description
      from breach b
     cross join lateral (
       select case when b.origin = 'taken_over' then (b.taken_over ->> 'discovered_on')::date
                   else (b.found_at at time zone 'Europe/Amsterdam')::date end as discovered_on) d
     where organisation_id = :organisation and reference = any(:references)""")
# Rows without a number of their own have numbers of ours, from 1 on.
LAST_NUMBER = text("""
    select coalesce(max(substring(reference from '^oud-([0-9]+)$')::integer), 0) from breach
     where organisation_id = :organisation and taken_over_file is not null""")
ADD = text("""
    insert into breach (organisation_id, reference, title, origin, description, people_min, people_max,
                        people_estimate, consequences, measures, authority_number, taken_over, taken_over_key,
                        taken_over_file, may_be_due, register_form, created_at)
    select :organisation, r.reference, r.title, 'taken_over', r.description, r.people_min, r.people_max,
           r.people_estimate, r.consequences, r.measures, r.authority_number, r.taken_over, r.taken_over_key,
           :file, false, 3, least(now(), r.day::timestamp at time zone 'Europe/Amsterdam')
      from jsonb_to_recordset(cast(:rows as jsonb)) as r (
             reference text, title text, description text, people_min integer, people_max integer,
             people_estimate boolean, consequences text, measures text, authority_number text,
             taken_over jsonb, taken_over_key text, day date)
        on conflict (organisation_id, taken_over_key) where taken_over_key is not null do nothing
    returning id, (taken_over ->> 'row')::integer as row""")
LAST_FILE = text("""
    select taken_over_file from breach where organisation_id = :organisation and taken_over_file is not null
     order by organisation_id, id desc limit 1""")
ACTED_ON = text("""
    select distinct b.reference from breach b
      join history h on h.organisation_id = b.organisation_id and h.subject_id = b.id
     where b.organisation_id = :organisation and b.taken_over_file = :file
       and (b.version > 1 or h.what <> 'breach.taken_over')
     order by b.reference limit :most""")
REMOVE = text("select id, file_hash from take_back_breaches(:file)")


@dataclass(frozen=True)
class Added:
    """A breach that was added, and the row of the file that it was made of."""

    id: UUID
    row: int


@dataclass(frozen=True)
class Removed:
    """A breach that was removed, and the hash of the file that had brought it."""

    id: UUID
    file_hash: str


class Standing(NamedTuple):
    """A breach that the register has, live or of an old register: its reference, its title in one line, and the day in
    the Netherlands on which it was discovered; where that is None its description in one line, else ""."""

    reference: str
    title: str
    discovered_on: date | None
    description: str


def let_one_at_a_time() -> None:
    """Let the transactions that add or remove breaches of the acting organisation's old registers wait for each
    other."""
    db.session.execute(ONE_AT_A_TIME, {"organisation": str(acting_organisation())})


def known_by_key(keys: Iterable[str]) -> dict[str, Standing]:
    """Return the breaches of old registers that the acting organisation has by one of these keys, by key; without a
    description."""
    rows = db.session.execute(KNOWN, _mine() | {"keys": list(keys)})
    return {
        row.taken_over_key: Standing(row.reference, one_line(row.title), row.discovered_on, "") for row in rows
    }  # fmt: skip


def standing_breaches(references: Iterable[str]) -> dict[str, Standing]:
    """Return the breaches of the acting organisation that have these references, by reference."""
    rows = db.session.execute(STANDING, _mine() | {"references": list(references)})
    return {
        row.reference: Standing(
            row.reference, one_line(row.title), row.discovered_on, one_line(row.description or "")
        ) for row in rows
    }  # fmt: skip


def last_number() -> int:
    """Return the last number that a row without a number of its own has in its reference (oud-12); 0 for none."""
    number: int = db.session.scalar(LAST_NUMBER, _mine())
    return number


def add_taken_over(rows: Iterable[Mapping[str, Any]], file_id: UUID) -> list[Added]:
    """Add these rows, each by the names of the columns, `day` being the day that it had. A key that is known already
    adds nothing."""
    asked = _mine() | {"file": file_id, "rows": json.dumps(list(rows), default=str)}
    return [Added(row.id, row.row) for row in db.session.execute(ADD, asked)]


def last_file() -> UUID | None:
    """Return the import that was the last to add a breach of an old register; None for none."""
    file_id: UUID | None = db.session.scalar(LAST_FILE, _mine())
    return file_id


def acted_on(file_id: UUID, most: int) -> list[str]:
    """Return the references of the first breaches of this import, at most `most`, of which the history tells of any act
    since they were added."""
    return list(db.session.scalars(ACTED_ON, _mine() | {"file": file_id, "most": most}))


def remove_taken_over(file_id: UUID) -> list[Removed]:
    """Remove the breaches that this import added."""
    return [Removed(row.id, row.file_hash) for row in db.session.execute(REMOVE, {"file": file_id})]


def _mine() -> dict[str, Any]:
    return {"organisation": acting_organisation()}

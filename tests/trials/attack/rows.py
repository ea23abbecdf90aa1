"""Reads every row of every organisation as the superuser sees it, and which of them changed in between."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import psycopg

from tests.trials.attack.seeding import OFFICE, Firm

TABLES = """
    select c.relname, array_agg(a.attname::text order by a.attnum) from pg_class c
      join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
     where c.relkind in ('r', 'p') and c.relnamespace = 'public'::regnamespace group by c.relname order by c.relname"""
KEYS = """
    select c.relname, array_agg(a.attname::text order by a.attnum) from pg_index i
      join pg_class c on c.oid = i.indrelid
      join pg_attribute a on a.attrelid = c.oid and a.attnum = any (i.indkey)
     where i.indisprimary and c.relnamespace = 'public'::regnamespace group by c.relname"""
OWNERS = ("organisation_id", "processor_id", "controller_id")
PASSING = {"login_session": ("last_seen_at",), "api_token": ("last_used_at",)}
"""Columns that only say that somebody was here; a change of these is no change of the row."""
Rows = dict[tuple[str, str, str], str]


@dataclass(frozen=True)
class Ledger:
    """Reads the rows through a connection to which no policy applies."""

    outside: "psycopg.Connection[Any]"
    firms: dict[str, Firm]

    def rows(self) -> Rows:
        """Return a digest of each row, by organisation or person, table and key. A row of two parties stands under
        both."""
        letters = {str(firm.id): letter for letter, firm in self.firms.items()}
        people = {str(actor.id) for firm in self.firms.values() for actor in firm.people.values()}
        keys: dict[str, list[str]] = dict(self.outside.execute(KEYS).fetchall())
        digests: Rows = {}
        for table, columns in self.outside.execute(TABLES).fetchall():
            for whose, key, digest in self._of_table(table, columns, keys.get(table, [])):
                for holder in whose:
                    if whose_is_it := letters.get(holder) or (holder if holder in people else None):
                        digests[whose_is_it, table, key] = digest
        return digests

    def texts(self, organisations: list[str]) -> Iterator[tuple[str, str, str]]:
        """Return each row of these organisations as text, with its organisation and table."""
        letters = {str(firm.id): letter for letter, firm in self.firms.items()}
        for table, columns in self.outside.execute(TABLES).fetchall():
            if "organisation_id" in columns:
                query = f"""select organisation_id::text, t::text from "{table}" t
                             where organisation_id = any (%s::uuid[])"""
                for organisation, text in self.outside.execute(query, (organisations,)).fetchall():
                    yield letters[organisation], table, text

    def _of_table(self, table: str, columns: list[str], key: list[str]) -> Iterator[tuple[list[str], str, str]]:
        owners = [name for name in OWNERS if name in columns]
        owners = ["organisation_id"] if "organisation_id" in owners else owners
        owners += ["user_id"] if "user_id" in columns else []
        owners += ["id"] if table in ("organisation", "app_user") else []
        if not owners:
            return
        kept = [name for name in columns if name not in PASSING.get(table, ())]
        whole = ", ".join(f'"{name}"' for name in kept)
        named = ", ".join(f'"{name}"::text' for name in key) or "''"
        query = f"""select array[{", ".join(f'"{name}"::text' for name in owners)}], concat_ws('/', {named}),
                           md5(row({whole})::text) from "{table}" """
        yield from self.outside.execute(query).fetchall()


def changed(before: Rows, after: Rows, whose: str) -> list[tuple[str, str, str]]:
    """Return table, key and change ("new", "gone" or "other") of each changed row of this organisation or person."""
    keys = sorted(key for key in before.keys() | after.keys() if key[0] == whose)
    return [
        (key[1], key[2], "new" if key not in before else "gone" if key not in after else "other")
        for key in keys if before.get(key) != after.get(key)
    ]  # fmt: skip


def told_by_hand(outside: "psycopg.Connection[Any]", word: str, readers: frozenset[str]) -> bool:
    """Whether this word is a name that somebody gave to the office by confirming receipt, as the button says."""
    confirmed = "select exists (select from escalation where acknowledged_by = %s)"
    row = outside.execute(confirmed, (word,)).fetchone()
    return OFFICE in readers and bool(row and row[0])

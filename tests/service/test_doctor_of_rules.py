"""``meldketen doctor`` compares all that guards the rows of a database with what this version has for it."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Connection, text

from migrations.listing import FILE, LISTED, compared, of_this_build, subject
from service.doctor.database import check_database
from service.doctor.findings import Finding
from service.running.app_without_routes import unchecked_app
from tenants.database import db
from tests.conftest import Database

DOOR = "function claim_register()"
CHANGES = {
    "create policy zz_open on breach using (true)": "policy zz_open on breach",
    "alter policy owned on notice using (true)": "policy owned on notice",
    "alter policy owned on notice with check (true)": "policy owned on notice",
    "alter policy owned on notice to public": "policy owned on notice",
    "drop policy owned on notice": "policy owned on notice",
    """drop policy owned on notice; create policy owned on notice as restrictive to meldketen_app
       using (organisation_id = (select nullif(current_setting('app.organisation', true), '')::uuid))
       with check (organisation_id = (select nullif(current_setting('app.organisation', true), '')::uuid))""":
        "policy owned on notice",
    "alter table breach no force row level security": "table breach",
    "alter table recipient disable row level security": "table recipient",
    "alter table breach owner to meldketen_door": "table breach",
    "create table extra (id integer)": "table extra",
    "create view seen as select * from breach": "table seen",
    "grant delete on breach to meldketen_app": "table breach",
    "grant select on breach to public": "table breach",
    "grant update (kvk_number) on organisation to meldketen_app": "column organisation.kvk_number",
    "revoke select on breach from meldketen_app": "table breach",
    "alter table history disable trigger all": "trigger",
    "drop trigger proven_name on organisation": "trigger proven_name on organisation",
    "alter function claim_register() owner to meldketen_owner": DOOR,
    "alter function claim_register() security invoker": DOOR,
    "alter function claim_register() reset search_path": DOOR,
    "grant execute on function claim_register() to public": DOOR,
    "grant execute on function claim_register() to meldketen_app with grant option": DOOR,
    "revoke execute on function claim_register() from meldketen_app": DOOR,
    "create or replace function acting_organisation() returns uuid language sql stable as 'select null::uuid'":
        "function acting_organisation()",
    "create or replace function is_one_line(line text) returns boolean language sql immutable as 'select true'":
        "function is_one_line(text)",
    "create function opens() returns text language sql security definer as 'select 1::text'": "function opens()",
}  # fmt: skip
"""What somebody may change by hand, and what the line names then."""


@pytest.fixture(scope="module")
def connection(database: Database) -> Iterator[Connection]:
    with database.superuser.connect() as there:
        yield there


def lines(connection: Connection) -> list[str]:
    return sorted(connection.scalars(LISTED))


def test_the_listing_of_this_build_is_that_of_a_fresh_database(connection: Connection, tmp_path: Path) -> None:
    fresh = tmp_path / "rules.txt"
    fresh.write_text("\n".join(lines(connection)) + "\n", "utf-8")
    connection.rollback()
    assert fresh.read_text("utf-8") == FILE.read_text("utf-8"), f"after a migration: cp {fresh} {FILE}"


def test_no_two_lines_are_compared_as_one() -> None:
    assert len(of_this_build()) == len(FILE.read_text("utf-8").splitlines()) > 800


def test_what_is_compared_keeps_brackets_and_leaves_out_casts_and_blanks() -> None:
    assert len(compared(["policy a using ((x OR y) AND z)", "policy a using (x OR (y AND z))"])) == 2
    assert len(compared(["policy a using (x = 'b'::text)", "policy a using  (x = 'b')"])) == 1


def test_an_own_uuidv7_is_no_change(connection: Connection) -> None:
    """Before PostgreSQL 18 a migration makes that function."""
    connection.execute(text("create function public.uuidv7() returns uuid language sql as 'select gen_random_uuid()'"))
    there = compared(lines(connection))
    connection.rollback()
    assert there == of_this_build()


@pytest.mark.parametrize("change", CHANGES)
def test_each_change_by_hand_is_seen_and_named(connection: Connection, change: str) -> None:
    connection.execute(text(change))
    there, right = compared(lines(connection)), of_this_build()
    connection.rollback()
    changed = {subject(line) for key, line in (right | there).items() if (key in right) != (key in there)}
    assert changed and all(name.startswith(CHANGES[change]) for name in changed)


def test_the_app_reads_the_same_listing_and_says_what_was_changed(own_database: Database) -> None:
    own_database.outside("create policy zz_open on breach using (true)")
    with unchecked_app(own_database.config).app_context():
        try:
            found = {finding.key: finding for finding in check_database(own_database.config)}
        finally:
            db.session.remove()
            db.engine.dispose()
    told: Finding = found["policies.changed"]
    assert told.values == {"names": "policy zz_open on breach", "count": 1}

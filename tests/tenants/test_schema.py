"""What the database has after the newest migration is what stands in migrations/schema: functions, rules and grants."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import Connection

from migrations.schema import FUNCTIONS, OLD_RULES, TABLES
from tests.conftest import Database
from tests.tenants.tables import ALL

LONGEST_FUNCTION = 60
AFTER_TEXT = re.compile(r"^(?:alter|revoke|grant|--) ", re.MULTILINE)
OF_A_SCHEMA = """
    select p.proname as name, p.prokind, pg_get_userbyid(p.proowner) as owner, p.prosecdef, p.provolatile,
           p.proparallel, p.proisstrict, p.proleakproof, p.procost, p.prorows, p.proconfig, l.lanname, p.prosrc,
           pg_get_function_arguments(p.oid) as arguments, pg_get_function_result(p.oid) as result,
           (select s.proname from pg_proc s where s.oid = a.aggtransfn) as step, a.agginitval,
           array(select pg_get_userbyid(x.grantee) || ' ' || x.privilege_type
                   from aclexplode(coalesce(p.proacl, acldefault('f', p.proowner))) x order by 1) as callers
      from pg_proc p join pg_language l on l.oid = p.prolang left join pg_aggregate a on a.aggfnoid = p.oid
     where p.pronamespace = '{schema}'::regnamespace
       and not exists (select from pg_depend d where d.objid = p.oid and d.deptype = 'e')
     order by name, arguments"""
"""Those of an extension are left out."""
RULES = {
    "walls": """
        select relname, relrowsecurity, relforcerowsecurity from pg_class
         where relkind in ('r', 'p') and relnamespace = 'public'::regnamespace order by relname""",
    "policies": "select * from pg_policies where schemaname = 'public' order by tablename, policyname",
    "triggers": """
        select pg_get_triggerdef(oid) as text from pg_trigger where not tgisinternal
           and tgrelid in (select oid from pg_class where relnamespace = 'public'::regnamespace) order by 1""",
    "grants": """
        select relname, pg_get_userbyid(x.grantee) as who, x.privilege_type from pg_class c, aclexplode(c.relacl) x
         where relkind in ('r', 'p') and relnamespace = 'public'::regnamespace and x.grantee <> relowner
         order by 1, 2, 3""",
    "grants of columns": """
        select relname, attname, pg_get_userbyid(x.grantee) as who, x.privilege_type
          from pg_class c join pg_attribute a on a.attrelid = c.oid, aclexplode(a.attacl) x
         where relnamespace = 'public'::regnamespace order by 1, 2, 3, 4""",
}
FILES = sorted([*FUNCTIONS.iterdir(), *TABLES.iterdir()])


@pytest.fixture
def superuser(own_database: Database) -> Iterator[Connection]:
    """A transaction that is taken back."""
    with own_database.superuser.connect() as connection:
        yield connection.execution_options(no_parameters=True)


def rows(connection: Connection, query: str) -> list[dict[str, Any]]:
    return [dict(row) for row in connection.exec_driver_sql(query).mappings()]


def as_in_the_files(connection: Connection) -> list[dict[str, Any]]:
    """The functions of the files alone, made beside the database's own by the same owner."""
    connection.exec_driver_sql("""
        create schema beside authorization meldketen_owner;
        grant create on schema beside to meldketen_door;
        set local role meldketen_owner;
        set local check_function_bodies = off;
        set local search_path = beside, public""")
    for file in sorted(FUNCTIONS.iterdir(), key=lambda file: (file.stem == "history_chained", file.stem)):
        connection.exec_driver_sql(file.read_text("utf-8"))
    connection.exec_driver_sql("set local search_path = public; set local role postgres")
    return rows(connection, OF_A_SCHEMA.format(schema="beside"))


def test_each_function_has_a_file_and_is_as_it_says(superuser: Connection) -> None:
    there = rows(superuser, OF_A_SCHEMA.format(schema="public"))
    assert {row["name"] for row in there} == {file.stem for file in FUNCTIONS.iterdir()}
    written = as_in_the_files(superuser)
    assert [row for row in there if row not in written] == [] == [row for row in written if row not in there]


def test_each_table_has_the_rules_of_its_file_and_no_others(superuser: Connection) -> None:
    assert {file.stem for file in TABLES.iterdir()} == set(ALL)
    there = {name: rows(superuser, query) for name, query in RULES.items()}
    for file in TABLES.iterdir():
        superuser.exec_driver_sql(f"alter table {file.stem} disable row level security, no force row level security")
        superuser.exec_driver_sql(OLD_RULES.format(table=file.stem) + file.read_text("utf-8"))
    assert {name: rows(superuser, query) for name, query in RULES.items()} == there


@pytest.mark.parametrize("change", [
    "alter function chain_history(jsonb) owner to meldketen_owner", "alter function chain_history(jsonb) stable",
    "grant execute on function chain_history(jsonb) to public", "alter function chain_history(jsonb) reset search_path",
    "alter function chain_history(jsonb) security invoker", "drop function is_long_text(text) cascade",
    "create function left_over() returns integer language sql as 'select 1'",
    "create or replace function is_long_text(words text) returns boolean language sql immutable parallel safe "
    "as 'select true'",
])  # fmt: skip
def test_a_function_that_differs_from_its_file_is_seen(superuser: Connection, change: str) -> None:
    superuser.exec_driver_sql(change)
    assert rows(superuser, OF_A_SCHEMA.format(schema="public")) != as_in_the_files(superuser)


def test_each_function_is_kept_as_its_text(superuser: Connection) -> None:
    """A body that PostgreSQL keeps parsed is in no comparison: neither here nor in the listing of `doctor`."""
    parsed = "select proname from pg_proc where prosqlbody is not null and pronamespace = 'public'::regnamespace"
    assert rows(superuser, parsed) == []


def test_no_function_of_the_database_is_long() -> None:
    """From its first line to the end of its text, without comment, owner and grants."""
    lengths = {
        (file.stem, n): len(AFTER_TEXT.split(text)[0].strip().split("\n")) for file in FUNCTIONS.iterdir()
        for n, text in enumerate(file.read_text("utf-8").split("create or replace ")[1:])
    }  # fmt: skip
    assert len(lengths) > 180 and {name: n for name, n in lengths.items() if n > LONGEST_FUNCTION} == {}


def test_each_function_says_what_it_does() -> None:
    texts = {file.stem: file.read_text("utf-8") for file in FUNCTIONS.iterdir()}
    assert [name for name, text in texts.items() if not text.startswith("-- ")] == []


def test_no_line_of_the_schema_is_long() -> None:
    wide = [(file.name, line) for file in FILES for line in file.read_text("utf-8").split("\n") if len(line) > 120]
    assert len(FILES) > 200 and wide == []

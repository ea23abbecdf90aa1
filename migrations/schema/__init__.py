"""The present of the database: each function and each table's rules in a file of its own, applied by name.

A migration that changes a function changes its file and says `replace("open_escalations")`. Whatever the functions are
by this version is applied, so on a new database an early migration already brings the newest text.
"""

from pathlib import Path

from alembic import op

FOLDER = Path(__file__).parent
FUNCTIONS, TABLES = FOLDER / "functions", FOLDER / "tables"
# The text of a function may name a table that a later migration makes; an owner must be let into the schema.
BEFORE = "set local check_function_bodies = off; grant create on schema public to meldketen_door;"
AFTER = "revoke create on schema public from meldketen_door; set local check_function_bodies = on;"
OLD_RULES = """
do $$
declare
  rule record;
begin
  for rule in select policyname from pg_policies where schemaname = 'public' and tablename = '{table}' loop
    execute format('drop policy %I on {table}', rule.policyname);
  end loop;
  for rule in select tgname from pg_trigger where tgrelid = 'public.{table}'::regclass and not tgisinternal loop
    execute format('drop trigger %I on {table}', rule.tgname);
  end loop;
end $$;
revoke all on {table} from meldketen_app, meldketen_door;
"""


def replace(*names: str) -> None:
    """Inside a migration: apply the files of these functions. A file that is gone by this version is passed over: a
    later migration drops its function."""
    texts = [file.read_text("utf-8") for name in names if (file := FUNCTIONS / f"{name}.sql").exists()]
    _run(BEFORE, *texts, AFTER)


def replace_rules(*tables: str) -> None:
    """Inside a migration: each of these tables has the policies, grants and triggers of its file, and no others. A
    table whose file is gone by this version is passed over: a later migration drops it."""
    for file in (TABLES / f"{table}.sql" for table in tables):
        if file.exists():
            _run(OLD_RULES.format(table=file.stem), file.read_text("utf-8"))


def _run(*texts: str) -> None:
    bare = op.get_bind().execution_options(no_parameters=True)
    for text in texts:
        bare.exec_driver_sql(text)

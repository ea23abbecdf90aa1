"""Every table stands behind a policy or is on the named list, and the classes say what the database holds."""

import pytest
from sqlalchemy import Table, inspect

from tenants.database import Record, db
from tests.conftest import Database
from tests.tenants.tables import ALL, ENGINE, IDENTITY, WALLED
from workflows import catalogue
from workflows.mail import rows

OPEN_BY_NAME = {*IDENTITY, *ENGINE, "alembic_version"}
MAPPED = sorted(Record.metadata.tables)
assert catalogue and rows, "imported for their tables"


def test_the_tables_are_those_of_the_migrations(database: Database):
    tables = database.outside("""
        select relname from pg_class where relkind in ('r', 'p') and relnamespace = 'public'::regnamespace""")
    assert {row["relname"] for row in tables} == {*ALL, "alembic_version"}


def test_every_table_is_walled_for_its_owner_too_or_on_the_list(database: Database):
    bare = database.outside("""
        select relname from pg_class c where relkind in ('r', 'p') and relnamespace = 'public'::regnamespace
           and not (relrowsecurity and relforcerowsecurity
                    and exists (select from pg_policy p where p.polrelid = c.oid
                                   and p.polroles @> array['meldketen_app'::regrole::oid]))""")
    assert {row["relname"] for row in bare} == OPEN_BY_NAME


def test_every_policy_of_the_app_asks_who_is_acting_once_a_query(database: Database):
    policies = database.outside("""
        select tablename, policyname, coalesce(qual, '') as qual, coalesce(with_check, qual) as with_check
          from pg_policies where 'meldketen_app' = any (roles)""")
    assert len(policies) >= len(WALLED)
    for policy in policies:
        for condition in (policy["qual"], policy["with_check"]):
            assert "SELECT (NULLIF(current_setting('app.organisation'" in condition, policy


def test_each_policy_names_its_role(database: Database):
    assert database.outside("select tablename from pg_policies where 'public' = any (roles)") == []


def test_every_index_of_a_walled_table_begins_with_its_organisation(database: Database):
    """But for those that a sweep over all organisations reads, through its door."""
    swept = {"step_leased", "clock_next", "batch_leased", "recipient_by_id", "notice_check_code_key",
             "run_open", "step_stuck", "batch_by_state", "event_received", "api_token_by_hash",
             "notice_to_look_at", "carried_head_from", "signed_head_outside", "history_head_to_sign",
             "answer_by_age", "sent_form_by_age", "news_by_age", "form_draft_by_age",
             "uploaded_file_by_age", "chosen_columns_by_age",
             "step_turn", "turn_mail_waiting", "turn_mail_age",
             "contact_by_id", "contact_by_token", "contact_by_earlier_token", "contact_left"}  # fmt: skip
    indexes = database.outside("""
        select i.indexname, split_part(split_part(i.indexdef, '(', 2), ',', 1) as first from pg_indexes i
         where schemaname = 'public' and tablename <> all (:open)""", open=[*OPEN_BY_NAME, "organisation"])
    own = ("organisation_id", "processor_id", "controller_id")
    strange = {row["indexname"] for row in indexes if row["first"].partition(")")[0] not in own}
    assert strange == swept


@pytest.mark.parametrize("table", MAPPED)
def test_a_class_has_the_columns_of_its_table(database: Database, table: str):
    ours: Table = Record.metadata.tables[table]
    theirs = {column["name"]: column for column in inspect(db.engine).get_columns(table)}
    dialect = db.engine.dialect
    assert set(ours.columns.keys()) <= set(theirs)
    for column in ours.columns:
        real = theirs[column.name]
        kinds = [kind.compile(dialect=dialect) for kind in (column.type, real["type"])]
        assert kinds[0].replace("VARCHAR", "TEXT") == kinds[1], column
        assert bool(column.nullable) == real["nullable"], column
    left = [theirs[name] for name in set(theirs) - set(ours.columns.keys())]
    assert all(column["nullable"] or column["default"] for column in left), "a class could not insert"


@pytest.mark.parametrize("table", MAPPED)
def test_a_class_has_the_key_of_its_table(database: Database, table: str):
    ours: Table = Record.metadata.tables[table]
    key = inspect(db.engine).get_pk_constraint(table)["constrained_columns"]
    assert [column.name for column in ours.primary_key] == key or {c.name for c in ours.primary_key} == set(key)

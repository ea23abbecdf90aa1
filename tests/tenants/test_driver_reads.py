"""Reads that the driver sends itself: in the session's transaction, heard by listeners, with SQLAlchemy's faults."""

import pytest
from psycopg.errors import InsufficientPrivilege, OperationalError
from sqlalchemy import bindparam, select, text
from sqlalchemy.exc import DBAPIError

from tenants.database import db
from tenants.driver_reads import as_text, rows_of
from tenants.isolation import acting_for_nobody
from tests.conftest import Database
from tests.counting import statements_of


def test_it_reads_in_the_transaction_of_the_session(database: Database) -> None:
    with acting_for_nobody():
        mine = db.session.scalar(text("select txid_current()"))
        assert rows_of("select txid_current(), %(word)s::text", {"word": "a %(b)s"}) == [(mine, "a %(b)s")]


def test_a_statement_of_sqlalchemy_is_the_same_as_text(database: Database) -> None:
    with acting_for_nobody():
        assert rows_of(as_text(select(bindparam("number", 1) + 1)), {"number": 4, "param_1": 1}) == [(5,)]


def test_whoever_listens_to_statements_hears_it(database: Database) -> None:
    with statements_of(database.app) as seen, acting_for_nobody():
        rows_of("select 7", {})
    assert seen == ["select 7"]


def test_a_refusal_of_the_database_is_one_of_sqlalchemy(database: Database) -> None:
    with pytest.raises(DBAPIError) as fault, acting_for_nobody():
        rows_of("select * from pg_authid", {})
    assert isinstance(fault.value.orig, InsufficientPrivilege)


def test_a_connection_that_broke_is_not_used_again(database: Database) -> None:
    with pytest.raises(DBAPIError) as fault, acting_for_nobody():
        [[mine]] = rows_of("select pg_backend_pid()", {})
        database.outside("select pg_terminate_backend(:mine)", mine=mine)
        rows_of("select 1", {})
    assert isinstance(fault.value.orig, OperationalError)
    with acting_for_nobody():
        assert rows_of("select pg_backend_pid()", {}) != [(mine,)]

"""acting_for: one organisation, one transaction, and nothing of it is left behind."""

from collections.abc import Iterator
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import text

from tenants.database import db
from tenants.isolation import (
    Acting,
    AlreadyActing,
    acting_for,
    acting_for_nobody,
    acting_for_whom,
    acting_organisation,
    after_commit,
    database_now,
)
from tenants.register.references import next_reference
from tests.conftest import Database
from tests.factories import an_organisation

ACTING = text("select current_setting('app.organisation', true)")


@pytest.fixture
def one(database: Database) -> UUID:
    return an_organisation()


@pytest.fixture
def other(database: Database) -> UUID:
    return an_organisation()


def last_number(organisation: UUID) -> int:
    with acting_for(organisation):
        return int(db.session.scalar(text("select coalesce(max(last), 0) from register_counter")) or 0)


def test_returning_commits(one: UUID):
    with acting_for(one):
        next_reference("breach")
    assert last_number(one) == 1


def test_raising_rolls_back(one: UUID):
    with pytest.raises(KeyError), acting_for(one):
        next_reference("breach")
        raise KeyError
    assert last_number(one) == 0


@pytest.mark.parametrize("way", [KeyboardInterrupt, SystemExit, GeneratorExit])
def test_being_stopped_rolls_back_too(one: UUID, way: type[BaseException]):
    with pytest.raises(way), acting_for(one):
        next_reference("breach")
        raise way
    assert last_number(one) == 0


def test_it_refuses_to_nest_and_the_outer_one_goes_on(one: UUID, other: UUID):
    with acting_for(one):
        with pytest.raises(AlreadyActing), acting_for(other):
            pytest.fail("acted for two at once")
        with pytest.raises(AlreadyActing), acting_for_nobody():
            pytest.fail("acted for somebody and for nobody")
        assert acting_organisation() == one
        next_reference("breach")
    assert last_number(one) == 1


def test_acting_for_nobody_cannot_nest_acting_for_an_organisation(one: UUID):
    with acting_for_nobody(), pytest.raises(AlreadyActing), acting_for(one):
        pytest.fail("nested")


def test_who_is_found_acts_from_then_on_in_the_same_transaction(one: UUID):
    began = []

    def find() -> Acting:
        assert db.session.scalar(ACTING) in (None, "")
        with pytest.raises(RuntimeError, match="no organisation is acting"):
            acting_organisation()
        with pytest.raises(AlreadyActing), acting_for(one):
            pytest.fail("nested")
        began.append(database_now())
        return Acting(one)

    with acting_for_whom(find):
        assert (acting_organisation(), db.session.scalar(ACTING)) == (one, str(one))
        assert began == [database_now()]
        next_reference("breach")
    assert last_number(one) == 1


def test_without_an_organisation_the_transaction_acts_for_none(one: UUID):
    def refuse() -> Acting:
        raise KeyError

    with acting_for_whom(lambda: None), pytest.raises(RuntimeError, match="no organisation is acting"):
        acting_organisation()
    with pytest.raises(KeyError), acting_for_whom(refuse):
        pytest.fail("acted")
    assert last_number(one) == 0


def test_asking_for_the_acting_organisation_without_one_raises(database: Database):
    with acting_for_nobody(), pytest.raises(RuntimeError, match="no organisation is acting"):
        acting_organisation()
    with pytest.raises(RuntimeError, match="no organisation is acting"):
        acting_organisation()


def test_an_open_transaction_is_ended_first(one: UUID):
    db.session.execute(text("select set_config('app.organisation', 'left over', true)"))
    with acting_for(one):
        assert db.session.scalar(ACTING) == str(one)


def test_the_moment_is_the_same_for_the_whole_transaction(one: UUID):
    with acting_for(one):
        assert database_now() == database_now()


def test_calls_after_the_commit_see_it_committed(one: UUID):
    seen = []
    with acting_for(one):
        after_commit(lambda: seen.append(last_number(one)))
        next_reference("breach")
        assert seen == []
    assert seen == [1]


def test_calls_after_the_commit_are_not_made_when_it_is_rolled_back(one: UUID):
    seen: list[int] = []
    with pytest.raises(KeyError), acting_for(one):
        after_commit(lambda: seen.append(1))
        raise KeyError
    with acting_for(one):
        pass
    assert seen == []


def test_after_a_failed_call_the_other_calls_after_the_commit_are_made(one: UUID):
    seen = []

    def fails() -> None:
        raise KeyError

    with acting_for(one):
        after_commit(fails)
        after_commit(lambda: seen.append(last_number(one)))
        next_reference("breach")
    assert seen == [1]


@pytest.fixture
def one_connection(database: Database) -> Iterator[Flask]:
    """An app whose pool is a single connection, so that everybody gets what the last one left."""
    app = Flask("one connection")
    app.config["SQLALCHEMY_DATABASE_URI"] = database.config.database_url
    app.config["SQLALCHEMY_ENGINE_OPTIONS"] = {"pool_size": 1, "max_overflow": 0, "pool_timeout": 1}
    db.init_app(app)
    with app.app_context():
        yield app
        db.session.remove()
        db.engine.dispose()


def test_no_organisation_is_left_in_the_pool(one_connection: Flask, one: UUID):
    with acting_for(one):
        process = db.session.scalar(text("select pg_backend_pid()"))
        next_reference("breach")
    with pytest.raises(KeyError), acting_for(one):
        next_reference("breach")
        raise KeyError
    with db.engine.connect() as connection:
        assert connection.scalar(text("select pg_backend_pid()")) == process
        assert connection.scalar(ACTING) in (None, "")
        assert connection.scalar(text("select count(*) from register_counter")) == 0


def test_the_next_organisation_in_the_pool_sees_only_its_own_rows(one_connection: Flask, one: UUID, other: UUID):
    with acting_for(one):
        next_reference("breach")
    with acting_for(other):
        assert db.session.scalar(text("select count(*) from register_counter")) == 0
        assert db.session.scalar(ACTING) == str(other)

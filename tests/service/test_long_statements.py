"""A statement that takes too long is given up for whoever waits for an answer, and for nobody else."""

from collections.abc import Iterator

import pytest
from flask import Flask
from sqlalchemy import text
from sqlalchemy.exc import OperationalError

from service.admission.access import public
from service.running.app_without_routes import app_without_routes, bind
from service.wiring import LONGEST_STATEMENT_S, create_app
from tenants.database import db
from tests.conftest import Database
from tests.service.caller import refused
from workflows.engine.hints import NoHints, use_hints

SLEEP = text("select pg_sleep(60)")
LIMIT = "select setting::int from pg_settings where name = 'statement_timeout'"


@public
def pause() -> str:
    """A question that takes a minute, where a tenth of a second is the limit."""
    db.session.execute(text("set local statement_timeout = '100ms'"))
    db.session.execute(SLEEP)
    return "after a minute"


@pytest.fixture(scope="module")
def slow(database: Database) -> Iterator[Flask]:
    """The service with a page and a route of the API that take a minute."""
    service = create_app(database.config)
    for number, path in enumerate(("/pause", "/api/pause")):
        service.add_url_rule(path, f"pause{number}", pause)
    yield service
    use_hints(NoHints())
    for_nobody_more(service)


def for_nobody_more(app: Flask) -> None:
    """Its connections are closed: the database of these tests is dropped."""
    with app.app_context():
        db.engine.dispose()


def limit_ms(app: Flask) -> int:
    with app.app_context():
        limit = db.session.execute(text(LIMIT)).scalar_one()
        db.session.rollback()
    return int(limit)


def test_who_waits_for_a_page_reads_calmly_what_to_do(slow: Flask) -> None:
    answer = slow.test_client().get("/pause", headers={"Accept-Language": "nl"})
    assert answer.status_code == 503 and int(answer.headers["Retry-After"]) > 0
    assert "Er is niets opgeslagen. Wacht een paar seconden" in answer.text


def test_a_program_is_told_when_to_try_again(slow: Flask) -> None:
    answer = slow.test_client().get("/api/pause")
    refused(answer, 503, "http.503")
    assert int(answer.headers["Retry-After"]) > 0


def test_the_limit_that_an_app_is_given_ends_a_statement(database: Database) -> None:
    app = Flask("impatient")
    bind(app, database.config, NoHints(), 0.1)
    with app.app_context(), pytest.raises(OperationalError, match="statement timeout"):
        db.session.execute(SLEEP)
    for_nobody_more(app)


def test_the_service_has_a_limit_and_a_worker_or_command_has_none(slow: Flask, database: Database) -> None:
    assert limit_ms(slow) == LONGEST_STATEMENT_S * 1000
    worker = app_without_routes(database.config)
    assert limit_ms(worker) == 0
    for_nobody_more(worker)

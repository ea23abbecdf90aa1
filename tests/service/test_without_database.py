"""The database is gone while people and programs go on asking: each of them reads that it is not possible now."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
import pytest
from flask import Flask
from psycopg.sql import SQL, Identifier
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as NoConnectionFree
from werkzeug.test import TestResponse

from service import create_app
from service.admission.access import COOKIE
from service.embedded.servers import Embedded
from service.http.conflicts import refusal_of
from service.http.headers import PLAIN
from tenants.database import db
from tenants.identity.users import APPROVER
from tenants.isolation import acting_for, acting_for_nobody
from tests.conftest import Database
from tests.house.routes import path_of, routes
from tests.service.caller import Caller, caller_for, refused
from tests.worlds.waiting_approvals import WaitingApprovals
from workflows.engine.advance import complete
from workflows.notification.ap_notification import AP_NOTIFICATION

FIELD = re.compile(r'name="(csrf_token|version|seen)" value="([^"]+)"')
TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')
WORDS = "Even wachten: het is nu te druk"
NEED_NONE = {"GET /healthz": 200, "GET /login/oidc/callback": 403, "GET /metrics": 200}
"""Routes that answer what this walk sends them without the database: nobody who comes back was sent to a provider."""


@contextmanager
def database_gone(servers: Embedded, database: Database) -> Iterator[None]:
    """Its connections are ended, and it takes no others."""
    name = str(database.superuser.url.database)
    ended = "select pg_terminate_backend(pid, 60000) from pg_stat_activity where datname = %s"
    allow = SQL("alter database {} with allow_connections {}")
    database.superuser.dispose()
    with psycopg.connect(servers.postgres.url("postgres"), autocommit=True) as connection:
        connection.execute(allow.format(Identifier(name), SQL("false")))
        connection.execute(ended, [name])
        try:
            yield
        finally:
            connection.execute(allow.format(Identifier(name), SQL("true")))


def answers(app: Flask, officer: Caller, token: str, cookie: str) -> Iterator[tuple[str, TestResponse]]:
    """Every route, asked by the officer: pages with a cookie and a form's token, the API with a bearer."""
    for method, rule in routes(app):
        browser = app.test_client()
        browser.set_cookie(COOKIE, officer.token)
        browser.set_cookie("session", cookie)
        path = path_of(rule).replace("/o/de-linde", f"/o/{officer.slug}")
        is_api = rule.rule.startswith(("/api", "/webhooks"))
        body = {"json": {}} if is_api else {"data": {"csrf_token": token}}
        headers = {"Authorization": f"Bearer {officer.token}", "If-Match": '"1"'}
        sent: dict[str, Any] = body if method != "GET" else {}
        yield f"{method} {rule.rule}", browser.open(path, method=method, headers=headers, **sent)


def test_every_route_answers_503_with_words(
    app: Flask, database: Database, servers: Embedded, officer: Caller
) -> None:
    browser = app.test_client()
    [token, *_] = TOKEN.findall(browser.get("/login").text)
    session = browser.get_cookie("session")
    assert session
    others = {}
    with database_gone(servers, database):
        for where, answer in answers(app, officer, token, session.value):
            assert "default-src 'none'" in answer.headers["Content-Security-Policy"], where
            assert {name: answer.headers[name] for name in PLAIN} == PLAIN, where
            if where == "GET /readyz":
                assert answer.status_code == 503
                continue
            if answer.status_code != 503:
                others[where] = answer.status_code
                continue
            assert int(answer.headers["Retry-After"]) > 0, where
            if answer.content_type == "application/problem+json":
                refused(answer, 503, "http.503")
            else:
                assert WORDS in answer.text and "</html>" in answer.text, where
    assert others == NEED_NONE


def test_a_page_that_is_not_there_is_not_looked_for_in_the_database(
    app: Flask, database: Database, servers: Embedded, officer: Caller
) -> None:
    browser = app.test_client()
    browser.set_cookie(COOKIE, officer.token)
    with database_gone(servers, database):
        for path, status in (("/nowhere", 404), ("/genuine?code=%00", 400)):
            answer = browser.get(path)
            assert answer.status_code == status and "</html>" in answer.text, path
            assert answer.headers["Content-Security-Policy"], path


def test_the_service_goes_on_when_the_database_is_back(
    app: Flask, database: Database, servers: Embedded, officer: Caller
) -> None:
    with database_gone(servers, database):
        refused(officer.get("breaches"), 503, "http.503")
    assert officer.get("breaches").status_code == 200


def test_a_connection_that_is_ended_under_a_request_is_answered_503(app: Flask, officer: Caller) -> None:
    """By who restarts PostgreSQL, in the middle of a transaction."""
    with app.test_request_context("/api/x"), pytest.raises(DBAPIError) as ended, acting_for_nobody():
        db.session.execute(text("select pg_terminate_backend(pg_backend_pid())"))
    assert refusal_of(ended.value) == (503, "http.503")


@pytest.mark.parametrize("path", ["/api/x", "/x"])
def test_without_a_free_connection_the_answer_is_503(app: Flask, path: str) -> None:
    """As SQLAlchemy says it when all connections of the process stay in use."""
    with app.test_request_context(path):
        answer = app.make_response(app.handle_user_exception(NoConnectionFree("QueuePool limit")))
    assert answer.status_code == 503 and int(answer.headers["Retry-After"]) > 0


def test_a_step_that_the_release_did_not_fill_in_waits_for_the_operator(own_database: Database) -> None:
    """For approvers in the API and on the page, and nothing of their act is stored."""
    app, office = create_app(own_database.config), WaitingApprovals()
    own_database.outside("delete from human_step")
    assert office.approver.id
    program = caller_for(app, office.approver.id)
    refused(program.post(f"breaches/{office.breach}/approval", {"agrees": True}), 503, "http.unreleased")
    browser = app.test_client()
    browser.set_cookie(COOKIE, program.token)
    page = f"/o/{program.slug}/breaches/{office.breach}"
    fields = dict(FIELD.findall(browser.get(page).text)) | {"agrees": "true"}
    answer = browser.post(f"{page}/steps/approve", data=fields)
    assert answer.status_code == 503 and "meldketen release" in answer.text and answer.headers["Retry-After"]
    states = "select state from step where name = 'approve' and run_id = :run"
    steps = own_database.outside(states, run=office.runs["ap_notification"])
    assert [row["state"] for row in steps] == ["waiting"]


def test_the_database_refuses_a_step_before_its_act_returns(own_database: Database) -> None:
    house = WaitingApprovals()
    own_database.outside("delete from human_step")
    with pytest.raises(DBAPIError) as refusal, acting_for(house.id):
        try:
            complete(AP_NOTIFICATION, house.breach, "approve", house.approver, APPROVER, {"agrees": True})
        finally:
            db.session.expunge_all()
    assert refusal_of(refusal.value) == (503, "http.unreleased")


def test_a_token_with_a_scope_that_the_release_did_not_fill_in_waits_for_the_operator(own_database: Database) -> None:
    app, office = create_app(own_database.config), WaitingApprovals()
    own_database.outside("delete from token_scope")
    assert office.owner.id
    answer = caller_for(app, office.owner.id).post("tokens", {"name": "Boekhouding", "scopes": ["read"], "days": 30})
    refused(answer, 503, "http.unreleased")

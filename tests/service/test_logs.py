"""A log line tells what happened, where and how long it took; never a name, an address or a value."""

import io
import json
import logging
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import Any
from uuid import UUID, uuid4

import pytest
from flask import Flask
from sqlalchemy.exc import IntegrityError

from service.admission.access import COOKIE
from service.running.logs import configure
from tenants.database import db
from tenants.errors import NotFound
from tenants.identity.users import User
from tenants.isolation import acting_for_nobody
from tests.conftest import Database
from tests.engine.toy import a_workflow, begun, catalogue_of, steps_of
from tests.factories import Office, a_user, an_incident, an_organisation
from tests.service.caller import Caller
from workflows.engine.drain import drain_steps
from workflows.mail.outbox import Outbox
from workflows.running import jobs

Lines = Callable[[], list[dict[str, Any]]]
WHO = "Wilhelmina van Puffelen"
ADDRESS = "wilhelmina@puffelen.example"


@pytest.fixture
def lines() -> Iterator[Lines]:
    """Everything that is logged from now on, by whomever, at DEBUG."""
    root, stream = logging.root, io.StringIO()
    before = (list(root.handlers), root.level, threading.excepthook)
    configure("worker", "DEBUG", stream)
    yield lambda: [json.loads(line) for line in stream.getvalue().splitlines()]
    root.handlers[:], threading.excepthook = before[0], before[2]
    root.setLevel(before[1])


def logger(name: str = "workflows.trial") -> logging.Logger:
    return logging.getLogger(name)


def test_a_line_has_its_ids_and_its_process(lines: Lines) -> None:
    run = uuid4()
    logger().info("step done", extra={"run_id": run, "workflow": "escalation", "seconds": 0.2})
    [line] = lines()
    assert line.items() >= {"event": "step done", "run_id": str(run), "workflow": "escalation", "seconds": 0.2,
                            "level": "info", "logger": "workflows.trial", "process": "worker"}.items()  # fmt: skip
    assert line["pid"] > 0 and line["timestamp"].endswith("Z")


def test_only_what_is_on_the_list_is_written(lines: Lines) -> None:
    values = {"email": ADDRESS, "name_of": WHO, "to": [ADDRESS], "reason": WHO, "answer": {"a": WHO}}
    logger().info("told", extra=values)
    [line] = lines()
    assert line["answer"] == "dict" and not set(line) & {"email", "name_of", "to", "reason"}
    assert WHO not in json.dumps(line)


def test_an_address_is_blacked_out_wherever_it_stands(lines: Lines) -> None:
    logger().warning("bounced: %s", ADDRESS)
    logger("another.library").warning(f"<{ADDRESS}> refused")
    assert [line["event"] for line in lines()] == ["bounced: …", "<…> refused"]


def test_what_another_library_fills_in_is_left_out(lines: Lines) -> None:
    logger("another").info("100%% of %d for %s took %.2f", 3, WHO, 1.5)
    logger("another").info({"name": WHO})
    logger("another").info("%(who)s", {"who": WHO})
    assert [line["event"] for line in lines()] == ["100% of 3 for … took 1.5", "dict", "…"]


def test_a_fault_is_told_by_kind_and_place(lines: Lines, database: Database) -> None:
    known = a_user(WHO)
    with pytest.raises(IntegrityError) as refused, acting_for_nobody():
        db.session.add(User(email=known.email, name=WHO, password_hash="!"))
        db.session.flush()
    assert known.email in str(refused.value), "else this test would prove nothing"
    logger().error("not kept", exc_info=refused.value)
    line = next(line for line in lines() if line["event"] == "not kept")
    assert line["fault"] == ["IntegrityError", "UniqueViolation 23505 app_user app_user_email_key"]
    assert any("test_logs.py" in place for place in line["where"])
    assert WHO not in json.dumps(line) and known.email not in json.dumps(line)


def test_a_refusal_of_ours_has_its_key_and_a_cause_its_kind(lines: Lines) -> None:
    try:
        try:
            raise ValueError(WHO)
        except ValueError as fault:
            raise NotFound("run.unknown", name=WHO) from fault
    except NotFound:
        logger().exception("no")
    assert lines()[0]["fault"] == ["NotFound run.unknown", "ValueError"]


def test_what_ends_a_thread_is_told_without_its_words(lines: Lines) -> None:
    def fall() -> None:
        raise RuntimeError(WHO)

    thread = threading.Thread(target=fall)
    thread.start()
    thread.join()
    assert [(line["event"], line["fault"]) for line in lines()] == [("thread ended", ["RuntimeError"])]


def test_a_step_that_fails_has_its_run_and_its_step(lines: Lines, database: Database) -> None:
    def refuse(_: list[Any]) -> list[UUID]:
        raise ValueError(f"{WHO} <{ADDRESS}>")

    toys, organisation = a_workflow(does=refuse), an_organisation()
    begun(organisation, toys)
    drain_steps(organisation, catalogue_of(toys), uuid4())
    [line] = [line for line in lines() if line["event"] == "step failed"]
    [step] = steps_of(database, organisation)
    assert (line["run_ids"], line["step_ids"]) == ([str(step["run_id"])], [str(step["id"])])
    assert (line["workflow"], line["step"], line["fault"]) == ("toy", "work", ["ValueError"])
    assert WHO not in json.dumps(lines())


def test_a_request_is_told_by_its_route(lines: Lines, app: Flask, office: Office, officer: Caller) -> None:
    officer.get("incidents")
    app.test_client().get(f"/genuine?code={WHO}")
    app.test_client().get(f"/receipt/{WHO}")
    requests = [line for line in lines() if line["event"] == "request"]
    routes = [(line["method"], line["route"], line["status"]) for line in requests]
    assert routes == [("GET", "/api/o/<organisation>/incidents", 200), ("GET", "/genuine", 200),
                      ("GET", "/receipt/<token>", 404)]  # fmt: skip
    assert requests[0]["organisation_id"] == str(office.id) and len({line["request"] for line in requests}) == 3
    assert officer.slug not in json.dumps(lines()) and WHO not in json.dumps(lines())


def test_a_step_done_by_machine_and_by_person_is_told(
    lines: Lines, office: Office, officer: Caller, own_breach: UUID, outbox: Outbox
) -> None:
    an_incident(office)
    jobs.drain(str(office.id))
    officer.post(f"breaches/{own_breach}/assessment", {"risk": "unlikely", "reason": WHO})
    by_event = {line["event"]: line for line in lines()}
    assert by_event["steps done"]["workflow"] == "escalation" and len(by_event["steps done"]["run_ids"]) == 3
    assert by_event["batch sent"]["answer"] == "Accepted"
    assert WHO not in json.dumps(lines())


def test_no_secret_reaches_a_line_however_it_is_sent(lines: Lines, app: Flask, officer: Caller) -> None:
    """In a header, a cookie, a body, an address, a form; also where it cannot be read, and where something breaks."""
    secret = "geheim-7f3a91c2-en-niemand-anders"
    browser = app.test_client()
    browser.set_cookie(COOKIE, secret)
    bearer = {"Authorization": f"Bearer {secret}", "Idempotency-Key": secret, "User-Agent": secret}
    for path in (f"/receipt/{secret}", f"/password-reset/{secret}", f"/login?next=/{secret}", f"/o/{secret}/register"):
        browser.get(path, headers={"Referer": f"http://localhost/{secret}"})
    for path in ("/api/session", f"/api/invitations/{secret}", f"/api/o/{officer.slug}/breaches", "/webhooks/sendgrid"):
        browser.post(path, json={"email": WHO, "password": secret, "code": secret}, headers=bearer)
        browser.post(path, data=f"{{{secret}", content_type="application/json", headers=bearer)
    browser.post("/login", data={"email": ADDRESS, "password": secret, "csrf_token": secret})
    with app.test_request_context("/x", headers=bearer), suppress(ValueError):
        app.handle_user_exception(ValueError(f"{secret} {officer.token}"))
    logged = json.dumps(lines())
    assert logged.count('"request"') > 10
    assert secret not in logged and officer.token not in logged and WHO not in logged and ADDRESS not in logged

"""What a person settles through the API: mail of unknown fate, and a step that failed for good."""

from typing import Any
from uuid import uuid4

import pytest
from flask import Flask

from tenants.history.entries import of_subject
from tenants.identity.users import AUDITOR
from tenants.isolation import acting_for
from tests.conftest import Database
from tests.factories import Office, a_member, an_incident, an_office, an_organisation, sendgrid_tells
from tests.open_decisions import (
    a_sent_notice,
    fail_for_good,
    let_an_hour_pass,
    let_another_build_begin_them,
    let_days_pass,
    send_with_unknown_outcome,
)
from tests.service.caller import Caller, caller_for, keys, refused
from workflows.mail.outbox import Outbox
from workflows.running.jobs import drain

AGAIN = {"choice": "resend", "reason": "Nagevraagd: er is niets verstuurd"}
MENDED = {"reason": "De printer is vervangen"}


def a_caller(app: Flask, organisation: Any, *role: str) -> Caller:
    member = a_member(organisation, *role)
    assert member.id
    return caller_for(app, member.id)


@pytest.fixture
def firm(app: Flask) -> Office:
    """An office of this test alone, with an incident that hits its client."""
    office = an_office(1)
    an_incident(office)
    return office


@pytest.fixture
def fenna(app: Flask, firm: Office) -> Caller:
    """Its privacy officer."""
    assert firm.officer.id
    return caller_for(app, firm.officer.id)


@pytest.fixture
def batch(firm: Office, fenna: Caller, outbox: Outbox) -> dict[str, Any]:
    """Its one mail, of which nobody knows what became."""
    send_with_unknown_outcome(firm.id, outbox)
    [mail_question] = fenna.get("mail-questions").json["items"]
    return dict(mail_question)


def test_a_question_comes_with_its_evidence(batch: dict[str, Any]) -> None:
    assert (batch["purpose"], batch["state"], batch["wrong"]) == ("escalation", "unknown", "no_answer")
    assert (batch["people"], batch["people_in_all"], batch["events"], batch["attempt"]) == (1, 1, 0, 1)
    assert batch["choices"] == ["resend", "give_up"] and batch["evidence_until"] > batch["answered_at"]
    assert (batch["about"]["kind"], batch["about"]["title"]) == ("escalation", "Client 1")


def test_while_events_may_come_it_is_not_sent_again(fenna: Caller, batch: dict[str, Any]) -> None:
    answer = fenna.post(f"mail-questions/{batch['id']}/settlement", AGAIN)
    assert answer.status_code == 422 and keys(answer) == [("choice", "mail.evidence_may_come")]


def test_after_it_somebody_sends_it_again_once(
    database: Database, firm: Office, fenna: Caller, batch: dict[str, Any], outbox: Outbox
) -> None:
    let_an_hour_pass(database, firm.id)
    path, once = f"mail-questions/{batch['id']}/settlement", {"Idempotency-Key": uuid4().hex}
    assert fenna.post(path, AGAIN, headers=once).json == {"people": 1}
    again = fenna.post(path, AGAIN, headers=once)
    assert again.status_code == 200 and again.headers["Idempotency-Replayed"] == "true"
    refused(fenna.post(path, AGAIN), 409, "mail.already_decided")
    while drain(str(firm.id)):
        pass
    assert len(outbox.mails) == 2 and fenna.get("mail-questions").json["items"] == []
    with acting_for(firm.id):
        [entry] = [entry for entry in of_subject(batch["about"]["id"]) if entry.what == "mail.settled"]
    assert (entry.details["choice"], entry.details["reason"]) == ("resend", AGAIN["reason"])


@pytest.mark.parametrize(
    ("body", "fault"),
    [
        ({"choice": "give_up"}, ("reason", "field.reason_required")),
        ({"choice": "give_up", "reason": "  "}, ("reason", "field.reason_required")),
        ({"choice": "resume", "reason": "x"}, ("choice", "field.not_a_choice")),
        ({"choice": "burn", "reason": "x"}, ("choice", "field.not_a_choice")),
    ],
)
def test_what_is_refused_stays_open(fenna: Caller, batch: dict[str, Any], body: Any, fault: Any) -> None:
    answer = fenna.post(f"mail-questions/{batch['id']}/settlement", body)
    assert answer.status_code == 422 and keys(answer) == [fault]
    assert len(fenna.get("mail-questions").json["items"]) == 1


def test_only_its_own_officer_settles(app: Flask, firm: Office, fenna: Caller, batch: dict[str, Any]) -> None:
    path, body = f"mail-questions/{batch['id']}/settlement", {"choice": "give_up", "reason": "We bellen"}
    looks, other = a_caller(app, firm.id, AUDITOR), a_caller(app, an_organisation())
    refused(looks.post(path, body), 403, "role.not_enough")
    refused(other.post(path, body), 404, "mail.unknown")
    refused(other.post(f"/api/o/{fenna.slug}/{path}", body), 404, "organisation.unknown")
    assert other.get("mail-questions").json == {"items": [], "unheard": []}
    assert len(looks.get("mail-questions").json["items"]) == 1
    assert fenna.post(path, body).json == {"people": 1}


def test_a_notice_whose_last_events_never_came_is_settled(
    app: Flask, database: Database, firm: Office, fenna: Caller, outbox: Outbox
) -> None:
    notice = a_sent_notice(firm.id, outbox, 3)
    sendgrid_tells(outbox.mails[-1:], "processed")
    let_days_pass(database, firm.id)
    [unheard] = fenna.get("mail-questions").json["unheard"]
    assert (unheard["people"], unheard["people_in_all"], unheard["about"]["kind"]) == (3, 3, "notice")
    assert [(state["state"], state["people"]) for state in unheard["states"]] == [("processed", 3)] and unheard["since"]
    assert len(unheard["batches"]) == 1 and unheard["choices"] == ["wait", "count_as_not_reached"]
    path = f"mail-questions/notices/{notice}/settlement"
    body = {"choice": "count_as_not_reached", "reason": "Wij sturen een brief"}
    refused(a_caller(app, firm.id, AUDITOR).post(path, body), 403, "role.not_enough")
    refused(a_caller(app, an_organisation()).post(path, body), 404, "notice.unknown")
    assert keys(fenna.post(path, body | {"choice": "resend"})) == [("choice", "field.not_a_choice")]
    once = {"Idempotency-Key": uuid4().hex}
    assert fenna.post(path, body, headers=once).json == {"people": 3}
    assert fenna.post(path, body, headers=once).headers["Idempotency-Replayed"] == "true"
    refused(fenna.post(path, body), 409, "mail.already_decided")
    while drain(str(firm.id)):
        pass
    shown = fenna.get(f"notices/{notice}").json
    assert shown["sums"]["unconfirmed"] == 3 == sum(shown["sums"].values()) and shown["run"]["state"] == "done"
    sendgrid_tells(outbox.mails[-1:])
    shown = fenna.get(f"notices/{notice}").json
    assert shown["sums"]["delivered"] == 3 == sum(shown["sums"].values())


def test_all_that_failed_alike_is_tried_again(
    app: Flask, database: Database, firm: Office, fenna: Caller, outbox: Outbox
) -> None:
    fail_for_good(database, firm.id, "escalation", "inform")
    alike = {"workflow": "escalation", "step": "inform", "wrong": "unforeseen"}
    assert fenna.get("failed-steps").json == {"items": [alike | {"steps": 1}]}
    refused(a_caller(app, firm.id, AUDITOR).post("failed-steps/retry", alike | MENDED), 403, "role.not_enough")
    refused(a_caller(app, an_organisation()).post("failed-steps/retry", alike | MENDED), 409, "step.already_done")
    assert keys(fenna.post("failed-steps/retry", alike)) == [("reason", "field.reason_required")]
    once = {"Idempotency-Key": uuid4().hex}
    assert fenna.post("failed-steps/retry", alike | MENDED, headers=once).json == {"steps": 1}
    assert fenna.post("failed-steps/retry", alike | MENDED, headers=once).json == {"steps": 1}
    assert fenna.get("failed-steps").json == {"items": []}
    while drain(str(firm.id)):
        pass
    assert len(outbox.mails) == 1


def test_a_failed_step_is_tried_again(
    app: Flask, database: Database, firm: Office, fenna: Caller, outbox: Outbox
) -> None:
    path = f"runs/{fail_for_good(database, firm.id, 'escalation', 'inform')}/retry"
    refused(a_caller(app, firm.id, AUDITOR).post(path, MENDED), 403, "role.not_enough")
    refused(a_caller(app, an_organisation()).post(path, MENDED), 404, "run.unknown")
    assert keys(fenna.post(path, {})) == [("reason", "field.reason_required")]
    opened = fenna.post(path, MENDED)
    assert (opened.status_code, opened.json["step"]) == (200, "inform"), opened.text
    assert [(step["state"], step["attempt"]) for step in opened.json["steps"]] == [("failed", 8), ("ready", 0)]
    refused(fenna.post(path, MENDED), 409, "step.already_done")
    while drain(str(firm.id)):
        pass
    assert len(outbox.mails) == 1


def test_what_began_in_another_build_is_left_alone(database: Database, firm: Office, fenna: Caller) -> None:
    run = fail_for_good(database, firm.id, "escalation", "inform")
    let_another_build_begin_them(database, firm.id)
    refused(fenna.post(f"runs/{run}/retry", MENDED), 409, "run.unknown_definition")

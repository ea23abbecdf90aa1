"""A controller's register through the API: from a breach to the decision and the authority's number."""

from collections.abc import Callable
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import text

from tests import factories
from tests.conftest import WITHIN_S, Database, until
from tests.factories import Office
from tests.service.caller import Caller, a_told_client, keys, refused

RISK = factories.an_assessment("risk")
UNLIKELY = factories.an_assessment("unlikely")
NOTIFY = {"decision": "notify", "reason": "Er is een risico", "answers": {"summary": "Kwijt"}}
AGREED = {"agrees": True}


@pytest.fixture
def path(own_breach: UUID) -> str:
    """Where this test's breach is."""
    return f"breaches/{own_breach}"


def test_from_a_breach_to_the_authoritys_number(
    officer: Caller, approver: Caller, handler: Caller, moment: Callable[[float], str]
) -> None:
    opened = officer.post("breaches", {
        "title": "Mail aan de verkeerde", "found_at": moment(2), "became_aware_at": moment(1),
        "description": "Loonstroken", "people": 12, "facts": {"data": ["payroll"]},
    })  # fmt: skip
    assert (opened.status_code, opened.json["people_max"], opened.json["run"]["step"]) == (201, 12, "assess")
    path = f"breaches/{opened.json['id']}"
    assert officer.post(f"{path}/assessment", RISK).json["run"]["step"] == "draft"
    assert officer.post(f"{path}/draft", NOTIFY).json["draft"] == {"answers": NOTIFY["answers"]}
    assert approver.post(f"{path}/approval", AGREED).json["decided_at"]
    sent = handler.post(f"{path}/submission", {"submitted_at": moment(0), "authority_number": "AP-1"})
    assert (sent.status_code, sent.json["authority_number"], sent.json["run"]["state"]) == (200, "AP-1", "done")
    [clock] = sent.json["run"]["clocks"]
    assert (clock["name"], clock["state"]) == ("notify-authority", "met")
    acts = [entry["what"] for entry in officer.get(f"{path}/history").json["items"]]
    steps = ("assess", "draft", "approve", "submit")
    assert acts == ["breach.opened", *(f"ap_notification.{step}" for step in steps)]


def test_not_to_notify_is_only_for_an_unlikely_risk(officer: Caller, approver: Caller, path: str) -> None:
    officer.post(f"{path}/assessment", RISK)
    no = {"decision": "do_not_notify", "reason": "Versleuteld"}
    refused(officer.post(f"{path}/draft", no), 422, "decision.duty_to_notify")
    officer.post(f"{path}/assessment", UNLIKELY)
    assert officer.post(f"{path}/draft", no).status_code == 200
    assert approver.post(f"{path}/approval", AGREED).json["run"]["state"] == "exempt"


def test_a_person_cannot_approve_their_own_draft(owner: Caller, approver: Caller, path: str) -> None:
    owner.post(f"{path}/assessment", RISK)
    owner.post(f"{path}/draft", NOTIFY)
    refused(owner.post(f"{path}/approval", AGREED), 403, "step.four_eyes")
    assert keys(approver.post(f"{path}/approval", {"agrees": False})) == [("reason", "field.reason_required")]
    returned = approver.post(f"{path}/approval", {"agrees": False, "reason": "Te kort"})
    assert returned.json["run"]["step"] == "draft"


def test_approving_and_sending_need_a_proof_of_a_moment_ago(
    officer: Caller, approver: Caller, handler: Caller, path: str, moment: Callable[[float], str],
    database: Database,
) -> None:  # fmt: skip
    aged, sent = "update login_session set proof_at = now() - interval '301 seconds'", {"authority_number": "AP-3"}
    database.outside(aged)
    officer.post(f"{path}/assessment", RISK)
    assert officer.post(f"{path}/draft", NOTIFY).status_code == 200, "preparing needs none"
    refused(approver.post(f"{path}/approval", AGREED), 403, "step.prove_again")
    database.outside("update login_session set proof_at = now()")
    assert approver.post(f"{path}/approval", AGREED).status_code == 200
    database.outside(aged)
    late = handler.post(f"{path}/submission", sent | {"submitted_at": moment(0)})
    refused(late, 403, "step.prove_again")
    database.outside("update login_session set proof_at = now()")
    assert handler.post(f"{path}/submission", sent | {"submitted_at": moment(0)}).status_code == 200


def test_a_role_keeps_to_its_steps(approver: Caller, reader: Caller, path: str) -> None:
    refused(approver.post(f"{path}/assessment", RISK), 403, "role.not_enough")
    refused(reader.post(f"{path}/assessment", RISK), 403, "role.not_enough")
    refused(reader.post(f"{path}/notice"), 403, "role.not_enough")
    refused(reader.post(f"{path}/receipt"), 403, "role.not_enough")
    assert reader.get(path).status_code == 200


def test_deciding_twice_is_refused(
    officer: Caller, approver: Caller, path: str, moment: Callable[[float], str]
) -> None:
    refused(approver.post(f"{path}/approval", AGREED), 409, "step.already_done")
    officer.post(f"{path}/assessment", RISK)
    officer.post(f"{path}/draft", NOTIFY)
    approver.post(f"{path}/approval", AGREED)
    refused(approver.post(f"{path}/approval", AGREED), 409, "step.already_done")


def test_late_goes_with_its_reasons(
    officer: Caller, approver: Caller, handler: Caller, office: Office, moment: Callable[[float], str]
) -> None:
    path = f"breaches/{factories.an_own_breach(office.id, office.officer, hours_ago=80)}"
    officer.post(f"{path}/assessment", RISK)
    officer.post(f"{path}/draft", NOTIFY)
    approver.post(f"{path}/approval", AGREED)
    sent = {"submitted_at": moment(0), "authority_number": "AP-2"}
    assert keys(handler.post(f"{path}/submission", sent)) == [("late_reason", "submission.late_reason_required")]
    before = sent | {"submitted_at": moment(99)}
    assert keys(handler.post(f"{path}/submission", before)) == [("submitted_at", "submission.before_awareness")]
    done = handler.post(f"{path}/submission", sent | {"late_reason": "Weekend"})
    assert done.json["late_reason"] == "Weekend"


@pytest.mark.parametrize(
    ("act", "body", "field"),
    [
        ("assessment", {"risk": "low", "reason": "x"}, "risk"), ("assessment", {"risk": "risk"}, "reason"),
        ("draft", {"decision": "misschien", "reason": "x"}, "decision"), ("approval", {}, "agrees"),
        ("draft", {"decision": "notify", "reason": "x", "answers": {"grap": 1}}, "answers.grap"),
        ("draft", {"decision": "notify", "reason": "x", "answers": {"summary": "\x00"}}, "answers.summary"),
        ("assessment", RISK | {"severity_answers": {"integrity": "x"}}, "severity_answers.integrity"),
        ("assessment", RISK | {"authority_severity": "minor"}, "authority_severity"),
        ("assessment", {"risk": "risk", "reason": "x", "people_min": 3}, "facts"),
        ("assessment", RISK | {"risk": "unlikely"}, "departure_reason"),
        ("submission", {"submitted_at": "2999-01-01T00:00Z", "authority_number": "1"}, "submitted_at"),
    ],
)  # fmt: skip
def test_each_act_is_checked(owner: Caller, path: str, act: str, body: dict[str, Any], field: str) -> None:
    answer = owner.post(f"{path}/{act}", body)
    assert [name for name, _ in keys(answer)] == [field]


def test_the_version_is_the_etag(officer: Caller, path: str) -> None:
    first = officer.get(path).headers["ETag"]
    done = officer.post(f"{path}/assessment", RISK, headers={"If-Match": first})
    assert (done.status_code, done.headers["ETag"]) == (200, f'"{done.json["version"]}"')
    for old in (first, '"0"', '"x"', 'W/"2"', '"1", "2"'):
        refused(officer.post(f"{path}/draft", NOTIFY, headers={"If-Match": old}), 412, "version.out_of_date")
    good = done.headers["ETag"]
    assert officer.post(f"{path}/draft", NOTIFY, headers={"If-Match": good}).status_code == 200
    refused(officer.post(f"{path}/draft", NOTIFY, headers={"If-Match": good}), 412, "version.out_of_date")
    assert officer.post(f"{path}/draft", NOTIFY, headers={"If-Match": "*"}).status_code == 200
    assert officer.get(path).json["run"]["step"] == "approve"


def test_a_repeated_request_is_done_once(officer: Caller, path: str) -> None:
    key = {"Idempotency-Key": uuid4().hex}
    first = officer.post(f"{path}/assessment", RISK, headers=key)
    again = officer.post(f"{path}/assessment", RISK, headers=key)
    assert (again.status_code, again.json) == (200, first.json)
    assert officer.get(path).json["version"] == first.json["version"]
    other = officer.post(f"{path}/assessment", RISK | {"risk": "high"}, headers=key)
    refused(other, 422, "idempotency.other_request")


def test_a_refused_request_keeps_its_key(officer: Caller, path: str) -> None:
    key = {"Idempotency-Key": uuid4().hex}
    assert officer.post(f"{path}/assessment", {"risk": "x"}, headers=key).status_code == 422
    assert officer.post(f"{path}/assessment", RISK, headers=key).status_code == 200


def test_receipt_is_confirmed_once(app: Any, office: Office) -> None:
    _, member = a_told_client(app, office)
    [row] = member.get("breaches").json["items"]
    assert (row["origin"], row["became_aware_at"]) == ("escalated", None)
    path = f"breaches/{row['id']}"
    refused(member.post(f"{path}/assessment", RISK), 422, "breach.confirm_receipt_first")
    first = member.post(f"{path}/receipt")
    assert (first.status_code, bool(first.json["acknowledged_at"])) == (200, True), first.text
    assert member.post(f"{path}/receipt").json == first.json


def test_of_receipts_at_the_same_moment_each_hears_the_one_that_stands(
    app: Any, office: Office, database: Database
) -> None:
    _, member = a_told_client(app, office)
    row = max(member.get("breaches").json["items"], key=lambda row: row["reference"])  # told just now
    with database.superuser.begin() as connection:
        held = {"b": row["id"]}
        connection.execute(text("select from escalation where breach_id = :b for update"), held)
        answers = [database.elsewhere(member.post, f"breaches/{row['id']}/receipt") for _ in range(2)]
        until(lambda: database.blocked() >= len(answers))
    moments = {answer.result(WITHIN_S).json["acknowledged_at"] for answer in answers}
    assert len(moments) == 1 and None not in moments


def test_an_unknown_breach_or_address_is_answered_404_and_an_unknown_method_405(officer: Caller) -> None:
    refused(officer.get(f"breaches/{uuid4()}"), 404, "breach.unknown")
    refused(officer.get("breaches/7"), 404, "http.404")
    refused(officer.post(f"breaches/{uuid4()}/assessment", RISK), 404, "breach.unknown")
    refused(officer.get("/api/nergens"), 404, "http.404")
    refused(officer.call("PATCH", "breaches"), 405, "http.405")

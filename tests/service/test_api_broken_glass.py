"""Breaking the glass through the API: alone, with a reason and a fresh proof; told; reviewed by somebody else."""

import csv
import io
from typing import Any
from uuid import UUID

import pytest
from flask import Flask

from service.evidence.page import page_of
from tenants.database import db
from tenants.identity.invitations import new_invitation
from tenants.identity.users import APPROVER, AUDITOR, FG, HANDLER, OWNER, PRIVACY_OFFICER
from tenants.isolation import acting_for, acting_for_nobody
from tenants.register.breaches import breach
from tests.conftest import Database
from tests.factories import NOTICE_TEXT, a_member, an_assessment
from tests.service.caller import Caller, caller_for, keys, refused
from tests.service.worlds import AGREED, NOTIFY, READERS, EveryRole
from workflows.evidence.evidence import gather
from workflows.mail.outbox import Outbox
from workflows.running.jobs import drain

WHY = "Iedereen is ziek en de termijn loopt vannacht af"


@pytest.fixture
def house(app: Flask, database: Database) -> EveryRole:
    """Its owner drafted the decision: nobody else was there."""
    there = EveryRole(app, database)
    there.drafted(by=OWNER)
    return there


def alone(house: EveryRole, role: str = OWNER, why: str = WHY, **step: Any) -> Any:
    return house.callers[role].post(f"{house.path}/broken-glass", {"alone_reason": why} | step)


def test_an_owner_approves_and_submits_alone_and_it_stays_open(house: EveryRole, outbox: Outbox) -> None:
    owner = house.callers[OWNER]
    refused(owner.post(f"{house.path}/approval", AGREED), 403, "step.four_eyes")
    assert alone(house, approval=AGREED).json["decided_at"]
    sent = alone(house, submission={"submitted_at": house.moment(0), "authority_number": "AP-1"})
    assert sent.json["run"]["state"] == "done", sent.text
    acts = [entry["what"] for entry in owner.get(f"{house.path}/history").json["items"]]
    assert acts[-4:] == ["ap_notification.approve", "glass.broken", "ap_notification.submit", "glass.broken"]
    rows = owner.get("broken-glass").json["items"]
    assert [(row["step"], row["reason"], row["reviewed_at"]) for row in rows] == [
        ("submit", WHY, None), ("approve", WHY, None),
    ]  # fmt: skip


def test_everybody_who_may_review_is_mailed_except_who_did_it(house: EveryRole, outbox: Outbox, app: Flask) -> None:
    a_member(house.id, FG, "Fatima")
    alone(house, approval=AGREED)
    with app.app_context():
        drain(str(house.id))
    [mail] = [mail for mail in outbox.mails if "alleen" in mail.subject]
    assert sorted(person.name for person in mail.people) == ["Bram", "Fatima", "Fenna"]
    assert all("Linde" in person.substitutions.values() for person in mail.people)
    assert WHY not in mail.text


@pytest.mark.parametrize("role", [PRIVACY_OFFICER, APPROVER, HANDLER, AUDITOR])
def test_only_an_owner_does_alone_what_takes_two(house: EveryRole, role: str) -> None:
    refused(alone(house, role, approval=AGREED), 403, "role.not_enough")


def test_a_fresh_proof_is_needed_and_nothing_is_half_done(house: EveryRole) -> None:
    house.database.outside("update login_session set proof_at = now() - interval '5 minutes 1 second'")
    refused(alone(house, approval=AGREED), 403, "step.prove_again")
    assert house.callers[OWNER].get("broken-glass").json["items"] == []


@pytest.mark.parametrize(
    ("body", "fault"),
    [
        ({"alone_reason": "Haast", "approval": AGREED}, ("alone_reason", "glass.reason_too_short")),
        ({"alone_reason": "", "approval": AGREED}, ("alone_reason", "field.reason_required")),
        ({"alone_reason": WHY}, ("alone_reason", "glass.one_step")),
        ({"alone_reason": WHY, "approval": AGREED, "submission": {}}, ("submission.submitted_at", "field.required")),
        ({"alone_reason": WHY, "approval": {}}, ("approval.agrees", "field.required")),
        ({"alone_reason": WHY, "draft": {}}, ("draft", "field.unknown")),
    ],
)
def test_what_is_wrong_is_told_at_its_field(house: EveryRole, body: dict[str, Any], fault: tuple[str, str]) -> None:
    assert fault in keys(house.callers[OWNER].post(f"{house.path}/broken-glass", body))
    assert house.callers[OWNER].get("broken-glass").json["items"] == []


def test_who_may_simply_do_it_breaks_nothing(app: Flask, database: Database) -> None:
    there = EveryRole(app, database)
    there.drafted()
    refused(alone(there, approval=AGREED), 422, "glass.not_needed")
    submission = {"submitted_at": there.moment(0), "authority_number": "1"}
    refused(alone(there, submission=submission), 422, "glass.not_needed")


def test_a_review_is_somebody_elses_and_closed_once(house: EveryRole) -> None:
    alone(house, approval=AGREED)
    owner, [row] = house.callers[OWNER], house.callers[AUDITOR].get("broken-glass").json["items"]
    path, finding = f"broken-glass/{row['id']}/review", {"finding": "Het was nodig, en juist."}
    refused(owner.post(path, finding), 403, "glass.review_by_another")
    for role in (HANDLER, AUDITOR):
        refused(house.callers[role].post(path, finding), 403, "role.not_enough")
    assert keys(house.callers[APPROVER].post(path, {"finding": " "})) == [("finding", "field.required")]
    done = house.callers[APPROVER].post(path, finding)
    assert done.status_code == 200, done.text
    assert done.json["reviewed_by_name"] == "Bram"
    refused(house.callers[PRIVACY_OFFICER].post(path, finding), 409, "step.already_done")
    entry = owner.get(f"{house.path}/history").json["items"][-1]
    assert (entry["what"], entry["details"]["finding"]) == ("glass.reviewed", finding["finding"])


def test_the_deputy_of_who_did_it_does_not_review_it_as_such(house: EveryRole) -> None:
    alone(house, approval=AGREED)
    house.appoint(of=OWNER, by=HANDLER)
    [row] = house.callers[OWNER].get("broken-glass").json["items"]
    path = f"broken-glass/{row['id']}/review"
    refused(house.callers[HANDLER].post(path, {"finding": "Goed."}), 403, "glass.review_by_another")


def test_of_a_notice_one_act_is_done_alone_and_the_other_by_a_second_person(app: Flask, database: Database) -> None:
    there = EveryRole(app, database)
    owner = there.callers[OWNER]
    path = f"notices/{owner.post(f'{there.path}/notice').json['id']}"
    owner.put(f"{path}/recipients", READERS)
    owner.put(f"{path}/text", NOTICE_TEXT)
    answer = owner.post(f"{path}/broken-glass", {"alone_reason": WHY, "approval": AGREED})
    assert answer.status_code == 200 and answer.json["run"]["step"] == "release", answer.text
    refused(owner.post(f"{path}/broken-glass", {"alone_reason": WHY, "release": {}}), 422, "glass.second_person")
    answer = there.callers[HANDLER].post(f"{path}/release", {})
    assert answer.json["run"]["step"] == "send"
    assert {row["workflow"] for row in owner.get("broken-glass").json["items"]} == {"bulk_notice"}


def test_an_act_alone_of_another_organisation_is_answered_404(house: EveryRole, stranger: Caller) -> None:
    alone(house, approval=AGREED)
    [row] = house.callers[OWNER].get("broken-glass").json["items"]
    refused(stranger.post(f"broken-glass/{row['id']}/review", {"finding": "x"}), 404, "glass.unknown")
    values = {"alone_reason": WHY, "approval": AGREED}
    refused(stranger.post(f"{house.path}/broken-glass", values), 404, "breach.unknown")
    assert stranger.get("broken-glass").json["items"] == []


@pytest.mark.parametrize("risk", ["risk", "high"])
def test_who_is_alone_meets_the_duty_to_the_authority_in_one_act(app: Flask, database: Database, risk: str) -> None:
    there = EveryRole(app, database)
    owner = there.callers[OWNER]
    owner.post(f"{there.path}/assessment", an_assessment(risk))
    sent = {"submitted_at": there.moment(0), "authority_number": "AP-1"}
    values = {"alone_reason": WHY, "submission": sent}
    refused(owner.post(f"{there.path}/alone", values), 422, "alone.not_this_decision")
    owner.post(f"{there.path}/draft", NOTIFY)
    refused(there.callers[PRIVACY_OFFICER].post(f"{there.path}/alone", values), 403, "role.not_enough")
    assert keys(owner.post(f"{there.path}/alone", {"alone_reason": WHY})) == [("submission", "field.required")]
    short = owner.post(f"{there.path}/alone", values | {"alone_reason": "Haast"})
    assert keys(short) == [("alone_reason", "glass.reason_too_short")]
    assert owner.get(there.path).json["decided_at"] is None, "nothing is half done"
    done = owner.post(f"{there.path}/alone", values)
    assert done.status_code == 200 and done.json["run"]["state"] == "done", done.text
    assert (done.json["notice_id"] is not None) == (risk == "high")
    entries = owner.get(f"{there.path}/history").json["items"]
    alone = [entry["details"]["steps"] for entry in entries if entry["what"] == "glass.broken"]
    assert alone == [["approve", "submit"]]
    [row] = owner.get("broken-glass").json["items"]
    assert (row["steps"], row["step"], row["reason"]) == (["approve", "submit"], "submit", WHY)


def test_one_act_is_reviewed_once_and_the_mark_stays(app: Flask, database: Database) -> None:
    there = EveryRole(app, database)
    owner = there.callers[OWNER]
    there.drafted(by=OWNER)
    sent = {"submitted_at": there.moment(0), "authority_number": "AP-1"}
    done = owner.post(f"{there.path}/alone", {"alone_reason": WHY, "submission": sent})
    [mark] = done.json["done_alone"]
    assert (mark["steps"], mark["by_name"], mark["reviewed_at"]) == (["approve", "submit"], "Linde", None)
    [row] = owner.get("broken-glass").json["items"]
    reviewed = there.callers[APPROVER].post(f"broken-glass/{row['id']}/review", {"finding": "Het was nodig."})
    assert reviewed.status_code == 200, reviewed.text
    refused(there.callers[PRIVACY_OFFICER].post(f"broken-glass/{row['id']}/review", {"finding": "x"}), 409,
            "step.already_done")  # fmt: skip
    [row] = owner.get("broken-glass").json["items"]
    assert (row["steps"], row["review"]) == (["approve", "submit"], "Het was nodig.")
    rows = database.outside("select review from broken_glass where organisation_id = :o", o=there.id)
    assert [row["review"] for row in rows] == ["Het was nodig."] * 2, "every step of the act is closed"
    entries = [entry for entry in owner.get(f"{there.path}/history").json["items"] if entry["what"] == "glass.reviewed"]
    assert [entry["details"]["steps"] for entry in entries] == [["approve", "submit"]]
    [listed] = owner.get("breaches").json["items"]
    for shown in (listed, owner.get(there.path).json):
        [mark] = shown["done_alone"]
        assert (mark["by_name"], mark["reviewed_by_name"]) == ("Linde", "Bram") and mark["reviewed_at"]
    with acting_for(there.id):
        evidence = gather(breach(UUID(there.path.removeprefix("breaches/"))))
        page = page_of(evidence, "nl")
        steps = "Besluit goedkeuren, Melding versturen en vastleggen"
        assert f"Alleen gedaan: {steps}, door Linde" in page and "Later bekeken door Bram" in page
    [line] = csv.DictReader(io.StringIO(owner.get("breaches.csv").get_data().decode("utf-8-sig")), delimiter=";")
    acts = "Approve the decision, Send the notification and record it"
    assert line["Done by one person"] == f"done alone: {acts}; later reviewed by Bram"
    assert line["Facts became known after the approval"] == "No"


def test_deciding_alone_is_refused_where_a_second_person_could_decide(app: Flask, database: Database) -> None:
    there = EveryRole(app, database)
    there.drafted()
    values = {"alone_reason": WHY, "submission": {"submitted_at": there.moment(0), "authority_number": "AP-1"}}
    refused(there.callers[OWNER].post(f"{there.path}/alone", values), 422, "glass.not_needed")


def test_a_second_mailbox_of_who_did_it_closes_nothing_the_same_day(
    house: EveryRole, app: Flask, database: Database
) -> None:
    """The owner acts alone, invites a mailbox of their own as FG, and wants to review: on the first day too."""
    alone(house, approval=AGREED)
    owner = house.people[OWNER].id
    with acting_for_nobody():
        token, row = new_invitation(house.id, "directie+fg@evil.example", FG)
        row.invited_by = owner
        db.session.add(row)
    values = {"name": "Nieuwe FG", "password": "een lange zin als wachtwoord"}
    assert app.test_client().post(f"/api/invitations/{token}", json=values).status_code == 201
    [new] = database.outside("select id from app_user where email = 'directie+fg@evil.example'")
    mails = "select id from mail_batch where text_key = 'new_role' and organisation_id = :id"
    assert len(database.outside(mails, id=house.id)) == 1
    database.outside("update app_user set email = 'directie@evil.example' where id = :id", id=owner)
    [row] = house.callers[OWNER].get("broken-glass").json["items"]
    path, finding, caller = f"broken-glass/{row['id']}/review", {"finding": "Goed."}, caller_for(app, new["id"])
    refused(caller_for(app, new["id"], proven=False).post(path, finding), 403, "step.prove_again")
    refused(caller.post(path, finding), 403, "seat.not_yet")
    agreed = "update membership set counts_from = now(), agreed_at = now(), agreed_by = :by where user_id = :id"
    database.outside(agreed, id=new["id"], by=house.people[APPROVER].id)
    refused(caller.post(path, finding), 403, "seat.not_yet")
    database.outside("update membership set created_at = now() - interval '1 day' where user_id = :id", id=new["id"])
    assert caller.post(path, finding).status_code == 200
    [row] = house.callers[OWNER].get("broken-glass").json["items"]
    assert row["alike"] == [{"step": "approve", "why": ["mailbox"]}]
    entry = house.callers[OWNER].get(f"{house.path}/history").json["items"][-1]
    assert entry["details"]["alike"] == row["alike"]
    browser = app.test_client()
    browser.set_cookie("meldketen_session", caller.token)
    for where in ("broken-glass", house.path):
        assert "Let op: dit lijkt dezelfde persoon" in browser.get(f"/o/{caller.slug}/{where}").get_data(as_text=True)

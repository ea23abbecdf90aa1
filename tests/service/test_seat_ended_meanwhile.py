"""A seat that ended while its holder's request waited: no step is done with it, whichever step of a person it is."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError
from werkzeug.test import TestResponse

from service.http.conflicts import refusal_of
from service.steps import STEPS
from tenants.database import db
from tenants.identity.users import APPROVER, AUDITOR, HANDLER, OWNER
from tenants.isolation import Acting, acting_for_whom
from tests import factories
from tests.conftest import WITHIN_S, Database
from tests.factories import NOTICE_TEXT
from tests.pages.conftest import TOKEN
from tests.service.caller import Caller, caller_for, refused
from tests.service.served_locked import locked_run
from tests.service.worlds import AGREED, NOTIFY, READERS, RISK, EveryRole
from tests.worlds.waiting_approvals import STEP_DONE, WaitingApprovals
from workflows.roles import MAY

WHY = "Iedereen is ziek en de termijn loopt vannacht af"
BODIES: dict[tuple[str, str], dict[str, Any]] = {
    ("ap_notification", "assess"): RISK, ("ap_notification", "draft"): NOTIFY, ("ap_notification", "approve"): AGREED,
    ("ap_notification", "submit"): {"authority_number": "AP-1"}, ("bulk_notice", "recipients"): READERS,
    ("bulk_notice", "text"): NOTICE_TEXT, ("bulk_notice", "approve"): AGREED, ("bulk_notice", "release"): {},
}  # fmt: skip
PEOPLE = "select count(*) as n from step where organisation_id = :here and done_by = :who"


@pytest.fixture
def there(app: Flask, database: Database) -> EveryRole:
    """A decision that waits for approval."""
    place = EveryRole(app, database)
    place.drafted()
    return place


def steps_of(there: EveryRole, who: UUID | None) -> int:
    return int(there.database.outside(PEOPLE, here=there.id, who=who)[0]["n"])


def while_it_waits(
    there: EveryRole, path: str, call: Callable[[], TestResponse], then: Callable[[], Any]
) -> TestResponse:  # fmt: skip
    """The answer to a request that waits for the lock of the run while something else is done."""
    with locked_run(there.database, path):
        answer = there.database.elsewhere(call)
        there.database.wait_until_blocked()
        then()
    return answer.result(WITHIN_S)


def taken_out(there: EveryRole, who: UUID | None) -> Callable[[], None]:
    def act() -> None:
        answer = there.callers[OWNER].call("DELETE", f"members/{who}")
        assert answer.status_code == 204, answer.text

    return act


def approves(there: EveryRole, caller: Caller) -> Callable[[], TestResponse]:
    looked = {"If-Match": caller.get(there.path).headers["ETag"]}
    return lambda: caller.post(f"{there.path}/approval", AGREED, headers=looked)


@pytest.mark.parametrize("step", STEPS, ids=lambda step: f"{step.workflow}.{step.name}")
def test_nobody_does_a_step_after_their_seat_ended(app: Flask, there: EveryRole, step: Any) -> None:
    path = there.path
    if step.workflow == "bulk_notice":
        path = f"notices/{there.callers[OWNER].post(f'{there.path}/notice').json['id']}"
    role = sorted(MAY[step.name] - {OWNER})[0]
    who = factories.a_member(there.id, role, "Gaat weg").id
    assert who
    caller, body = caller_for(app, who), dict(BODIES[step.workflow, step.name])
    if step.name == "submit":
        body["submitted_at"] = there.moment(0)
    looked = {"If-Match": caller.get(path).headers["ETag"]}
    answer = while_it_waits(
        there, path, lambda: caller.call(step.method, f"{path}/{step.noun}", json=body, headers=looked),
        taken_out(there, who),
    )  # fmt: skip
    refused(answer, 404, "organisation.unknown")
    assert steps_of(there, who) == 0


def test_a_role_that_changed_meanwhile_is_the_one_that_counts(there: EveryRole) -> None:
    bram = there.people[APPROVER].id
    lowered = lambda: there.callers[OWNER].put(f"members/{bram}/role", {"role": AUDITOR})  # noqa: E731
    answer = while_it_waits(there, there.path, approves(there, there.callers[APPROVER]), lowered)
    refused(answer, 403, "step.not_your_role")
    assert steps_of(there, bram) == 0


@pytest.mark.parametrize("ends", ["the colleague's seat", "the deputy's own seat", "the appointment"])
def test_a_deputy_does_nothing_after_a_part_of_it_ended(there: EveryRole, ends: str) -> None:
    appointed, joris = there.appoint(), there.people[HANDLER].id
    then = {
        "the colleague's seat": taken_out(there, there.people[APPROVER].id),
        "the deputy's own seat": taken_out(there, joris),
        "the appointment": lambda: there.database.outside("update deputy set ended_at = now() where id = :id",
                                                          id=appointed),
    }[ends]  # fmt: skip
    answer = while_it_waits(there, there.path, approves(there, there.callers[HANDLER]), then)
    refused(answer, 404, "organisation.unknown")
    assert steps_of(there, joris) == 0


@pytest.mark.parametrize("role", [None, HANDLER])
def test_an_owner_who_is_none_any_more_breaks_no_glass(app: Flask, database: Database, role: str | None) -> None:
    there = EveryRole(app, database)
    there.drafted(by=OWNER)
    owner, linde = there.callers[OWNER], there.people[OWNER].id
    looked = {"If-Match": owner.get(there.path).headers["ETag"]}
    body = {"alone_reason": WHY, "approval": AGREED}
    change = "update membership set role = :role where user_id = :who" if role else \
        "delete from membership where user_id = :who and cast(:role as text) is null"  # fmt: skip
    answer = while_it_waits(
        there, there.path, lambda: owner.post(f"{there.path}/broken-glass", body, headers=looked),
        lambda: _changed_behind(database, change, role, linde),
    )  # fmt: skip
    refused(answer, *((403, "role.not_enough") if role else (404, "organisation.unknown")))
    assert database.outside("select from broken_glass where organisation_id = :here", here=there.id) == []


def _changed_behind(database: Database, change: str, role: str | None, who: UUID | None) -> None:
    """As if the day in which an owner may object had passed."""
    with database.superuser.begin() as behind:
        behind.execute(text("set local session_replication_role = replica"))
        behind.execute(text(change), {"role": role, "who": who})


def test_a_seat_stays_until_the_step_is_stored(there: EveryRole) -> None:
    """Whoever takes a member out waits for the step that this member does just now."""
    bram = there.people[APPROVER].id
    with there.database.superuser.begin() as holder:
        holder.execute(text("select role_held(:here, :who, null)"), {"here": there.id, "who": bram})
        removal = there.database.elsewhere(taken_out(there, bram))
        there.database.wait_until_blocked()
        assert not removal.done()
    removal.result(WITHIN_S)


def test_the_database_refuses_a_step_without_a_seat(database: Database) -> None:
    house = WaitingApprovals()
    who, stranger = house.approver.id, factories.a_member(factories.an_organisation(), APPROVER).id
    database.outside("delete from membership where user_id = :who", who=who)
    for by, whom in ((who, None), (stranger, None), (house.handler.id, who), (house.handler.id, house.owner.id)):
        asked = {"run": house.runs["ap_notification"], "step": "approve", "who": by, "whom": whom}
        with pytest.raises(IntegrityError) as fault, acting_for_whom(lambda by=by: Acting(house.id, by)):
            db.session.execute(text(STEP_DONE), asked)
        assert "no seat here any more" in str(fault.value) and refusal_of(fault.value) == (403, "http.403")


def test_the_page_says_so_too(app: Flask, there: EveryRole) -> None:
    bram = there.callers[APPROVER]
    client = app.test_client()
    client.set_cookie("meldketen_session", bram.token)
    page = f"/o/{bram.slug}/{there.path}"
    found = TOKEN.search(client.get(page).get_data(as_text=True))
    assert found
    form = {"csrf_token": found[1], "agrees": "true", "version": bram.get(there.path).headers["ETag"].strip('"')}
    answer = while_it_waits(there, there.path, lambda: client.post(f"{page}/steps/approve", data=form),
                            taken_out(there, there.people[APPROVER].id))  # fmt: skip
    assert answer.status_code == 404 and "Verkeerd verstuurd" not in answer.get_data(as_text=True)
    assert steps_of(there, there.people[APPROVER].id) == 0

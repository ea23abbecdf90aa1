"""Who wants what they may not do is refused, and it is remembered: in the history, and for the owner to see."""

from datetime import timedelta
from uuid import UUID

from flask import Flask

from tenants.history.entries import of_subject
from tenants.identity.deputies import add_deputy
from tenants.identity.refusals import latest_refusals
from tenants.identity.users import APPROVER, AUDITOR
from tenants.isolation import acting_for, database_now
from tests.conftest import Database
from tests.factories import Office, a_member, an_own_breach
from tests.service.caller import Caller, caller_for, refused


def remembered(office: Office, user_id: UUID | None) -> list[dict[str, str]]:
    assert user_id
    with acting_for(office.id):
        return [entry.details for entry in of_subject(user_id) if entry.what == "access.refused"]


def test_it_is_written_down_once_a_minute(app: Flask, database: Database, office: Office) -> None:
    curious = a_member(office.id, AUDITOR, name="Nico")
    assert curious.id
    caller, path = caller_for(app, curious.id), f"breaches/{an_own_breach(office.id, office.officer)}/draft"
    for _ in range(3):
        refused(caller.post(path, {}), 403, "role.not_enough")
    assert remembered(office, curious.id) == [{"act": "draft"}]
    database.outside("update refusal set last_at = now() - interval '61 seconds' where user_id = :id", id=curious.id)
    refused(caller.post(path, {}), 403, "role.not_enough")
    assert remembered(office, curious.id) == [{"act": "draft"}] * 2
    with acting_for(office.id):
        [seen] = [refusal for refusal in latest_refusals() if refusal.name == "Nico"]
    assert (seen.act, seen.minutes) == ("draft", 2)


def test_a_deputy_past_the_period_is_refused_and_recorded(app: Flask, database: Database, office: Office) -> None:
    of, deputy = a_member(office.id, APPROVER), a_member(office.id, AUDITOR)
    assert of.id and deputy.id
    with acting_for(office.id):
        now = database_now()
        add_deputy(of.id, deputy.id, now - timedelta(hours=2), now + timedelta(hours=1), "Ziek", of.id)
    caller, path = caller_for(app, deputy.id), f"breaches/{an_own_breach(office.id, office.officer)}/approval"
    assert caller.post(path, {"agrees": True}).status_code == 409
    assert remembered(office, deputy.id) == []
    database.outside(
        "update deputy set ends_at = now() - interval '1 second' where deputy_id = :id", id=deputy.id
    )
    refused(caller.post(path, {"agrees": True}), 403, "role.not_enough")
    assert remembered(office, deputy.id) == [{"act": "approve"}]


def test_an_allowed_request_is_not_recorded_as_refused(app: Flask, office: Office, officer: Caller) -> None:
    assert officer.get("breaches").status_code == 200
    assert remembered(office, office.officer.id) == []

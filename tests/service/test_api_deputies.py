"""Deputies through the API: for a period, in the name of both, refused on the very next request when it is over."""

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask

from tenants.history.entries import of_subject
from tenants.identity.users import APPROVER, AUDITOR, HANDLER, OWNER, PRIVACY_OFFICER
from tenants.isolation import acting_for
from tests import factories
from tests.conftest import Database
from tests.service.caller import Caller, caller_for, keys, refused
from tests.service.worlds import AGREED, NOTIFY, EveryRole


@pytest.fixture
def house(app: Flask, database: Database) -> EveryRole:
    """Of this test alone."""
    return EveryRole(app, database)


def test_a_deputy_approves_in_the_name_of_both(house: EveryRole) -> None:
    house.drafted()
    joris = house.callers[HANDLER]
    refused(joris.post(f"{house.path}/approval", AGREED), 403, "role.not_enough")
    house.appoint()
    assert joris.post(f"{house.path}/approval", AGREED).json["decided_at"]
    [step] = [step for step in joris.get(house.path).json["run"]["steps"] if step["name"] == "approve"]
    assert (step["done_by_name"], step["done_for"]) == ("Joris", str(house.people[APPROVER].id))
    entry = joris.get(f"{house.path}/history").json["items"][-1]
    assert (entry["actor_name"], entry["role"], entry["for_id"]) == ("Joris", APPROVER, str(house.people[APPROVER].id))
    submission = {"submitted_at": house.moment(0), "authority_number": "AP-1"}
    refused(joris.post(f"{house.path}/submission", submission), 403, "step.four_eyes")


def test_the_deputy_of_who_prepared_does_not_approve(house: EveryRole) -> None:
    house.appoint(of=PRIVACY_OFFICER, by=AUDITOR)
    house.drafted(by=AUDITOR)
    for role in (AUDITOR, PRIVACY_OFFICER):
        house.appoint(of=APPROVER, by=role)
        refused(house.callers[role].post(f"{house.path}/approval", AGREED), 403, "step.four_eyes")
    assert house.callers[APPROVER].post(f"{house.path}/approval", AGREED).status_code == 200


@pytest.mark.parametrize("change", ["ends_at = now()", "starts_at = now() + interval '1 hour'", "ended_at = now()"])
def test_past_the_period_the_very_next_request_is_refused(house: EveryRole, change: str) -> None:
    house.drafted()
    house.appoint()
    joris = house.callers[HANDLER]
    assert joris.post(f"{house.path}/approval", {"agrees": False, "reason": "Te kort"}).status_code == 200
    house.callers[PRIVACY_OFFICER].post(f"{house.path}/draft", NOTIFY)
    house.database.outside(f"update deputy set {change} where organisation_id = :o", o=house.id)
    refused(joris.post(f"{house.path}/approval", AGREED), 403, "role.not_enough")


def test_an_owner_ends_it_earlier_and_once(house: EveryRole) -> None:
    house.drafted()
    path = f"deputies/{house.appoint()}/end"
    for role in (PRIVACY_OFFICER, APPROVER, HANDLER, AUDITOR):
        refused(house.callers[role].post(path), 403, "role.not_enough")
    assert house.callers[OWNER].post(path).json["ended_at"]
    refused(house.callers[HANDLER].post(f"{house.path}/approval", AGREED), 403, "role.not_enough")
    refused(house.callers[OWNER].post(path), 409, "step.already_done")
    [listed] = house.callers[AUDITOR].get("deputies").json["items"]
    assert listed["ended_by"] == str(house.people[OWNER].id)


def test_it_is_in_the_history_with_its_reason(house: EveryRole, database: Database) -> None:
    house.callers[OWNER].post(f"deputies/{house.appoint()}/end")
    with acting_for(house.id):
        entries = [(entry.what, entry.details["reason"], entry.actor_name) for entry in of_subject(house.id)]
    assert entries == [("deputy.appointed", "Vakantie", "Linde"), ("deputy.ended", "Vakantie", "Linde")]


def test_leaving_the_organisation_ends_standing_in(house: EveryRole) -> None:
    house.drafted()
    house.appoint()
    away = "delete from membership where organisation_id = :o and user_id = :u"
    house.database.outside(away, o=house.id, u=house.people[APPROVER].id)
    refused(house.callers[HANDLER].post(f"{house.path}/approval", AGREED), 403, "role.not_enough")


def test_a_deputy_who_could_approve_has_shown_two_factors_first(house: EveryRole, app: Flask) -> None:
    joris = house.people[HANDLER]
    assert joris.id
    unproven = caller_for(app, joris.id, proven=False)
    assert unproven.get("breaches").status_code == 200
    house.appoint()
    refused(unproven.get("breaches"), 403, "second_factor.required")


Change = Callable[[EveryRole], dict[str, Any]]


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        (lambda h: {"of_user": str(h.people[HANDLER].id)}, ("deputy_id", "deputy.same_person")),
        (lambda h: {"of_user": "00000000-0000-0000-0000-000000000009"}, ("of_user", "deputy.not_a_member")),
        (lambda h: {"deputy_id": str(factories.a_user().id)}, ("deputy_id", "deputy.not_a_member")),
        (lambda h: {"ends_at": h.moment(-2)}, ("ends_at", "moment.reversed")),
        (lambda h: {"starts_at": h.moment(-9), "ends_at": h.moment(-1)}, ("ends_at", "deputy.already_over")),
        (lambda h: {"starts_at": "2026-03-29T02:30"}, ("starts_at", "moment.does_not_exist")),
        (lambda h: {"reason": " "}, ("reason", "field.reason_required")),
        (lambda h: {"of_user": "x"}, ("of_user", "field.invalid")),
    ],
)  # fmt: skip
def test_what_is_wrong_is_told_at_its_field(house: EveryRole, change: Change, fault: tuple[str, str]) -> None:
    assert keys(house.callers[OWNER].post("deputies", house.appointment(**change(house)))) == [fault]
    assert house.callers[OWNER].get("deputies").json["items"] == []


def test_anothers_appointment_is_not_there(house: EveryRole, stranger: Caller) -> None:
    deputy = house.appoint()
    refused(stranger.post(f"deputies/{deputy}/end"), 404, "deputy.unknown")
    assert stranger.get("deputies").json["items"] == []

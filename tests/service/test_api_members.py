"""Roles through the API: an owner changes them, from the very next request on; an owner remains."""

import pytest
from flask import Flask

from tenants.history.entries import of_subject
from tenants.identity.users import APPROVER, AUDITOR, HANDLER, OWNER, PRIVACY_OFFICER
from tenants.isolation import acting_for
from tests.conftest import Database
from tests.factories import a_member
from tests.service.caller import Caller, caller_for, keys, refused
from tests.service.worlds import EveryRole


@pytest.fixture
def house(app: Flask, database: Database) -> EveryRole:
    """Of this test alone."""
    return EveryRole(app, database)


def test_a_role_changes_on_the_next_request(house: EveryRole) -> None:
    riet = house.callers[AUDITOR]
    incident = {"title": "x"}
    refused(riet.post("incidents", incident), 403, "role.not_enough")
    path = f"members/{house.people[AUDITOR].id}/role"
    done = house.callers[OWNER].put(path, {"role": HANDLER})
    assert {"Riet": HANDLER}.items() <= {member["name"]: member["role"] for member in done.json["items"]}.items()
    assert riet.post("incidents", incident).status_code == 422
    house.callers[OWNER].put(path, {"role": AUDITOR})
    refused(riet.post("incidents", incident), 403, "role.not_enough")


def test_who_was_taken_out_is_out_at_once(house: EveryRole) -> None:
    bram = house.callers[APPROVER]
    assert bram.get("breaches").status_code == 200
    assert house.callers[OWNER].call("DELETE", f"members/{house.people[APPROVER].id}").status_code == 204
    refused(bram.get("breaches"), 404, "organisation.unknown")
    refused(house.callers[OWNER].call("DELETE", f"members/{house.people[APPROVER].id}"), 404, "member.unknown")
    with acting_for(house.id):
        assert [entry.what for entry in of_subject(house.id)] == ["member.taken_out"]


def test_an_owner_remains(house: EveryRole) -> None:
    linde, path = house.callers[OWNER], f"members/{house.people[OWNER].id}"
    assert keys(linde.put(f"{path}/role", {"role": AUDITOR})) == [("role", "member.last_owner")]
    refused(linde.call("DELETE", path), 422, "member.last_owner")
    assert linde.put(f"{path}/role", {"role": OWNER}).status_code == 200
    a_member(house.id, OWNER, "Tweede")
    assert linde.put(f"{path}/role", {"role": AUDITOR}).status_code == 200


@pytest.mark.parametrize("role", [PRIVACY_OFFICER, APPROVER, HANDLER, AUDITOR])
def test_a_person_cannot_give_themselves_a_role(house: EveryRole, role: str) -> None:
    path = f"members/{house.people[role].id}/role"
    refused(house.callers[role].put(path, {"role": OWNER}), 403, "role.not_enough")


def test_only_ones_own_people(house: EveryRole, app: Flask, stranger: Caller) -> None:
    path = f"members/{house.people[HANDLER].id}"
    refused(stranger.put(f"{path}/role", {"role": OWNER}), 404, "member.unknown")
    refused(stranger.call("DELETE", path), 404, "member.unknown")
    outsider = a_member(house.id, HANDLER).id
    assert outsider
    assert caller_for(app, outsider).get("members").status_code == 200
    assert keys(house.callers[OWNER].put(f"{path}/role", {"role": "baas"})) == [("role", "field.not_a_choice")]

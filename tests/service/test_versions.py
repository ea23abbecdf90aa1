"""Whoever decides or sends says which version they looked at: every route that does so."""

from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from tenants.identity.users import APPROVER, HANDLER, OWNER, PRIVACY_OFFICER
from tests.conftest import Database
from tests.factories import NOTICE_TEXT, an_incident, an_office
from tests.house.routes import routes
from tests.service.caller import caller_for, refused
from tests.service.worlds import AGREED, READERS, EveryRole
from workflows.roles import ON_A_VERSION

WHY = "Iedereen is ziek en de termijn loopt vannacht af"
BREACH, NOTICE = "/api/o/<organisation>/breaches/<uuid:breach_id>/", "/api/o/<organisation>/notices/<uuid:notice_id>/"
CLIENT = "/api/o/<organisation>/agreements/<uuid:agreement_id>/"
ROUTES = {
    f"{BREACH}approval": (APPROVER, AGREED),
    f"{BREACH}submission": (HANDLER, {"authority_number": "AP-1"}),
    f"{BREACH}broken-glass": (OWNER, {"alone_reason": WHY, "approval": AGREED}),
    f"{BREACH}alone": (OWNER, {"alone_reason": WHY, "submission": {"authority_number": "AP-1"}}),
    f"{NOTICE}approval": (APPROVER, AGREED),
    f"{NOTICE}release": (HANDLER, {}),
    f"{NOTICE}broken-glass": (OWNER, {"alone_reason": WHY, "approval": AGREED}),
}
TERMS = {"in_force_from": "2026-01-01", "services": {"audit": "controller"}}
CHANGES = {
    f"{CLIENT}terms": ("POST", TERMS),
    f"{CLIENT}end": ("POST", {"last_day": "2026-01-01"}),
    f"{CLIENT}contacts": ("PUT", {"contacts": [{"name": "Anna", "phone": "010 1234567"}]}),
    f"{CLIENT}name": ("PUT", {"name": "Bakker", "client_number": "K0001"}),
}
"""What overwrites an agreement with a client: its method, and what is sent."""
ODD = ['""', 'W/""', '"', '"1', '1"', 'W/"1"', "W/", '"*"', '"1","2"', '"",""', ",", ";", '"a b"', '"\u00e9"', '"1"x',
       '""1""', '"-1"', '"1.0"', '" "', '"0"', '"' + "9" * 5000 + '"']  # fmt: skip
UNSAID = [(428, None), (428, ""), (428, " "), (428, "*"), *((412, tag) for tag in ODD)]


def deciding(app: Flask) -> Iterator[str]:
    """The address of every route that decides or sends."""
    for method, rule in routes(app):
        if method != "GET" and getattr(app.view_functions[rule.endpoint], "does", "") in ON_A_VERSION:
            yield rule.rule


@pytest.fixture(scope="module")
def house(app: Flask, database: Database) -> EveryRole:
    """A decision and a notice that wait for approval; the owner prepared both, so the glass is in the way."""
    there = EveryRole(app, database)
    there.drafted(by=OWNER)
    owner = there.callers[OWNER]
    notice = f"notices/{owner.post(f'{there.path}/notice').json['id']}"
    owner.put(f"{notice}/recipients", READERS)
    owner.put(f"{notice}/text", NOTICE_TEXT)
    there.notice = notice  # type: ignore[attr-defined]
    return there


def test_every_door_that_decides_is_walked(app: Flask) -> None:
    assert {rule for rule in deciding(app) if rule.startswith("/api")} == set(ROUTES) | set(CHANGES)


@pytest.mark.parametrize(("status", "said"), UNSAID)
@pytest.mark.parametrize("rule", ROUTES)
def test_a_decision_needs_the_version_that_was_seen(house: EveryRole, rule: str, status: int, said: Any) -> None:
    role, body = ROUTES[rule]
    about = house.path if rule.startswith(BREACH) else house.notice  # type: ignore[attr-defined]
    if rule.endswith("submission"):
        body = body | {"submitted_at": house.moment(0)}
    if "submission" in body:
        body = body | {"submission": body["submission"] | {"submitted_at": house.moment(0)}}
    headers = {} if said is None else {"If-Match": said}
    answer = house.callers[role].post(f"{about}/{rule.rpartition('/')[2]}", body, headers=headers)
    refused(answer, status, "version.required" if status == 428 else "version.out_of_date")


@pytest.mark.parametrize("rule", CHANGES)
def test_a_client_is_overwritten_by_whoever_saw_how_it_is(app: Flask, database: Database, rule: str) -> None:
    office = an_office(1)
    officer, (method, body) = caller_for(app, office.officer.id), CHANGES[rule]  # type: ignore[arg-type]
    [row] = officer.get("agreements").json["items"]
    path, newest = f"agreements/{row['id']}", officer.get(f"agreements/{row['id']}").headers["ETag"]
    for status, said in [*UNSAID, (412, '"99"')]:
        headers = {} if said is None else {"If-Match": said}
        answer = officer.call(method, f"{path}/{rule.rpartition('/')[2]}", json=body, headers=headers)
        refused(answer, status, "version.required" if status == 428 else "version.out_of_date")
    answer = officer.call(method, f"{path}/{rule.rpartition('/')[2]}", json=body, headers={"If-Match": newest})
    assert answer.status_code == 200 and answer.headers["ETag"] != newest, answer.text


@pytest.mark.parametrize("tag", ODD)
def test_a_step_that_needs_no_version_refuses_a_senseless_one(house: EveryRole, tag: str) -> None:
    owner, notice = house.callers[OWNER], house.notice  # type: ignore[attr-defined]
    refused(owner.put(f"{notice}/recipients", READERS, headers={"If-Match": tag}), 412, "version.out_of_date")
    refused(owner.put(f"{notice}/text", NOTICE_TEXT, headers={"If-Match": tag}), 412, "version.out_of_date")


def test_a_draft_that_changed_after_the_approver_looked_is_not_approved(app: Flask, database: Database) -> None:
    there = EveryRole(app, database)
    there.drafted()
    bram, fenna = there.callers[APPROVER], there.callers[PRIVACY_OFFICER]
    looked = {"If-Match": bram.get(there.path).headers["ETag"]}
    fenna.post(f"{there.path}/draft", {"decision": "notify", "reason": "Toch een andere reden."})
    refused(bram.post(f"{there.path}/approval", AGREED, headers=looked), 412, "version.out_of_date")
    assert bram.get(there.path).json["decided_at"] is None


def test_the_specification_asks_for_the_version(app: Flask) -> None:
    paths = app.test_client().get("/api/openapi.json").json["paths"]
    asking = {
        path for path, methods in paths.items()
        for parameter in [*methods.get("post", {}).get("parameters", []), *methods.get("put", {}).get("parameters", [])]
        if parameter.get("name") == "If-Match" and parameter["required"]
    }  # fmt: skip
    assert asking == {rule.replace("<uuid:", "{").replace("<", "{").replace(">", "}") for rule in (*ROUTES, *CHANGES)}


@pytest.mark.parametrize(("method", "act"), [("POST", "conversations"), ("PUT", "caller")])
def test_another_query_with_the_same_key_is_another_request(
    app: Flask, database: Database, method: str, act: str
) -> None:
    """What the caller looked at (`seen`) decides, and stands in the query."""
    there, key = EveryRole(app, database), {"Idempotency-Key": uuid4().hex}
    office = an_office(clients=1)
    officer, about = caller_for(app, office.officer.id), an_incident(office)  # type: ignore[arg-type]
    [row] = officer.get(f"incidents/{about.id}/escalations").json["items"]
    path, body = f"escalations/{row['id']}/{act}", {"outcome": "nobody", "called_at": there.moment(0)}
    newest = officer.get(f"escalations/{row['id']}").json["newest_entry"]

    def send(query: str) -> TestResponse:
        return officer.call(method, path + query, json=body, headers=key)

    first, again = send(f"?seen={newest}"), send(f"?seen={newest}")
    assert (first.status_code, again.status_code) == (200, 200), first.text
    assert again.headers["Idempotency-Replayed"] == "true" and "Idempotency-Replayed" not in first.headers
    for query in ("?seen=0", ""):
        refused(send(query), 422, "idempotency.other_request")


def test_the_key_of_a_colleague_is_treated_as_a_new_one(app: Flask, database: Database) -> None:
    """Two people of one organisation use the same Idempotency-Key: each has their own answer."""
    there, key = EveryRole(app, database), {"Idempotency-Key": "dezelfde"}
    values = {"title": "Verkeerd verstuurd", "found_at": there.moment(-2), "became_aware_at": there.moment(-1),
             "description": "Een mail", "facts": {"data": ["name"]}}  # fmt: skip
    answers = [
        there.callers[role].post("breaches", values | {"title": role}, headers=key) for role in (OWNER, PRIVACY_OFFICER)
    ]
    assert [answer.status_code for answer in answers] == [201, 201]
    assert [answer.json["title"] for answer in answers] == [OWNER, PRIVACY_OFFICER]

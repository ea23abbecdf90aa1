"""API tokens through the routes: who makes one, what it may, and what is seen of it."""

from io import BytesIO
from typing import Any
from uuid import UUID

import pytest
from flask import Flask

from tenants.history.entries import of_subject
from tenants.isolation import acting_for
from tenants.register.breaches import breach
from tenants.register.notices import notice
from tests import factories
from tests.conftest import Database
from tests.factories import Office
from tests.oidc.browser import Browser
from tests.service.caller import Caller, caller_for, keys, refused
from tests.worlds.waiting_approvals import WaitingApprovals
from workflows.accounts.tokens import SCOPES
from workflows.notification.approved import FLAGGED, changed, rests_on, sends


def program(app: Flask, owner: Caller, *scopes: str, name: str = "koppeling") -> tuple[Caller, dict[str, Any]]:
    """A program with a key for these acts, and what was told about the key."""
    answer = owner.post("tokens", {"name": name, "scopes": list(scopes), "days": 30})
    assert answer.status_code == 201, answer.text
    document: dict[str, Any] = answer.json
    return Caller(app, document.pop("token"), owner.slug), document


def entries(office: Office, what: str) -> list[Any]:
    with acting_for(office.id):
        return [entry for entry in of_subject(office.id) if entry.what == what]


def test_a_key_is_told_once(app: Flask, owner: Caller, office: Office) -> None:
    key = {"Idempotency-Key": "een-sleutel"}
    body = {"name": "ticketsysteem", "scopes": ["read", "record_breach"]}
    first, again = (owner.post("tokens", body, headers=key) for _ in range(2))
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.json["token"].startswith("meld_") and again.json == first.json | {"token": None}
    [listed] = [token for token in owner.get("tokens").json["items"] if token["name"] == "ticketsysteem"]
    assert listed["prefix"] == first.json["token"][:11] and "token" not in listed
    assert listed["made_by"] == "Linde" and listed["last_used_at"] is None
    [entry] = entries(office, "token.made")
    assert entry.details["scopes"] == ["read", "record_breach"] and entry.details["days"] == 90
    assert first.json["token"] not in str(entry.details)


@pytest.mark.parametrize(("given", "fault"), [
    *(({"scopes": [act]}, ("scopes.0", "field.not_a_choice")) for act in ("approve", "assess", "text", "answer_form")),
    ({"scopes": ["see_to_tokens"]}, ("scopes.0", "field.not_a_choice")),
    ({"scopes": []}, ("scopes", "field.required")),
    ({"days": 366}, ("days", "field.out_of_range")),
    ({"name": " "}, ("name", "field.required")),
])  # fmt: skip
def test_no_key_for_a_person_or_for_ever(owner: Caller, given: dict[str, Any], fault: tuple[str, str]) -> None:
    answer = owner.post("tokens", {"name": "x", "scopes": ["read"], "days": 1} | given)
    assert (answer.status_code, keys(answer)) == (422, [fault])


def test_only_an_owner_with_a_fresh_proof_makes_a_token(
    app: Flask, database: Database, office: Office, officer: Caller, approver: Caller
) -> None:
    body = {"name": "x", "scopes": ["read"]}
    for other in (officer, approver):
        refused(other.post("tokens", body), 403, "role.not_enough")
    late = factories.a_member(office.id, "owner", "Laat").id
    assert late
    someone = caller_for(app, late)
    database.outside("update login_session set proof_at = now() - interval '6 minutes' where user_id = :id", id=late)
    refused(someone.post("tokens", body), 403, "step.prove_again")
    refused(someone.call("DELETE", f"tokens/{late}"), 403, "step.prove_again")


def test_a_program_does_what_its_key_may_under_its_own_name(
    app: Flask, owner: Caller, office: Office, moment: Any
) -> None:
    helper, _ = program(app, owner, "read", "record_breach")
    values = {
        "title": "Verkeerd verstuurd", "found_at": moment(2), "became_aware_at": moment(1), "description": "Een mail",
        "facts": {"data": ["name"]},
    }  # fmt: skip
    answer = helper.post("breaches", values)
    assert answer.status_code == 201, answer.text
    with acting_for(office.id):
        names = {entry.actor_name for entry in of_subject(UUID(answer.json["id"])) if entry.actor_id}
    assert names == {"API-sleutel koppeling"}
    assert helper.get("breaches").status_code == 200
    assert owner.get("tokens").json["items"][0]["last_used_at"] is not None


def test_what_it_may_not_is_refused_and_the_owner_sees_it(app: Flask, owner: Caller, office: Office) -> None:
    helper, created = program(app, owner, "read", name="te nieuwsgierig")
    breach = factories.an_own_breach(office.id, office.officer)
    refused(helper.post(f"breaches/{breach}/assessment", {}), 403, "token.scope")
    for path in (f"breaches/{breach}/approval", f"breaches/{breach}/submission"):
        refused(helper.post(path, {}), 403, "token.scope")
    [entry] = entries(office, "token.refused")
    assert entry.details == {"act": "assess"} and entry.actor_name == "API-sleutel te nieuwsgierig"
    [seen] = [token for token in owner.get("tokens").json["items"] if token["id"] == created["id"]]
    assert seen["refused_act"] == "assess" and seen["refused_at"]


@pytest.mark.parametrize(("purpose", "key", "act"), [
    ("register", "token.scope_named", "take_over_register"), ("clients", "token.scope_named", "register_clients"),
    ("hits", "token.scope_named", "record_incident"), ("recipients", "token.scope", "recipients"),
])  # fmt: skip
def test_a_file_takes_the_scope_of_its_purpose_too(
    app: Flask, owner: Caller, office: Office, purpose: str, key: str, act: str
) -> None:  # fmt: skip
    reads, brings = (program(app, owner, *scopes)[0] for scopes in (("read",), ("read", "bring_files")))
    form = {"purpose": purpose, "file": (BytesIO(b"nummer;omschrijving\n1;x\n"), "lijst.csv")}
    answer = brings.call("POST", "files", data=form)
    refused(answer, 403, key)
    assert (act in answer.json["detail"]) == (key == "token.scope_named")
    assert entries(office, "token.refused")[-1].details == {"act": act}
    without = reads.call("POST", "files", data={"purpose": purpose})
    refused(without, 403, "token.scope_named")
    assert "bring_files" in without.json["detail"]


def about_a_decision(app: Flask) -> set[str]:
    """What the specification lets a token change of one breach or one notice."""
    paths = app.test_client().get("/api/openapi.json").json["paths"]
    return {
        operation["operationId"] for path, operations in paths.items() for method, operation in operations.items()
        if method in ("post", "put", "patch", "delete") and any("token" in way for way in operation["security"])
        and ("{breach_id}" in path or "{notice_id}" in path) and "{processor_id}" not in path
    }  # fmt: skip


def test_no_token_writes_what_a_second_person_approves(app: Flask) -> None:
    """Facts that become known later are taken and flagged (Art. 33(4)); all else stays as the people prepared it."""
    house = WaitingApprovals()
    bot, _ = program(app, caller_for(app, house.owner.id), *SCOPES)  # type: ignore[arg-type]
    about = f"breaches/{house.breach}"
    added = {"facts": {"data": ["name"]}, "people_min": 3, "people_max": 4}
    settling = {"answer": "wait", "reason": "Wacht nog", "recipients": []}
    tried = {
        "put_facts": (200, lambda: bot.put(f"{about}/facts", added)),
        "confirm_receipt": (200, lambda: bot.post(f"{about}/receipt")),
        "begin_notice": (201, lambda: bot.post(f"{about}/notice")),
        "settle_unheard": (422, lambda: bot.post(f"mail-questions/notices/{house.notice}/settlement", settling)),
    }
    assert set(tried) == about_a_decision(app)
    for name, (status, send) in tried.items():
        with acting_for(house.id):
            before = rests_on(breach(house.breach)), sends(notice(house.notice), {})
        answer = send()
        assert answer.status_code == status, (name, answer.text)
        with acting_for(house.id):
            after = rests_on(breach(house.breach)), sends(notice(house.notice), {})
        assert after[1] == before[1] and set(changed(*(parts[0] for parts in (before, after)))) <= {FLAGGED}, name
    whole = added | {"facts": {"data": ["email"]}, "measures": "Door een sleutel"}
    refused(bot.put(f"{about}/facts", whole), 403, "decision.needs_a_person")
    assert bot.get(about).json["facts"] == {"data": ["name"]}, "nothing is half stored"


def test_a_key_neither_makes_keys_nor_acts_elsewhere(app: Flask, owner: Caller, stranger: Caller) -> None:
    helper, token = program(app, owner, "read")
    refused(helper.get("tokens"), 403, "token.scope")
    refused(helper.post("tokens", {"name": "kind", "scopes": ["read"]}), 403, "token.scope")
    refused(helper.call("DELETE", f"tokens/{token['id']}"), 403, "token.scope")
    refused(helper.get("provider"), 403, "token.scope")
    refused(helper.get("/api/organisations"), 403, "token.scope")
    refused(helper.call("DELETE", "/api/session"), 403, "token.scope")
    refused(helper.get(f"/api/o/{stranger.slug}/breaches"), 404, "organisation.unknown")
    refused(stranger.call("DELETE", f"tokens/{token['id']}"), 404, "token.unknown")


def test_a_token_loses_the_acts_that_its_maker_loses(app: Flask, database: Database, office: Office) -> None:
    maker = factories.a_member(office.id, "owner", "Straks weg").id
    assert maker
    helper, _ = program(app, caller_for(app, maker), "read", "register_clients")
    database.outside("update membership set role = 'auditor' where user_id = :id", id=maker)
    refused(helper.post("agreements", {"clients": []}), 403, "role.not_enough")
    assert helper.get("breaches").status_code == 200
    database.outside("delete from membership where user_id = :id", id=maker)
    refused(helper.get("breaches"), 401, "http.401")


def test_a_revoked_an_expired_and_a_made_up_key_are_nobodys(app: Flask, database: Database, owner: Caller) -> None:
    revoked, token = program(app, owner, "read")
    assert owner.call("DELETE", f"tokens/{token['id']}").status_code == 204
    refused(revoked.get("breaches"), 401, "http.401")
    refused(owner.call("DELETE", f"tokens/{token['id']}"), 404, "token.unknown")
    expired, token = program(app, owner, "read")
    database.outside(
        "update api_token set created_at = now() - interval '2 days', expires_at = now() where id = :id", id=token["id"]
    )
    refused(expired.get("breaches"), 401, "http.401")
    for made_up in ("meld_", "meld_abcdef_" + "a" * 46, revoked.token[:-1] + "!"):
        refused(Caller(app, made_up, owner.slug).get("breaches"), 401, "http.401")


def test_a_key_opens_no_page(app: Flask, owner: Caller) -> None:
    helper, _ = program(app, owner, "read")
    browser = app.test_client()
    browser.set_cookie("meldketen_session", helper.token)
    answer = browser.get(f"/o/{owner.slug}/register", headers={"Authorization": f"Bearer {helper.token}"})
    assert answer.status_code == 303
    assert browser.get(f"/o/{owner.slug}/tokens").status_code == 303


def test_the_specification_names_both_ways_in(app: Flask) -> None:
    spec = app.test_client().get("/api/openapi.json").json
    assert set(spec["components"]["securitySchemes"]) == {"session", "token"}
    operations = [operation for path in spec["paths"].values() for operation in path.values()]
    ways = {operation["operationId"]: operation["security"] for operation in operations
            if isinstance(operation, dict) and "operationId" in operation}  # fmt: skip
    assert ways["record_breach"] == [{"session": []}, {"token": ["record_breach"]}]
    assert ways["assess"] == ways["put_form"] == ways["approve"] == ways["make_api_token"] == [{"session": []}]


def test_an_owner_makes_and_ends_a_token_on_the_pages(app: Flask, owner: Caller, officer: Caller) -> None:
    browser, page = Browser(app, owner.token), f"/o/{owner.slug}/tokens"
    made = browser.post(page, page, name="van de pagina", scopes=["read", "record_breach"], days="10")
    assert made.status_code == 201 and 'value="meld_' in made.text and made.headers["Cache-Control"] == "no-store"
    token = made.text.partition('value="meld_')[2].partition('"')[0]
    listed = browser.get(page).text
    assert "van de pagina" in listed and "een datalek vastleggen" in listed and token not in listed
    wrong = browser.post(page, page, name="", days="900")
    assert wrong.status_code == 422 and "Vul dit in." in wrong.text
    [created] = [token for token in owner.get("tokens").json["items"] if token["name"] == "van de pagina"]
    assert browser.post(f"{page}/{created['id']}/end", page).status_code == 303
    assert "van de pagina is ingetrokken" in browser.get(page).text
    assert Browser(app, officer.token).get(page).status_code == 403

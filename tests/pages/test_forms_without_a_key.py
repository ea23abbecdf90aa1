"""A form that makes something new and carries no key of its sender makes nothing: it is shown again, with a key."""

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from service.admission.access import mark_of
from tenants.history.entries import Actor
from tenants.identity.users import OWNER
from tests.conftest import Database
from tests.factories import Office, a_member, an_incident
from tests.house.routes import routes
from tests.pages.conftest import KEY, TOKEN, Reader, slug_of
from tests.pages.forms import an_incident_form, local

Login = Callable[[Actor], Reader]
TYPED: dict[str, dict[str, Any]] = {
    "web.agreements.register": {
        "name": "Bakkerij Zonder", "kvk_number": "12345678", "client_number": "Z-1", "hours_to_notify": "24",
        "services.audit": "processor", "in_force_from": "2026-01-01", "contacts.0.name": "Kees",
        "contacts.0.email": "kees@zonder.example",
    },
    "web.breaches.record": {
        "title": "Map zonder sleutel", "description": "Een map is weg.", "found_at": local(3),
        "became_aware_at": local(2),
    },
    "web.call_list.record": {
        "outcome": "spoken", "called_at": local(1), "other_name": "Kees Zonder", "note": "Gebeld zonder sleutel",
    },
    "web.deputies.begin": {"reason": "Vakantie zonder sleutel", "starts_at": local(1), "ends_at": local(-24)},
    "web.incidents.record": an_incident_form(title="Station zonder sleutel") | {"clients.0.client_number": "K0001"},
    "web.people.ask": {"email": "nieuw@zonder.example", "role": "auditor"},
    "web.tokens.make": {"name": "Programma zonder", "days": "30"},
}  # fmt: skip
"""What somebody types into each form that makes something new."""
COUNTED = """
    select (select count(*) from processing_agreement) as clients, (select count(*) from breach) as breaches,
           (select count(*) from incident) as incidents, (select count(*) from invitation) as invited,
           (select count(*) from api_token) as tokens, (select count(*) from deputy) as deputies,
           (select count(*) from history) as entries"""


def test_each_form_that_makes_something_new_is_walked(app: Flask) -> None:
    posted = {rule.endpoint for method, rule in routes(app) if method == "POST"}
    assert {name for name in posted if mark_of(app.view_functions[name], "post", "makes_new")} == set(TYPED)


@pytest.mark.parametrize("as_json", [False, True])
@pytest.mark.parametrize("endpoint", TYPED)
def test_without_a_key_of_its_sender_nothing_is_made_and_nothing_typed_is_lost(
    app: Flask, database: Database, reader: Login, office: Office, endpoint: str, as_json: bool
) -> None:  # fmt: skip
    owner, other = (reader(a_member(office.id, OWNER, name)) for name in ("Olga", "Otto"))
    at, seen = addresses(app, database, office, endpoint)
    theirs = dict(KEY.findall(other.see(seen)))["form_key"]
    page = owner.see(seen)
    token = TOKEN.search(page)
    assert token
    before = database.outside(COUNTED)
    for key in ({}, {"form_key": ""}, {"form_key": "x.y"}, {"form_key": theirs}):
        headers = {"Accept": "application/json"} if as_json else {}
        answer = owner.client.post(at, data={"csrf_token": token[1], **key, **TYPED[endpoint]}, headers=headers)
        assert answer.status_code == 422 and "nog een keer" in answer.text, (answer.status_code, answer.text[:2000])
        assert database.outside(COUNTED) == before
        shown_again(answer, TYPED[endpoint], theirs)


def shown_again(answer: TestResponse, typed: dict[str, Any], theirs: str) -> None:
    """The page has a key, which is not somebody else's, and each value that was typed."""
    fresh = dict(KEY.findall(answer.text)).get("form_key")
    assert fresh and fresh != theirs
    words = (value for name, value in typed.items() if isinstance(value, str) and not name.endswith("_at"))
    lost = [value for value in words if value not in answer.text]
    assert lost == []


def addresses(app: Flask, database: Database, office: Office, endpoint: str) -> tuple[str, str]:
    """Where the form is sent, and the page that it is on."""
    slug = slug_of(office.id)
    if endpoint == "web.call_list.record":
        incident = an_incident(office)
        [row] = database.outside("select id from escalation where incident_id = :id limit 1", id=incident.id)
        at = f"/o/{slug}/incidents/{incident.id}/escalations/{row['id']}"
        return next(rule.rule for _, rule in routes(app) if rule.endpoint == endpoint).replace(
            "<organisation>", slug).replace("<uuid:incident_id>", str(incident.id)).replace(
            "<uuid:escalation_id>", str(row["id"])), f"/o/{slug}/incidents/{incident.id}/calls"  # fmt: skip
    at = next(rule.rule for _, rule in routes(app) if rule.endpoint == endpoint).replace("<organisation>", slug)
    return at, at

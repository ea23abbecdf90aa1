"""Back in the browser and sent again: the page is loaded anew, with another key, and what was typed is filled in."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from tenants.history.entries import Actor
from tenants.identity.users import OWNER
from tests.conftest import Database
from tests.factories import Office, a_member, an_office
from tests.pages.conftest import Reader, slug_of
from tests.pages.forms import OF_A_PAGE, Fields, send_fields, untouched_form
from tests.pages.making import COUNTED, TYPED, scene_of

Login = Callable[[Actor], Reader]
FAULT = re.compile(r'class="fault[^>]*>([^<]*)')
REFUSED_STILL = {"web.agreements.register": "er al een overeenkomst"}
"""What a form says that is sent once more on purpose, where a second one is refused."""
TWO_DAYS_LATER = """
    update idempotent_answer
       set body = jsonb_set(body, '{at}', to_jsonb((body->>'at')::timestamptz - interval '2 days'))
     where status = 303"""


def typed_in(endpoint: str, organisation: object, database: Database) -> dict[str, Any]:
    """What somebody types, with a deputy and a colleague who are there."""
    if endpoint != "web.deputies.begin":
        return TYPED[endpoint]
    members = database.outside("select user_id from membership where organisation_id = :id", id=organisation)
    people = [str(row["user_id"]) for row in members]
    return TYPED[endpoint] | {"of_user": people[0], "deputy_id": people[1]}


def sent(who: Reader, at: str, typed: dict[str, Any], seen: str) -> TestResponse:
    """The answer to the form on a page that is loaded anew; an incident is sent from its check page."""
    answer = who.send(at, typed, seen)
    if answer.status_code == 200 and 'name="checked"' in answer.text:
        answer = send_fields(who, at, Fields(answer.text).forms[at], send="1")
    return answer


@pytest.mark.parametrize("endpoint", TYPED)
def test_it_is_done_once_and_a_second_one_is_asked_about(
    app: Flask, database: Database, reader: Login, office: Office, endpoint: str
) -> None:
    scene = scene_of(endpoint, office, database)
    owner = reader(a_member(scene.organisation_id, OWNER, "Olga"))
    typed = typed_in(endpoint, scene.organisation_id, database)
    first = sent(owner, scene.at, typed, scene.seen)
    done = 201 if endpoint == "web.tokens.make" else 303
    assert first.status_code == done, FAULT.findall(first.text)
    counted = database.outside(COUNTED)
    again = sent(owner, scene.at, typed, scene.seen)
    assert again.status_code == 409 and "Dit formulier is al verstuurd" in again.text, FAULT.findall(again.text)
    assert database.outside(COUNTED) == counted
    meant = send_fields(owner, scene.at, Fields(again.text).forms[scene.at])
    if meant.status_code == 200:
        meant = send_fields(owner, scene.at, Fields(meant.text).forms[scene.at], send="1")
    if endpoint in REFUSED_STILL:
        assert meant.status_code == 422 and REFUSED_STILL[endpoint] in meant.text
    else:
        assert meant.status_code == done, FAULT.findall(meant.text)
        assert database.outside(COUNTED) != counted, "done once more, knowingly"


def test_a_short_form_on_another_day_is_meant(database: Database, reader: Login, office: Office) -> None:
    scene, owner = scene_of("web.tokens.make", office, database), reader(a_member(office.id, OWNER, "Olga"))
    typed = TYPED["web.tokens.make"] | {"name": "Elke dag"}
    assert sent(owner, scene.at, typed, scene.seen).status_code == 201
    assert sent(owner, scene.at, typed, scene.seen).status_code == 409
    database.outside(TWO_DAYS_LATER)
    assert sent(owner, scene.at, typed, scene.seen).status_code == 201


def test_what_somebody_else_fills_in_alike_is_theirs(database: Database, reader: Login, office: Office) -> None:
    scene, typed = scene_of("web.tokens.make", office, database), TYPED["web.tokens.make"] | {"name": "Van beiden"}
    for name in ("Olga", "Otto"):
        assert sent(reader(a_member(office.id, OWNER, name)), scene.at, typed, scene.seen).status_code == 201


SETTING = {
    "web.client_forms.change": ("terms", {"hours_to_notify": "36"}),
    "web.client_forms.put_contacts": ("contacts", {"contacts.0.phone": "010 765 43 21"}),
    "web.client_forms.put_name": ("name", {"name": "Bakkerij Anders"}),
}
"""Forms that set something: where each is, and what somebody changes in it."""


@pytest.mark.parametrize("endpoint", SETTING)
def test_what_is_set_already_is_not_set_again(database: Database, reader: Login, endpoint: str) -> None:
    office = an_office(1)
    owner = reader(a_member(office.id, OWNER, "Olga"))
    [row] = database.outside("select id from processing_agreement where processor_id = :id", id=office.id)
    where, changed = SETTING[endpoint]
    at = f"/o/{slug_of(office.id)}/clients/{row['id']}/{where}"
    typed = untouched_form(owner.see(at)) | {"in_force_from": "2026-01-01"} | changed
    own = {name: value for name, value in typed.items() if name not in OF_A_PAGE | {"version"}}
    owner.done(at, own)
    counted = database.outside(COUNTED)
    owner.done(at, own)
    assert database.outside(COUNTED) == counted

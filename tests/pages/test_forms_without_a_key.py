"""A form that makes something new and carries no key of its sender makes nothing: it is shown again, with a key."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from service.admission.access import mark_of
from tenants.history.entries import Actor
from tenants.identity.users import OWNER
from tests.conftest import Database
from tests.factories import Office, a_member
from tests.house.routes import routes
from tests.pages.conftest import KEY, TOKEN, Reader
from tests.pages.making import COUNTED, TYPED, scene_of

Login = Callable[[Actor], Reader]
VERSION = re.compile(r'name="(version|seen)" value="([0-9]+)"')
MOMENTS = ("_at", "until")
"""How the names of moments end: they are shown in two fields."""


def test_each_form_that_makes_something_new_is_walked(app: Flask) -> None:
    posted = {rule.endpoint for method, rule in routes(app) if method == "POST"}
    assert {name for name in posted if mark_of(app.view_functions[name], "post", "makes_new")} == set(TYPED)


@pytest.mark.parametrize("as_json", [False, True])
@pytest.mark.parametrize("endpoint", TYPED)
def test_without_a_key_of_its_sender_nothing_is_made_and_nothing_typed_is_lost(
    app: Flask, database: Database, reader: Login, office: Office, endpoint: str, as_json: bool
) -> None:  # fmt: skip
    scene = scene_of(endpoint, office, database)
    owner, other = (reader(a_member(scene.organisation_id, OWNER, name)) for name in ("Olga", "Otto"))
    at, seen = scene.at, scene.seen
    theirs = dict(KEY.findall(other.see(seen)))["form_key"]
    page = owner.see(seen)
    token, version = TOKEN.search(page), dict(VERSION.findall(page))
    assert token
    before = database.outside(COUNTED)
    for key in ({}, {"form_key": ""}, {"form_key": "x.y"}, {"form_key": theirs}):
        headers = {"Accept": "application/json"} if as_json else {}
        form = {"csrf_token": token[1], **version, **key, **TYPED[endpoint]}
        answer = owner.client.post(at, data=form, headers=headers)
        assert answer.status_code == 422 and "nog een keer" in answer.text, (answer.status_code, answer.text[:2000])
        assert database.outside(COUNTED) == before
        shown_again(answer, TYPED[endpoint], theirs)


def shown_again(answer: TestResponse, typed: dict[str, Any], theirs: str) -> None:
    """The page has a key, which is not somebody else's, and each value that was typed."""
    fresh = dict(KEY.findall(answer.text)).get("form_key")
    assert fresh and fresh != theirs
    words = (value for name, value in typed.items() if isinstance(value, str) and not name.endswith(MOMENTS))
    lost = [value for value in words if value not in answer.text]
    assert lost == []

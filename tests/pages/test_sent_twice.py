"""S5: a form that is sent twice is done once, and the second answer leads to what the first made."""

import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from flask import Flask

from tenants.history.entries import Actor
from tests.conftest import Database
from tests.factories import Office, a_member
from tests.pages.conftest import Reader
from tests.pages.forms import Fields, an_incident_form, local, send_fields

Login = Callable[[Actor], Reader]
Path = Callable[..., str]
KEY = re.compile(r'name="form_key" value="([^"]+)"')


def own_breach(title: str, **more: str) -> dict[str, str]:
    return {"title": title, "description": "Een map is weg.", "found_at": local(3), "became_aware_at": local(2)} | more


def filled_in(reader: Reader, at: str, **typed: str) -> dict[str, str]:
    """A form as a browser holds it: what it carries, and what somebody typed."""
    return Fields(reader.see(at)).at(at) | typed


def count(database: Database, title: str, table: str = "breach") -> int:
    return int(database.outside(f"select count(*) as n from {table} where title = :title", title=title)[0]["n"])


@pytest.fixture
def anna(reader: Login, office: Office) -> Reader:
    return reader(a_member(office.id, name="Anna"))


def test_sent_again_it_leads_to_what_it_made(anna: Reader, path: Path, database: Database) -> None:
    form = filled_in(anna, path("/breaches/new"), **own_breach("Twee keer"))
    first = anna.client.post(path("/breaches/new"), data=form)
    again = anna.client.post(path("/breaches/new"), data=form)
    assert first.status_code == again.status_code == 303 and first.headers["Location"] == again.headers["Location"]
    assert count(database, "Twee keer") == 1
    assert "Dit formulier was al verstuurd" in anna.see(again.headers["Location"])


def test_two_requests_side_by_side_make_one(app: Flask, anna: Reader, path: Path, database: Database) -> None:
    at = path("/breaches/new")
    form = filled_in(anna, at, **own_breach("Naast elkaar"))
    cookies = {name: anna.client.get_cookie(name) for name in ("meldketen_session", "session")}
    both = Barrier(2)

    def send(_: int) -> str:
        client = app.test_client()
        for name, cookie in cookies.items():
            assert cookie
            client.set_cookie(name, cookie.value)
        both.wait()
        return client.post(at, data=form).headers["Location"]

    with ThreadPoolExecutor(2) as pool:
        led = set(pool.map(send, range(2)))
    assert len(led) == 1 and count(database, "Naast elkaar") == 1


def test_an_incident_sent_twice_from_its_check_page_is_one(anna: Reader, path: Path, database: Database) -> None:
    at = path("/incidents/new")
    form = filled_in(anna, at, **{"clients.0.client_number": "K0001"}) | an_incident_form(title="Station weg")
    checked = anna.client.post(at, data=form)
    fields = Fields(checked.text).forms[at]
    sent = [send_fields(anna, at, fields, send="1") for _ in range(2)]
    assert sent[0].headers["Location"] == sent[1].headers["Location"]
    assert count(database, "Station weg", "incident") == 1
    back = anna.client.post(at, data=form)
    assert back.headers["Location"] == sent[0].headers["Location"], "back to the form, and on again"
    changed = anna.client.post(at, data=form | {"title": "Nog een station"})
    assert changed.status_code == 409 and sent[0].headers["Location"] in changed.text
    check = send_fields(anna, at, Fields(changed.text).forms[at])
    assert send_fields(anna, at, Fields(check.text).forms[at], send="1").status_code == 303
    assert count(database, "Nog een station", "incident") == count(database, "Station weg", "incident") == 1


def test_another_one_is_made_knowingly(anna: Reader, path: Path, database: Database) -> None:
    at = path("/breaches/new")
    form = filled_in(anna, at, **own_breach("Eerste map"))
    anna.client.post(at, data=form)
    changed = anna.client.post(at, data=form | {"title": "Tweede map"})
    assert changed.status_code == 409 and count(database, "Tweede map") == 0
    meant = send_fields(anna, at, Fields(changed.text).forms[at])
    assert meant.status_code == 303 and count(database, "Tweede map") == 1 and count(database, "Eerste map") == 1


def test_the_same_in_a_new_form_is_asked_about(anna: Reader, path: Path, database: Database) -> None:
    """A browser that loads the form anew after "back" fills in what was typed, beside another key."""
    at, typed = path("/breaches/new"), own_breach("Zelfde map")
    anna.client.post(at, data=filled_in(anna, at, **typed))
    alike = anna.client.post(at, data=filled_in(anna, at, **typed))
    assert alike.status_code == 409 and count(database, "Zelfde map") == 1
    assert send_fields(anna, at, Fields(alike.text).forms[at]).status_code == 303
    assert count(database, "Zelfde map") == 2


def test_a_form_that_was_refused_is_sent_again_with_its_key(anna: Reader, path: Path, database: Database) -> None:
    at = path("/breaches/new")
    form = filled_in(anna, at, **own_breach("", description="x"))
    refused = anna.client.post(at, data=form)
    assert refused.status_code == 422 and KEY.search(refused.text)
    assert Fields(refused.text).at(at)["form_key"] == form["form_key"]
    assert anna.client.post(at, data=form | {"title": "Nu wel"}).status_code == 303
    assert count(database, "Nu wel") == 1


def test_a_key_of_somebody_else_or_of_nobody_counts_for_nothing(
    anna: Reader, reader: Login, office: Office, path: Path, database: Database
) -> None:
    at, joris = path("/breaches/new"), reader(a_member(office.id, name="Joris"))
    form = filled_in(anna, at, **own_breach("Van Anna"))
    anna.client.post(at, data=form)
    theirs = filled_in(joris, at, **own_breach("Van Joris"))
    for key in (form["form_key"], "x.y", ""):
        sent = joris.client.post(at, data=theirs | {"form_key": key})
        assert sent.status_code == 422 and count(database, "Van Joris") == 0, key
    again = joris.client.post(at, data=Fields(sent.text).at(at) | own_breach("Van Joris"))
    assert again.status_code == 303 and count(database, "Van Joris") == 1

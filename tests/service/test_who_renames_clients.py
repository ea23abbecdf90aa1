"""The name and the number of a client say whose register an incident opens: a person changes them, and proves it."""

from typing import Any

from flask import Flask

from service.admission.access import COOKIE
from tests.conftest import Database
from tests.pages.conftest import Reader
from tests.service.caller import Caller, refused
from tests.service.doors_of_contacts import House

OTHER = {"name": "Mal BV", "client_number": "M1"}
STANDS = "select controller_name as name, client_number from processing_agreement where processor_id = :o"


def rename(house: House, caller: Caller) -> Any:
    seen = {"If-Match": f'"{house.version()}"'}
    return caller.put(f"agreements/{house.ids['agreement']}/name", OTHER, headers=seen)


def test_no_token_and_no_old_factor_renames(app: Flask, database: Database) -> None:
    house = House(app, database)
    refused(rename(house, house.program()), 403, "client.name_not_by_token")
    refused(rename(house, house.officer(is_stale=True)), 403, "step.prove_again")
    assert [dict(row) for row in house.rows(STANDS)] == [{"name": "Client 1", "client_number": "K0001"}]
    assert rename(house, house.officer()).status_code == 200
    assert [dict(row) for row in house.rows(STANDS)] == [OTHER]


def test_the_page_keeps_what_was_typed_and_leads_to_the_proof(app: Flask, database: Database) -> None:
    house = House(app, database)
    officer = house.officer(is_stale=True)
    browser = app.test_client()
    browser.set_cookie(COOKIE, officer.token)
    answer = Reader(browser).send(f"/o/{officer.slug}/clients/{house.ids['agreement']}/name", OTHER)
    assert answer.status_code == 403 and 'value="Mal BV"' in answer.text and 'href="/proof?next=' in answer.text

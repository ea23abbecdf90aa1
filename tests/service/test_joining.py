"""Joining two registers of one organisation, over the API and on the page."""

from dataclasses import replace

from flask import Flask

from tenants.isolation import acting_for
from tenants.organisations.organisations import the_acting_organisation
from tests.conftest import Database
from tests.service.caller import caller_for, refused
from tests.worlds.two_registers import TwoRegisters


def test_an_owner_of_both_joins_them_and_reads_the_old_one(app: Flask, database: Database) -> None:
    twice, slugs = TwoRegisters(database), []
    for register in (twice.old, twice.goes_on):
        with acting_for(register):
            slugs.append(the_acting_organisation().slug)
    assert twice.owner.id
    old, goes_on = (replace(caller_for(app, twice.owner.id), slug=slug) for slug in slugs)
    [listed] = goes_on.get("registers").json["items"]
    assert (listed["register"], listed["can_be_joined"]) == (str(twice.old), True)
    browser = app.test_client()
    browser.set_cookie("meldketen_session", goes_on.token)
    assert "Samenvoegen met dit register" in browser.get(f"/o/{slugs[1]}/processors").text
    assert goes_on.post(f"registers/{twice.old}/join").json == {"agreements": 1}
    assert goes_on.get("registers").json["items"] == []
    refused(goes_on.post(f"registers/{twice.old}/join"), 404, "joining.unknown")
    assert old.get("breaches").status_code == 200
    refused(old.post("registers/" + str(twice.goes_on) + "/join"), 403, "role.not_enough")
    assert "Dit register gaat verder bij" in browser.get(f"/o/{slugs[0]}/").text

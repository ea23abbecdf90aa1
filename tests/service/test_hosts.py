"""Only under its own names does an installation tell anything: not under one that somebody had lead to this machine."""

from dataclasses import replace

import pytest
from flask import Flask

from service import create_app
from tests.conftest import Database
from tests.house.routes import path_of, routes
from tests.service.hosts import FOREIGN_HOSTS, OUR_HOSTS

OWN = "https://meldketen.example.nl"


@pytest.mark.parametrize("host", FOREIGN_HOSTS)
def test_no_route_answers_to_another_name(app: Flask, host: str) -> None:
    client = app.test_client()
    for method, rule in routes(app):
        answer = client.open(path_of(rule), method=method, headers={"Host": host})
        watching = rule.rule in ("/healthz", "/readyz")
        assert (answer.status_code == 421) is not watching, rule.rule
        assert not watching or answer.json in ({"alive": True}, {"ready": True})


@pytest.mark.parametrize("host", OUR_HOSTS)
def test_this_machine_and_the_own_address_are_known(app: Flask, host: str) -> None:
    assert app.test_client().get("/login", headers={"Host": host}).status_code == 200


def test_a_public_installation_knows_its_address(database: Database) -> None:
    public = create_app(replace(database.config, base_url=OWN))
    assert public.test_client().get("/login", base_url=OWN).status_code == 200
    refused = public.test_client().get("/login", base_url="https://elders.example.nl")
    assert refused.status_code == 421 and "adres dat u van uw organisatie kreeg" in refused.text

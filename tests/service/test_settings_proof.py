"""Where answers go is changed with a recent second factor, and whoever reads them now and the owners are told."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask

from tenants.errors import NotAllowed
from tenants.identity.users import OWNER, PRIVACY_OFFICER
from tenants.isolation import acting_for, database_now
from tenants.organisations.organisations import the_acting_organisation
from tenants.organisations.settings import confirmed_reply_address
from tests.conftest import Database
from tests.factories import a_member, an_organisation
from tests.service.caller import caller_for, refused
from workflows.mail.outbox import Outbox
from workflows.running.jobs import drain
from workflows.settings.changing import NEEDS_PROOF, change_settings

VALUES: dict[str, dict[str, Any]] = {
    "name": {"name": "Autoriteit"},
    "reply_address": {"reply_address": "nieuw@bakkerij.example"}, "sender_name": {"sender_name": "Loket"},
    "fg_email": {"fg": "this", "fg_name": "Fleur", "fg_email": "fg@bakkerij.example"},
}  # fmt: skip
STALE = "update login_session set proof_at = now() - interval '15 minutes' where user_id = :id"
IN_USE = """update organisation set reply_address = 'oud@bakkerij.example', reply_in_use = 'oud@bakkerij.example',
              reply_confirmed_at = now() where id = :o"""


def test_every_setting_that_takes_a_proof_is_walked() -> None:
    assert set(VALUES) == NEEDS_PROOF


@pytest.mark.parametrize("setting", VALUES)
def test_it_takes_a_recent_second_factor(database: Database, setting: str) -> None:
    house = an_organisation(is_verified=False)
    owner = a_member(house, OWNER)
    with acting_for(house):
        stale = replace(owner, proven_at=database_now() - timedelta(minutes=15))
        with pytest.raises(NotAllowed) as refusal:
            change_settings(VALUES[setting], stale, 1)
        assert refusal.value.key == "step.prove_again"
        assert change_settings({"sector": "bakkerij"}, stale, 1).sector == "bakkerij", "another setting is easy"


@pytest.mark.parametrize("setting", VALUES)
def test_the_api_asks_for_it_too(app: Flask, database: Database, setting: str) -> None:
    owner = a_member(an_organisation(is_verified=False), OWNER)
    assert owner.id
    boss = caller_for(app, owner.id)
    seen = {"If-Match": boss.get("settings").headers["ETag"]}
    database.outside(STALE, id=owner.id)
    refused(boss.put("settings", VALUES[setting], headers=seen), 403, "step.prove_again")
    assert boss.put("settings", {"sector": "bakkerij"}, headers=seen).status_code == 200, "another setting is easy"


def test_the_earlier_address_stays_in_use_and_it_and_the_owners_are_told(database: Database, outbox: Outbox) -> None:
    house = an_organisation()
    a_member(house, OWNER, "Wim")
    officer = a_member(house, PRIVACY_OFFICER)
    database.outside(IN_USE, o=house)
    with acting_for(house):
        change_settings(VALUES["reply_address"], replace(officer, proven_at=database_now()), 1)
        assert confirmed_reply_address(the_acting_organisation()) == "oud@bakkerij.example"
    while drain(str(house)):
        pass
    told = [mail for mail in outbox.mails if "wijzigde het adres" in mail.subject]
    assert "oud@bakkerij.example" in {person.address for mail in told for person in mail.people} and len(told) == 2
    assert all("nieuw@bakkerij.example" in mail.as_read_by(mail.people[0])[1] for mail in told)

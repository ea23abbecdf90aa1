"""The mail about a changed address for answers says where answers go from now on, whatever stood there before."""

import pytest

from tenants.isolation import acting_for
from tenants.organisations.organisations import the_acting_organisation
from tests.conftest import Database
from tests.factories import proven
from tests.worlds.waiting_approvals import WaitingApprovals
from workflows.settings.changing import change_settings

SET = """update organisation set reply_address = :filled, reply_in_use = :in_use,
                reply_confirmed_at = case when cast(:in_use as text) is not null then now() end where id = :o"""
OLD, OTHER, NEW = "oud@bakkerij.example", "ander@bakkerij.example", "nieuw@bakkerij.example"
NOWHERE, TO_OLD = "is er geen adres voor antwoorden", f"Tot dan gaan antwoorden naar {OLD}."


@pytest.mark.parametrize(("filled", "in_use", "new", "now"), [
    (OLD, OLD, NEW, TO_OLD), (OTHER, OLD, NEW, TO_OLD), (None, None, NEW, NOWHERE), (OTHER, None, NEW, NOWHERE),
    (OLD, OLD, None, "Er is nu geen adres voor antwoorden."), (OTHER, OLD, OLD, f"Antwoorden gaan nu naar {OLD}."),
])  # fmt: skip
def test_the_mail_says_where_answers_go_now(
    database: Database, filled: str | None, in_use: str | None, new: str | None, now: str
) -> None:
    house = WaitingApprovals()
    database.outside(SET, filled=filled, in_use=in_use, o=house.id)
    with acting_for(house.id):
        change_settings({"reply_address": new}, proven(house.owner), the_acting_organisation().settings_version)
    mails = database.outside(
        "select common from mail_batch where text_key = 'reply_changed' and organisation_id = :o", o=house.id
    )
    assert mails and all(now in mail["common"]["now"] for mail in mails)

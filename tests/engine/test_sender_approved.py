"""A notice goes as it was approved: whatever fills its mail, changed after the approval, is approved by another again.

The walk goes through every key that fills a notice, so a new one must say here where its value comes from.
"""

from collections.abc import Callable
from dataclasses import replace

import pytest

from tenants.errors import AlreadyDone, Invalid, NotAllowed
from tenants.history.entries import Actor, of_subject
from tenants.identity.sessions import hash_of_token
from tenants.identity.users import APPROVER, HANDLER, OWNER
from tenants.isolation import acting_for, database_now
from tenants.organisations.organisations import the_acting_organisation
from tenants.register.notices import notice
from tests.conftest import Database
from tests.worlds.waiting_approvals import WaitingApprovals, refused
from workflows.engine.advance import complete
from workflows.notice.bulk_notice import BULK_NOTICE
from workflows.notice.notice_mail import filling_of
from workflows.settings.changing import change_settings
from workflows.settings.reply_address import confirm

IN_USE = "update organisation set reply_address = :a, reply_in_use = :a, reply_confirmed_at = now() where id = :o"
NAME = "update organisation set name = 'Bank' where id = :o"
OF_NOTICE = {"subject", "nature", "contact", "consequences", "measures", "check_code"}
OUR_OWN = {"trial", "check_url"}
"""Our own words and address, which no organisation changes."""
OUTSIDE = {
    "organisation": (NAME, {}), "on_behalf_of": ("update organisation set sender_name = 'Bank' where id = :o", {}),
    "answers": (IN_USE, {"a": "dief@evil.example"}), "reply_to": (IN_USE, {"a": "dief@evil.example"}),
}  # fmt: skip
"""Where the value of each other key comes from, changed past our code."""


@pytest.fixture
def house(database: Database) -> WaitingApprovals:
    """Not proven, so that its name can change; a confirmed address for answers; its notice is approved."""
    house = WaitingApprovals()
    database.outside("update organisation set verified_at = null, verified_how = null where id = :o", o=house.id)
    database.outside(IN_USE, o=house.id, a="post@bakkerij.example")
    database.outside("update notice set contact = 'Bel 010 123 45 67' where id = :n", n=house.notice)
    return house.approved()


def proven(who: Actor) -> Actor:
    return replace(who, proven_at=database_now())


def release(house: WaitingApprovals) -> None:
    with acting_for(house.id):
        complete(BULK_NOTICE, house.notice, "release", house.handler, HANDLER, {})


def test_every_key_that_fills_a_notice_is_walked(house: WaitingApprovals) -> None:
    with acting_for(house.id):
        assert set(filling_of(notice(house.notice))) == OF_NOTICE | OUR_OWN | set(OUTSIDE)


@pytest.mark.parametrize("key", [*sorted(OF_NOTICE), *OUTSIDE])
def test_a_key_that_changed_past_our_code_is_not_sent(house: WaitingApprovals, database: Database, key: str) -> None:
    of_notice = (f"update notice set {key} = 'Anders' where id = :n", {"n": house.notice})
    statement, values = of_notice if key in OF_NOTICE else (OUTSIDE[key][0], OUTSIDE[key][1] | {"o": house.id})
    with acting_for(house.id):
        before = filling_of(notice(house.notice))[key]
    database.outside(statement, **values)
    with acting_for(house.id):
        assert filling_of(notice(house.notice))[key] != before
    with pytest.raises(Invalid) as refusal:
        release(house)
    assert refusal.value.key == "notice.not_as_approved"


def test_a_setting_undoes_the_approval_and_whoever_changed_it_does_not_approve(house: WaitingApprovals) -> None:
    with acting_for(house.id):
        version = notice(house.notice).version
        seen = the_acting_organisation().settings_version
        change_settings({"sender_name": "Klantenservice"}, proven(house.owner), seen)
    with acting_for(house.id):
        row, last = notice(house.notice), of_subject(house.notice)[-1]
        assert row.approved_at is None and row.version == version + 1
    assert (last.what, last.actor_name) == ("notice.sender_changed", house.owner.name)
    assert last.details == {"parts": ["on_behalf_of"], "to_be_approved_again": True}
    with pytest.raises(AlreadyDone):
        release(house)
    with pytest.raises(NotAllowed), acting_for(house.id):
        complete(BULK_NOTICE, house.notice, "approve", proven(house.owner), OWNER, {"agrees": True})
    refused("four_eyes", lambda: house.does("bulk_notice", "approve", house.owner))
    with acting_for(house.id):
        complete(BULK_NOTICE, house.notice, "approve", house.approver, APPROVER, {"agrees": True})
    release(house)


def test_whoever_filled_in_the_address_does_not_decide_after_somebody_there_confirmed_it(
    house: WaitingApprovals, database: Database
) -> None:
    """Anybody can read the mail of an address of their own, so the press of its button is no second person."""
    with acting_for(house.id):
        wanted = {"reply_address": "nieuw@bakkerij.example"}
        change_settings(wanted, proven(house.approver), the_acting_organisation().settings_version)
    database.outside("update organisation set reply_link_hash = :h where id = :o", h=hash_of_token("t"), o=house.id)
    with acting_for(house.id):
        assert confirm("t").reply_in_use == "nieuw@bakkerij.example"
        assert notice(house.notice).approved_at is None
    with pytest.raises(NotAllowed), acting_for(house.id):
        complete(BULK_NOTICE, house.notice, "approve", proven(house.approver), APPROVER, {"agrees": True})
    refused("four_eyes", lambda: house.does("bulk_notice", "approve", house.approver))
    with acting_for(house.id):
        complete(BULK_NOTICE, house.notice, "approve", proven(house.owner), OWNER, {"agrees": True})
    release(house)


def test_whoever_changed_the_sender_does_not_release_it(house: WaitingApprovals) -> None:
    with acting_for(house.id):
        seen = the_acting_organisation().settings_version
        change_settings({"sender_name": "Klantenservice"}, proven(house.handler), seen)
        complete(BULK_NOTICE, house.notice, "approve", house.approver, APPROVER, {"agrees": True})
    with pytest.raises(NotAllowed):
        release(house)
    refused("four_eyes", lambda: house.does("bulk_notice", "release", house.handler))


def test_after_the_release_too_until_its_mail_is_planned(house: WaitingApprovals) -> None:
    release(house)
    with acting_for(house.id):
        change_settings({"sender_name": "Loket"}, proven(house.owner), the_acting_organisation().settings_version)
        assert notice(house.notice).approved_at is None


ELSEWHERE: dict[str, Callable[[WaitingApprovals], dict[str, object]]] = {
    "fg": lambda house: {"fg": "this", "fg_name": "Dief", "fg_email": "dief@evil.example"},
    "reply_address": lambda house: {"reply_address": "dief@evil.example"},
}


@pytest.mark.parametrize("setting", ELSEWHERE)
def test_an_address_that_nobody_confirmed_is_in_no_notice(house: WaitingApprovals, setting: str) -> None:
    with acting_for(house.id):
        changed = ELSEWHERE[setting](house)
        change_settings(changed, proven(house.owner), the_acting_organisation().settings_version)
        filled = filling_of(notice(house.notice))
        assert filled["reply_to"] == "post@bakkerij.example" and notice(house.notice).approved_at is not None
    release(house)

"""Nobody takes away another owner's seat, role or second factor at once: the owner has a day to object, and is told.

By the routes, and in the database past them.
"""

from typing import Any
from uuid import UUID

import pyotp
import pytest
from flask import Flask
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from tenants.database import db
from tenants.identity.passkeys import Passkey
from tenants.identity.users import AUDITOR, OWNER
from tenants.isolation import Acting, acting_for_nobody, acting_for_whom
from tests.conftest import Database
from tests.factories import a_member
from tests.oidc.browser import Browser
from tests.service.caller import caller_for, refused
from tests.service.worlds import SECRET, TwoOwners
from workflows.mail.outbox import Outbox
from workflows.running import jobs


@pytest.fixture
def house(app: Flask, database: Database) -> TwoOwners:
    return TwoOwners(app, database)


def test_a_seat_ends_a_day_after_it_was_asked(house: TwoOwners) -> None:
    refused(house.bo.call("DELETE", house.seat), 422, "owner.ask_first")
    refused(house.bo.put(f"{house.seat}/role", {"role": AUDITOR}), 422, "owner.ask_first")
    answer = house.bo.post(f"{house.seat}/ending")
    assert answer.status_code == 200
    assert {person["name"] for person in answer.json["items"] if person["ends_from"]} == {"Anna"}
    refused(house.bo.post(f"{house.seat}/ending"), 422, "owner.asked_already")
    refused(house.bo.call("DELETE", house.seat), 422, "owner.has_a_day")
    refused(house.bo.put(f"{house.seat}/role", {"role": AUDITOR}), 422, "owner.has_a_day")
    assert house.role() == OWNER
    house.a_day_later()
    assert house.bo.call("DELETE", house.seat).status_code == 204
    assert house.role() is None


def test_lowering_the_role_a_day_later_ends_the_request(house: TwoOwners) -> None:
    assert house.bo.post(f"{house.seat}/ending").status_code == 200
    house.a_day_later()
    assert house.bo.put(f"{house.seat}/role", {"role": AUDITOR}).status_code == 200
    assert house.role() == AUDITOR
    assert house.bo.put(f"{house.seat}/role", {"role": OWNER}).status_code == 200
    refused(house.bo.call("DELETE", house.seat), 422, "owner.ask_first")


def test_what_was_asked_long_ago_is_asked_again(house: TwoOwners) -> None:
    assert house.bo.post(f"{house.seat}/ending").status_code == 200
    for _ in range(8):
        house.a_day_later()
    refused(house.bo.call("DELETE", house.seat), 422, "owner.ask_first")
    assert house.bo.post(f"{house.seat}/ending").status_code == 200


def test_an_objection_counts_once(house: TwoOwners) -> None:
    refused(house.anna.call("DELETE", f"{house.seat}/ending"), 404, "owner.not_asked")
    assert house.bo.post(f"{house.seat}/ending").status_code == 200
    assert house.anna.call("DELETE", f"{house.seat}/ending").status_code == 204
    refused(house.bo.call("DELETE", house.seat), 422, "owner.ask_first")
    refused(house.bo.post(f"{house.seat}/ending"), 422, "owner.objected")
    for _ in range(7):
        house.a_day_later()
    assert house.bo.post(f"{house.seat}/ending").status_code == 200
    refused(house.anna.call("DELETE", f"{house.seat}/ending"), 422, "owner.objected_before")
    assert house.bo.call("DELETE", f"{house.seat}/ending").status_code == 204, "who asked takes it back"


def test_everybody_is_told_at_once_who_asked(house: TwoOwners, outbox: Outbox) -> None:
    assert house.bo.post(f"{house.seat}/ending").status_code == 200
    jobs.drain(str(house.id))
    written = {person.name: mail.as_read_by(person) for mail in outbox.mails for person in mail.people}
    assert set(written) == {"Anna", "Cor"}
    assert all("Bo wil dat Anna geen eigenaar meer is" in mail[0] for mail in written.values())
    assert "maak bezwaar" in written["Anna"][1]


def test_who_asked_and_the_other_owners_are_told_of_an_objection(house: TwoOwners, outbox: Outbox) -> None:
    a_member(house.id, OWNER, "Derk")
    assert house.bo.post(f"{house.seat}/ending").status_code == 200
    jobs.drain(str(house.id))
    before = len(outbox.mails)
    assert house.anna.call("DELETE", f"{house.seat}/ending").status_code == 204
    jobs.drain(str(house.id))
    mailed = {person.name: mail.as_read_by(person) for mail in outbox.mails[before:] for person in mail.people}
    assert set(mailed) == {"Bo", "Derk"}
    for subject, body, _ in mailed.values():
        assert "Anna maakte bezwaar, Anna blijft eigenaar" in subject
        assert "Er is gevraagd om Anna te laten gaan" in body and "door: Bo. Anna maakte" in body
        assert "opnieuw vragen bij" in body


def test_others_join_what_is_asked_and_it_stands_until_all_took_it_back(app: Flask, house: TwoOwners) -> None:
    third = a_member(house.id, OWNER, "Derk").id
    assert third
    derk, ending = caller_for(app, third), f"{house.seat}/ending"
    first = house.bo.post(ending).json["items"]
    joined = derk.post(ending).json["items"]
    [before], [after] = ([person for person in items if person["name"] == "Anna"] for items in (first, joined))
    assert after["ends_from"] == before["ends_from"]
    assert (before["end_asked_by"], after["end_asked_by"]) == ([str(house.bo_id)], [str(house.bo_id), str(third)])
    assert house.bo.call("DELETE", ending).status_code == 204
    refused(house.bo.post(ending), 422, "owner.asked_lately")
    house.a_day_later()
    assert derk.call("DELETE", house.seat).status_code == 204


def test_the_page_says_who_asks_and_offers_to_join_or_to_take_it_back(app: Flask, house: TwoOwners) -> None:
    third = a_member(house.id, OWNER, "Derk").id
    assert third
    derk, people = caller_for(app, third), f"/o/{house.bo.slug}/people"
    assert house.bo.post(f"{house.seat}/ending").status_code == 200
    theirs, own = Browser(app, derk.token), Browser(app, house.bo.token)
    shown, mine = theirs.get(people).text, own.get(people).text
    assert "laten gaan, door: Bo." in shown and "Vraag dit ook" in shown and "Maak bezwaar" in shown
    assert "Trek uw verzoek in" in mine and "Vraag dit ook" not in mine
    assert derk.post(f"{house.seat}/ending").status_code == 200
    assert "laten gaan, door: Bo, Derk." in theirs.get(people).text
    taken_back = own.post(f"{people}/{house.anna_id}/ending/objection", on=people)
    assert taken_back.status_code == 303
    assert "Een andere eigenaar vraagt het nog wel" in own.get(people).text


def test_who_took_it_back_asks_again_a_day_later(house: TwoOwners) -> None:
    ending = f"{house.seat}/ending"
    assert house.bo.post(ending).status_code == 200
    assert house.bo.call("DELETE", ending).status_code == 204
    refused(house.bo.post(ending), 422, "owner.asked_lately")
    house.a_day_later()
    assert house.bo.post(ending).status_code == 200


AGAIN = """
    update membership set ends_from = now() + interval '1 day', end_asked_by = array[cast(:by as uuid)],
           end_asked_at = null, end_taken_back_by = '{}' where user_id = :who"""


def test_the_database_keeps_the_day_between_two_requests(house: TwoOwners) -> None:
    ending = f"{house.seat}/ending"
    assert house.bo.post(ending).status_code == 200
    assert house.bo.call("DELETE", ending).status_code == 204
    with (
        pytest.raises(IntegrityError, match="asks again a day later"),
        acting_for_whom(lambda: Acting(house.id, house.bo_id)),
    ):
        db.session.execute(text(AGAIN), {"who": house.anna_id, "by": house.bo_id})


def test_taking_a_request_back_sends_no_mail_of_an_objection(house: TwoOwners, outbox: Outbox) -> None:
    assert house.bo.post(f"{house.seat}/ending").status_code == 200
    assert house.bo.call("DELETE", f"{house.seat}/ending").status_code == 204
    jobs.drain(str(house.id))
    assert not [mail for mail in outbox.mails if "bezwaar, " in mail.subject]


def test_ones_own_word_is_enough(house: TwoOwners) -> None:
    refused(house.anna.post(f"{house.seat}/ending"), 422, "owner.leave_yourself")
    assert house.anna.put(f"{house.seat}/role", {"role": AUDITOR}).status_code == 200


def test_an_owners_factor_goes_a_day_later_whoever_agrees(app: Flask, house: TwoOwners) -> None:
    path, third = f"{house.seat}/second-factor/removal", a_member(house.id, OWNER, "Derk").id
    assert third
    assert house.bo.post(path).json == {"removed": False}
    assert caller_for(app, third).post(path).json == {"removed": False}
    assert house.has_factor()
    house.a_day_later()
    assert house.bo.post(path).json == {"removed": True}
    assert not house.has_factor()


def test_giving_the_factor_stops_it(app: Flask, house: TwoOwners) -> None:
    path = f"{house.seat}/second-factor/removal"
    assert house.bo.post(path).json == {"removed": False}
    late = caller_for(app, house.anna_id, proven=False)
    assert late.post("/api/session/proof", {"code": pyotp.TOTP(SECRET).now()}).status_code == 204
    house.a_day_later()
    assert house.bo.post(path).json == {"removed": False}, "it is asked anew"
    assert house.has_factor()


PAST_THE_DOORS = {
    "the seat": "delete from membership where user_id = :who",
    "the role": "update membership set role = 'auditor' where user_id = :who",
    "the app": "delete from user_totp where user_id = :who",
    "the codes": "delete from recovery_code where user_id = :who",
    "the passkey": "delete from passkey where user_id = :who",
    "the day": "update membership set ends_from = now(), end_asked_by = array[cast(:who as uuid)] where user_id = :who",
}


def has_a_passkey(house: TwoOwners) -> None:
    with acting_for_nobody():
        key = Passkey(user_id=house.anna_id, credential_id=house.anna_id.bytes, public_key=b"x", sign_count=0, name="x")
        db.session.add(key)


def changes(house: TwoOwners, change: str, person: UUID) -> int:
    """How many rows it changed."""
    with acting_for_whom(lambda: Acting(house.id, person)):
        done: Any = db.session.execute(text(PAST_THE_DOORS[change]), {"who": house.anna_id})
        return int(done.rowcount)


@pytest.mark.parametrize("change", PAST_THE_DOORS)
def test_the_database_keeps_the_day_too(house: TwoOwners, change: str) -> None:
    has_a_passkey(house)
    with pytest.raises(IntegrityError, match="an owner has a day to object"):
        changes(house, change, house.bo_id)
    if change == "the day":
        return
    assert house.bo.post(f"{house.seat}/ending").status_code == 200
    assert house.bo.post(f"{house.seat}/second-factor/removal").status_code == 200
    with pytest.raises(IntegrityError, match="an owner has a day to object"):
        changes(house, change, house.bo_id)
    house.a_day_later()
    changes(house, change, house.bo_id)


@pytest.mark.parametrize("change", ["the seat", "the role", "the app", "the codes", "the passkey"])
def test_an_owner_changes_their_own_at_once(house: TwoOwners, change: str) -> None:
    has_a_passkey(house)
    assert changes(house, change, house.anna_id) > 0

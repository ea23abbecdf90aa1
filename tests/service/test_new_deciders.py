"""Somebody new who decides: all are told, it counts a day later, and accounts that look like one person are marked."""

from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy.exc import IntegrityError

from tenants.database import db
from tenants.identity.invitations import new_invitation
from tenants.identity.sessions import begin_session
from tenants.identity.users import APPROVER, AUDITOR, HANDLER, OWNER, PRIVACY_OFFICER, User, add_user, make_member
from tenants.isolation import acting_for_nobody, database_now
from tests.conftest import Database
from tests.factories import a_member, an_assessment, an_organisation, an_own_breach
from tests.service.caller import Caller, caller_for, keys, refused
from tests.service.two_places import Two

LATER = "update organisation set claimed_at = now() - interval '2 days' where id = :id"


def joins(app: Flask, owner: Caller, database: Database, role: str, name: str = "Nieuw") -> UUID:
    """Somebody whom this owner gave a role."""
    place = database.outside("select id from organisation where slug = :slug", slug=owner.slug)[0]["id"]
    who = a_member(place, AUDITOR, name).id
    assert who
    assert owner.put(f"members/{who}/role", {"role": role}).status_code == 200
    return who


def test_a_new_decider_waits_a_day_or_for_a_second_owner(app: Flask, two: Two, database: Database) -> None:
    database.outside(LATER, id=two.here)
    second = a_member(two.here, OWNER, "Tweede").id
    assert second
    who = joins(app, two.owner, database, APPROVER)
    [seat] = database.outside("select counts_from > now() as waits from membership where user_id = :id", id=who)
    assert seat["waits"]
    mails = "select id from mail_batch where text_key = 'new_role' and organisation_id = :id"
    assert len(database.outside(mails, id=two.here)) == 1
    refused(two.owner.post(f"members/{who}/agreement"), 403, "seat.agree_by_another")
    assert caller_for(app, second).post(f"members/{who}/agreement").status_code == 200
    [seat] = database.outside("select counts_from > now() as waits from membership where user_id = :id", id=who)
    assert not seat["waits"]
    refused(two.owner.post(f"members/{who}/agreement"), 422, "seat.counts_already")


def a_draft(two: Two, app: Flask, officer: UUID) -> tuple[str, dict[str, str]]:
    """A decision that waits for an approval: where, and which version of it."""
    breach, fenna = an_own_breach(two.here), caller_for(app, officer)
    assert fenna.post(f"breaches/{breach}/assessment", an_assessment()).status_code == 200
    drafted = fenna.post(f"breaches/{breach}/draft", {"decision": "notify", "reason": "Er is een risico."})
    assert drafted.status_code == 200, drafted.text
    return f"breaches/{breach}", {"If-Match": drafted.headers["ETag"]}


def test_who_waits_approves_nothing_also_for_the_database(app: Flask, two: Two, database: Database) -> None:
    database.outside(LATER, id=two.here)
    officer = a_member(two.here, PRIVACY_OFFICER, "Fenna").id
    assert officer
    path, headers = a_draft(two, app, officer)
    who = joins(app, two.owner, database, APPROVER)
    new = caller_for(app, who)
    refused(new.post(f"{path}/approval", {"agrees": True}, headers=headers), 403, "seat.not_yet")
    done = """update step set state = 'done', done_by = :who, done_at = now()
               where organisation_id = :here and name = 'approve' and state = 'waiting'"""
    with pytest.raises(IntegrityError, match="this seat does not count yet"):
        database.outside(done, who=who, here=two.here)
    database.outside("update membership set counts_from = now() where user_id = :id", id=who)
    database.outside("update app_user set proof_counts_from = now() + interval '1 day' where id = :id", id=who)
    refused(new.post(f"{path}/approval", {"agrees": True}, headers=headers), 403, "step.factor_too_new")
    with pytest.raises(IntegrityError, match="this second factor does not count yet"):
        database.outside(done, who=who, here=two.here)
    database.outside("update app_user set proof_counts_from = now() where id = :id", id=who)
    assert new.post(f"{path}/approval", {"agrees": True}, headers=headers).status_code == 200


def test_one_person_with_two_mailboxes_is_marked(app: Flask, two: Two, database: Database) -> None:
    officer, owner = a_member(two.here, PRIVACY_OFFICER, "Fenna").id, a_member(two.here, OWNER, "Sanne").id
    assert officer and owner
    for who, address in ((officer, "mal2+a@evil.example"), (owner, "mal2+h@evil.example")):
        database.outside("update app_user set email = :email where id = :id", email=address, id=who)
    path, headers = a_draft(two, app, officer)
    sanne = caller_for(app, owner)
    answer = sanne.post(f"{path}/approval", {"agrees": True}, headers=headers)
    [marked] = [step["alike"] for step in answer.json["run"]["steps"] if step["name"] == "approve"]
    assert marked == [{"step": "assess", "why": ["mailbox"]}, {"step": "draft", "why": ["mailbox"]}], answer.text
    query = "select details->'alike' as alike from history where what = 'ap_notification.approve' and actor_id = :id"
    assert database.outside(query, id=owner) == [{"alike": marked}]
    browser = app.test_client()
    browser.set_cookie("meldketen_session", sanne.token)
    page = browser.get(f"/o/{sanne.slug}/{path}").get_data(as_text=True)
    assert "Let op: dit lijkt dezelfde persoon" in page and "dezelfde mailbox" in page


@pytest.mark.parametrize("role", [AUDITOR, HANDLER])
def test_a_deputy_who_decides_more_than_before_waits_and_is_told_of(
    app: Flask, two: Two, database: Database, role: str
) -> None:
    database.outside(LATER, id=two.here)
    reads = a_member(two.here, role, "Riet").id
    with acting_for_nobody():
        now = database_now()
    period = {"starts_at": now.isoformat(), "ends_at": (now + timedelta(days=7)).isoformat(), "reason": "Ziek"}
    asked = {"of_user": str(two.person), "deputy_id": str(reads)} | period
    answer = two.owner.post("deputies", asked)
    assert answer.status_code == 201, answer.text
    waits = "select counts_from > now() as waits from deputy where deputy_id = :id"
    assert database.outside(waits, id=reads) == [{"waits": True}]


def test_a_deputy_who_waits_approves_nothing_also_for_the_database(app: Flask, two: Two, database: Database) -> None:
    database.outside(LATER, id=two.here)
    officer, reads = a_member(two.here, PRIVACY_OFFICER, "Fenna").id, a_member(two.here, AUDITOR, "Riet").id
    assert officer and reads
    path, headers = a_draft(two, app, officer)
    with acting_for_nobody():
        now = database_now()
    period = {"starts_at": now.isoformat(), "ends_at": (now + timedelta(days=7)).isoformat(), "reason": "Ziek"}
    asked = {"of_user": str(two.person), "deputy_id": str(reads)} | period
    assert two.owner.post("deputies", asked).status_code == 201
    new = caller_for(app, reads)
    refused(new.post(f"{path}/approval", {"agrees": True}, headers=headers), 403, "seat.not_yet")
    done = """update step set state = 'done', done_by = :who, done_for = :whom, done_at = now()
               where organisation_id = :here and name = 'approve' and state = 'waiting'"""
    with pytest.raises(IntegrityError, match="this seat does not count yet"):
        database.outside(done, who=reads, whom=two.person, here=two.here)
    database.outside("update deputy set counts_from = now() where deputy_id = :id", id=reads)
    database.outside("update membership set counts_from = now() + interval '1 day' where user_id = :id", id=two.person)
    refused(new.post(f"{path}/approval", {"agrees": True}, headers=headers), 403, "seat.not_yet")
    with pytest.raises(IntegrityError, match="this seat does not count yet"):
        database.outside(done, who=reads, whom=two.person, here=two.here)
    database.outside("update membership set counts_from = now() where user_id = :id", id=two.person)
    assert new.post(f"{path}/approval", {"agrees": True}, headers=headers).status_code == 200


def test_a_young_factor_does_not_count_and_a_login_by_the_provider_has_its_own(
    app: Flask, two: Two, database: Database
) -> None:
    """The organisation's provider vouches for the second factor of its own logins: a new one of the account is beside
    it. A login of the account itself waits."""
    officer = a_member(two.here, PRIVACY_OFFICER, "Fenna").id
    assert officer
    path, headers = a_draft(two, app, officer)
    database.outside("update app_user set proof_counts_from = now() + interval '1 day' where id = :id", id=two.person)
    itself = caller_for(app, two.person)
    with acting_for_nobody():
        by_provider = Caller(app, begin_session(User(id=two.person), True, two.here), two.owner.slug)
    there = replace(itself, slug=two.owner.slug)
    refused(there.post(f"{path}/approval", {"agrees": True}, headers=headers), 403, "step.factor_too_new")
    assert by_provider.post(f"{path}/approval", {"agrees": True}, headers=headers).status_code == 200


def test_nobody_joins_under_the_name_of_a_member(app: Flask, two: Two) -> None:
    with acting_for_nobody():
        token, row = new_invitation(two.here, "nieuw@example.nl", HANDLER)
        db.session.add(row)
    values = {"name": " joris  MULDER", "password": "een lange zin als wachtwoord"}
    path = f"/api/invitations/{token}"
    assert keys(app.test_client().post(path, json=values)) == [("name", "user.name_taken")]
    assert app.test_client().post(path, json=values | {"name": "Joris A. Mulder"}).status_code == 201


def test_nobody_joins_with_an_account_that_has_the_name_of_a_member(app: Flask, two: Two, database: Database) -> None:
    password = "een lange zin als wachtwoord"
    elsewhere = an_organisation("Elders")
    with acting_for_nobody():
        known = add_user("naamgenoot@example.nl", "Joris Mulder", password)
        make_member(known.id, elsewhere, HANDLER)
        token, row = new_invitation(two.here, "naamgenoot@example.nl", HANDLER)
        db.session.add(row)
    values = {"name": "Bram", "password": password}
    refused(app.test_client().post(f"/api/invitations/{token}", json=values), 422, "invitation.name_taken")
    assert len(database.outside("select 1 from membership where user_id = :id", id=known.id)) == 1
    database.outside("update app_user set name = 'Joris A. Mulder' where id = :id", id=known.id)
    assert app.test_client().post(f"/api/invitations/{token}", json=values).status_code == 201


def test_an_address_that_cannot_be_mailed_stops_no_act(app: Flask, two: Two, database: Database) -> None:
    """A colleague whose address is none: seats are given and factors asked for, and everybody else hears of it."""
    database.outside(LATER, id=two.here)
    colleague, other = a_member(two.here, OWNER, "Onbereikbaar").id, a_member(two.here, OWNER, "Bereikbaar").id
    assert colleague and other
    database.outside("update app_user set email = 'geen adres' where id = :id", id=colleague)
    joins(app, two.owner, database, APPROVER)
    assert two.removal(two.owner) == (200, False)
    assert two.removal(two.owner, "DELETE") == (204, None)
    mails = "select distinct text_key from mail_batch where organisation_id = :here and text_key = any(:keys)"
    text_keys = ["new_role", "owner_factor_asked", "owner_factor_stopped"]
    assert sorted(row["text_key"] for row in database.outside(mails, here=two.here, keys=text_keys)) == text_keys


def test_a_role_without_decisions_counts_at_once(app: Flask, two: Two, database: Database) -> None:
    database.outside(LATER, id=two.here)
    who = joins(app, two.owner, database, AUDITOR)
    assert database.outside("select 1 from membership where user_id = :id and counts_from is not null", id=who) == []


def test_the_first_people_count_at_once(app: Flask, two: Two, database: Database) -> None:
    who = joins(app, two.owner, database, APPROVER)
    assert database.outside("select 1 from membership where user_id = :id and counts_from is not null", id=who) == []

"""Seats are an organisation's, factors are a person's own: what an owner does counts in that organisation alone."""

import re
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

import pyotp
import pytest
from flask import Flask
from sqlalchemy.exc import IntegrityError

from service.access import COOKIE
from tenants.database import db
from tenants.factor_requests import new_link
from tenants.invitations import new_invitation
from tenants.isolation import acting_for_nobody, database_now
from tenants.recovery import new_recovery_codes
from tenants.sessions import begin_session
from tenants.totp import enrol_totp
from tenants.users import APPROVER, AUDITOR, HANDLER, OWNER, PRIVACY_OFFICER, User, add_user, make_member
from tests.conftest import Database
from tests.factories import a_member, an_assessment, an_organisation, an_own_breach
from tests.house.test_routes import filled, routes
from tests.service.caller import Caller, caller_for, keys, refused

DECIDES_ELSEWHERE = {
    "user_totp": "select * from user_totp where user_id = :who",
    "passkey": "select * from passkey where user_id = :who",
    "recovery_code": "select * from recovery_code where user_id = :who order by code_hash",
    "login_session": "select token_hash, revoked_at, only_organisation from login_session where user_id = :who",
    "membership": "select * from membership where user_id = :who and organisation_id <> :here",
    "app_user": "select * from app_user where id = :who",
}
ACTS = ("see_to_people", "appoint_deputy", "see_to_tokens", "see_to_provider", "see_to_keys")
BODIES = {
    "role": {"role": AUDITOR}, "invitations": {"email": "x@example.nl", "role": OWNER},
}  # fmt: skip
CSRF = re.compile(r'name="csrf_token" value="([^"]+)"')
LATER = "update organisation set claimed_at = now() - interval '2 days' where id = :id"


@dataclass(frozen=True)
class Two:
    """A person who works at two organisations, and an owner of each."""

    here: UUID
    there: UUID
    person: UUID
    owner: Caller
    owner_there: Caller
    path: str

    def removal(self, caller: Caller, method: str = "POST") -> tuple[int, bool | None]:
        """What comes of asking for, agreeing with or stopping the removal."""
        answer = caller.call(method, self.path, json={} if method == "POST" else None)
        return answer.status_code, answer.json["removed"] if answer.status_code == 200 else None


@pytest.fixture
def two(app: Flask) -> Two:
    """Joris approves at both, with an app and codes on paper."""
    here, there = an_organisation("Hier"), an_organisation("Daar")
    who = a_member(here, APPROVER, "Joris Mulder").id
    one, other = a_member(here, OWNER, "Olga").id, a_member(there, OWNER, "Otto").id
    assert who and one and other
    with acting_for_nobody():
        make_member(who, there, APPROVER)
        enrol_totp(who, pyotp.random_base32())
        new_recovery_codes(who)
        begin_session(User(id=who), True)
    path = f"members/{who}/second-factor/removal"
    return Two(here, there, who, caller_for(app, one), caller_for(app, other), path)


def as_it_stands(database: Database, two: Two) -> dict[str, list[object]]:
    """All that decides what the person may do at the other organisation."""
    return {
        name: [dict(row) for row in database.outside(asked.replace(":here", f"'{two.here}'"), who=two.person)]
        for name, asked in DECIDES_ELSEWHERE.items()
    }


def test_nothing_elsewhere_differs_after_an_owner_did_everything(app: Flask, two: Two, database: Database) -> None:
    """Every route of every act about people and ways in, with the person's id wherever an id is asked."""
    before, walked = as_it_stands(database, two), 0
    for method, rule in sorted(routes(app), key=lambda one: (one[0] == "DELETE", one[1].rule.endswith("removal"))):
        act = getattr(app.view_functions[rule.endpoint], "does", None)
        if act not in ACTS or method == "GET" or not rule.rule.startswith("/api/"):
            continue
        path = filled(rule.rule.replace("<organisation>", two.owner.slug).replace("<uuid:user_id>", str(two.person)))
        body = BODIES.get(rule.rule.rpartition("/")[2], {})
        two.owner.call(method, path, json=body if method != "DELETE" else None)
        assert as_it_stands(database, two) == before, (method, rule.rule)
        walked += 1
    assert walked >= 8


def test_nothing_elsewhere_differs_after_the_pages_either(app: Flask, two: Two, database: Database) -> None:
    """The same over every form of a page."""
    before, walked, browser = as_it_stands(database, two), 0, app.test_client()
    browser.set_cookie(COOKIE, two.owner.token)
    found = CSRF.search(browser.get(f"/o/{two.owner.slug}/people").get_data(as_text=True))
    assert found
    for method, rule in sorted(routes(app), key=lambda one: one[1].rule.endswith(("/removal", "/stop"))):
        act = getattr(app.view_functions[rule.endpoint], "does", None)
        if act not in ACTS or method != "POST" or not rule.rule.startswith("/o/"):
            continue
        path = filled(rule.rule.replace("<organisation>", two.owner.slug).replace("<uuid:user_id>", str(two.person)))
        form = {"csrf_token": found[1], "email": "y@example.nl", "role": AUDITOR}
        assert browser.post(path, data=form).status_code not in (400, 401), rule.rule
        assert as_it_stands(database, two) == before, rule.rule
        walked += 1
    assert walked >= 8


def test_an_owner_of_each_organisation_must_agree(two: Two, database: Database) -> None:
    before = as_it_stands(database, two)
    assert two.removal(two.owner) == (200, False)
    assert two.removal(two.owner) == (200, False)
    assert as_it_stands(database, two) == before
    assert two.removal(two.owner_there) == (200, True)
    [row] = database.outside("select factors_taken_at from app_user where id = :id", id=two.person)
    assert row["factors_taken_at"]
    assert database.outside("select 1 from user_totp where user_id = :id", id=two.person) == []
    mails = "select distinct text_key from mail_batch where organisation_id = any(:both) and purpose = 'security'"
    told = {row["text_key"] for row in database.outside(mails, both=[two.here, two.there])}
    assert told == {"security", "owner_factor_asked", "owner_second_factor_reset"}


def test_any_of_them_stops_it(two: Two, database: Database) -> None:
    assert two.removal(two.owner) == (200, False)
    assert two.removal(two.owner_there, "DELETE") == (204, None)
    refused(two.owner_there.call("DELETE", two.path), 404, "factor.not_asked")
    assert two.removal(two.owner_there) == (200, False)
    assert database.outside("select 1 from user_totp where user_id = :id", id=two.person)


def test_whoever_gives_the_factor_has_it(app: Flask, two: Two, database: Database) -> None:
    secret = pyotp.random_base32()
    with acting_for_nobody():
        enrol_totp(two.person, secret)
    assert two.removal(two.owner) == (200, False)
    who = caller_for(app, two.person, proven=False)
    assert who.post("/api/session/proof", {"code": pyotp.TOTP(secret).now()}).status_code == 204
    [row] = database.outside("select ended_how from factor_request where user_id = :id", id=two.person)
    assert row["ended_how"] == "has_factor"


def test_nobody_asks_for_a_stranger_or_for_themselves(app: Flask, two: Two, stranger: Caller) -> None:
    refused(stranger.post(two.path), 404, "user.unknown")
    me = caller_for(app, two.person)
    refused(me.post(two.path), 403, "role.not_enough")


def alone(app: Flask, database: Database, role: str = HANDLER) -> tuple[UUID, Caller, UUID]:
    """Somebody of one organisation, whose factor its owner has just taken away; a caller with a new app."""
    place = an_organisation()
    who, owner = a_member(place, role, "Bram").id, a_member(place, OWNER, "Olga").id
    assert who and owner
    with acting_for_nobody():
        enrol_totp(who, pyotp.random_base32())
    answer = caller_for(app, owner).post(f"members/{who}/second-factor/removal")
    assert answer.json == {"removed": True}
    again = caller_for(app, who, proven=False)
    secret = again.post("/api/me/totp").json["secret"]
    assert again.post("/api/me/totp/confirmation", {"code": pyotp.TOTP(secret).now()}).status_code == 200
    return who, again, place


def test_a_factor_in_place_of_a_lost_one_decides_after_a_day(app: Flask, database: Database) -> None:
    who, again, _ = alone(app, database, OWNER)
    invited = {"email": "cor@example.nl", "role": AUDITOR}
    refused(again.post("invitations", invited), 403, "step.factor_too_new")
    assert again.get("/api/me/sessions").status_code == 200
    database.outside("update app_user set proof_counts_from = now() where id = :id", id=who)
    assert again.post("invitations", invited).status_code == 201


@pytest.mark.parametrize(("made", "waits"), [("1 hour", False), ("25 hours", True)])
def test_the_first_factor_of_a_new_account_counts_at_once(
    app: Flask, database: Database, made: str, waits: bool
) -> None:
    who = a_member(an_organisation(), OWNER).id
    assert who
    database.outside(f"update app_user set created_at = now() - interval '{made}' where id = :id", id=who)
    caller = caller_for(app, who, proven=False)
    secret = caller.post("/api/me/totp").json["secret"]
    assert caller.post("/api/me/totp/confirmation", {"code": pyotp.TOTP(secret).now()}).status_code == 200
    answer = caller.post("invitations", {"email": "cor@example.nl", "role": AUDITOR})
    assert (answer.status_code == 403) == waits, answer.text


def test_a_link_by_mail_counts_after_seventy_two_hours(app: Flask, two: Two, database: Database) -> None:
    with acting_for_nobody():
        token = new_link(two.person)
    browser = app.test_client()
    browser.set_cookie("meldketen_session", caller_for(app, two.person, proven=False).token)

    def press(path: str) -> int:
        pages = [browser.get(f"/proof/lost{end}").get_data(as_text=True) for end in ("", f"/{token}")]
        page = "".join(pages)
        found = CSRF.search(page)
        assert found
        return browser.post(path, data={"csrf_token": found[1]}).status_code

    assert press("/proof/lost/anew") == 422
    assert press(f"/proof/lost/{token}") == 303
    assert "U kunt een nieuwe tweede stap instellen vanaf" in browser.get("/proof/lost").get_data(as_text=True)
    assert press("/proof/lost/anew") == 422
    assert database.outside("select 1 from user_totp where user_id = :id", id=two.person)
    database.outside("update factor_request set counts_at = now() where user_id = :id", id=two.person)
    assert press("/proof/lost/anew") == 303
    assert database.outside("select 1 from user_totp where user_id = :id", id=two.person) == []


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
    mails = "select id from mail_batch where text_key = 'new_decider' and organisation_id = :id"
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
    told = "select details->'alike' as alike from history where what = 'ap_notification.approve' and actor_id = :id"
    assert database.outside(told, id=owner) == [{"alike": marked}]
    browser = app.test_client()
    browser.set_cookie("meldketen_session", sanne.token)
    page = browser.get(f"/o/{sanne.slug}/{path}").get_data(as_text=True)
    assert "Let op: dit lijkt dezelfde persoon" in page and "dezelfde mailbox" in page


def test_a_deputy_who_decides_nothing_else_waits_too(app: Flask, two: Two, database: Database) -> None:
    database.outside(LATER, id=two.here)
    reads = a_member(two.here, AUDITOR, "Riet").id
    with acting_for_nobody():
        now = database_now()
    period = {"starts_at": now.isoformat(), "ends_at": (now + timedelta(days=7)).isoformat(), "reason": "Ziek"}
    asked = {"of_user": str(two.person), "deputy_id": str(reads)} | period
    answer = two.owner.post("deputies", asked)
    assert answer.status_code == 201, answer.text
    waits = "select counts_from > now() as waits from deputy where deputy_id = :id"
    assert database.outside(waits, id=reads) == [{"waits": True}]


def test_nobody_joins_under_the_name_of_a_member(app: Flask, two: Two) -> None:
    with acting_for_nobody():
        token, row = new_invitation(two.here, "nieuw@example.nl", HANDLER)
        db.session.add(row)
    given = {"name": " joris  MULDER", "password": "een lange zin als wachtwoord"}
    path = f"/api/invitations/{token}"
    assert keys(app.test_client().post(path, json=given)) == [("name", "user.name_taken")]
    assert app.test_client().post(path, json=given | {"name": "Joris A. Mulder"}).status_code == 201


def test_nobody_joins_with_an_account_that_has_the_name_of_a_member(app: Flask, two: Two, database: Database) -> None:
    password = "een lange zin als wachtwoord"
    elsewhere = an_organisation("Elders")
    with acting_for_nobody():
        known = add_user("naamgenoot@example.nl", "Joris Mulder", password)
        make_member(known.id, elsewhere, HANDLER)
        token, row = new_invitation(two.here, "naamgenoot@example.nl", HANDLER)
        db.session.add(row)
    given = {"name": "Bram", "password": password}
    refused(app.test_client().post(f"/api/invitations/{token}", json=given), 422, "invitation.name_taken")
    assert len(database.outside("select 1 from membership where user_id = :id", id=known.id)) == 1
    database.outside("update app_user set name = 'Joris A. Mulder' where id = :id", id=known.id)
    assert app.test_client().post(f"/api/invitations/{token}", json=given).status_code == 201


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
    told = ["new_decider", "owner_factor_asked", "owner_factor_stopped"]
    assert sorted(row["text_key"] for row in database.outside(mails, here=two.here, keys=told)) == told


def test_who_decides_nothing_waits_for_nothing(app: Flask, two: Two, database: Database) -> None:
    database.outside(LATER, id=two.here)
    who = joins(app, two.owner, database, AUDITOR)
    assert database.outside("select 1 from membership where user_id = :id and counts_from is not null", id=who) == []


def test_the_first_people_count_at_once(app: Flask, two: Two, database: Database) -> None:
    who = joins(app, two.owner, database, APPROVER)
    assert database.outside("select 1 from membership where user_id = :id and counts_from is not null", id=who) == []

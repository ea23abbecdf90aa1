"""Seats are an organisation's, factors are a person's own: what an owner does counts in that organisation alone."""

import re
from uuid import UUID, uuid4

import pyotp
import pytest
from flask import Flask
from sqlalchemy.exc import IntegrityError

from service.admission.access import COOKIE
from tenants.identity.factor_requests import asked_by_owner, new_link
from tenants.identity.totp import enrol_totp
from tenants.identity.users import AUDITOR, HANDLER, OWNER
from tenants.isolation import acting_for_nobody
from tests.conftest import Database
from tests.factories import a_member, an_organisation
from tests.house.routes import filled, routes
from tests.service.caller import Caller, caller_for, refused
from tests.service.two_places import Two
from workflows.catalogue import CATALOGUE
from workflows.engine.drain import drain_steps

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


def does_its_steps(place: UUID) -> None:
    """A worker does what another organisation's act left here to tell."""
    while drain_steps(place, CATALOGUE, uuid4()):
        pass


def as_it_stands(database: Database, two: Two) -> dict[str, list[object]]:
    """All that decides what the person may do at the other organisation."""
    return {
        name: [dict(row) for row in database.outside(asked.replace(":here", f"'{two.here}'"), who=two.person)]
        for name, asked in DECIDES_ELSEWHERE.items()
    }


def test_the_acts_of_an_owner_change_nothing_at_another_organisation(app: Flask, two: Two, database: Database) -> None:
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


def test_the_pages_of_one_organisation_change_nothing_at_another(app: Flask, two: Two, database: Database) -> None:
    """The same over every form of a page."""
    before, walked, statuses = as_it_stands(database, two), 0, set()
    browser = app.test_client()
    browser.set_cookie(COOKIE, two.owner.token)
    match = CSRF.search(browser.get(f"/o/{two.owner.slug}/people").get_data(as_text=True))
    assert match
    for method, rule in sorted(routes(app), key=lambda one: one[1].rule.endswith(("/removal", "/stop"))):
        act = getattr(app.view_functions[rule.endpoint], "does", None)
        if act not in ACTS or method != "POST" or not rule.rule.startswith("/o/"):
            continue
        path = filled(rule.rule.replace("<organisation>", two.owner.slug).replace("<uuid:user_id>", str(two.person)))
        form = {"csrf_token": match[1], "email": "y@example.nl", "role": AUDITOR}
        statuses.add(browser.post(path, data=form).status_code)
        assert as_it_stands(database, two) == before, rule.rule
        walked += 1
    assert walked >= 8 and statuses == {303, 404, 422}, "each form was let in, whatever became of it"


def test_an_owner_of_each_organisation_must_agree(two: Two, database: Database) -> None:
    before = as_it_stands(database, two)
    assert two.removal(two.owner) == (200, False)
    assert two.removal(two.owner) == (200, False)
    assert as_it_stands(database, two) == before
    assert two.removal(two.owner_there) == (200, True)
    [row] = database.outside("select factors_taken_at from app_user where id = :id", id=two.person)
    assert row["factors_taken_at"]
    assert database.outside("select 1 from user_totp where user_id = :id", id=two.person) == []
    does_its_steps(two.there)
    does_its_steps(two.here)
    mails = "select distinct text_key from mail_batch where organisation_id = any(:both) and purpose = 'security'"
    text_keys = {row["text_key"] for row in database.outside(mails, both=[two.here, two.there])}
    assert text_keys == {"factor_by_another", "owner_factor_asked", "owner_second_factor_reset"}


def test_a_stop_counts_once_and_the_seat_may_end_instead(two: Two, database: Database) -> None:
    assert two.removal(two.owner) == (200, False)
    assert two.removal(two.owner_there, "DELETE") == (204, None)
    database.outside("update factor_request set ended_at = now() - interval '8 days', "
                     "asked_at = now() - interval '9 days' where user_id = :id", id=two.person)
    assert two.removal(two.owner) == (200, False)
    refused(two.owner_there.call("DELETE", two.path), 422, "factor.stopped_lately")
    assert two.owner_there.call("DELETE", f"members/{two.person}").status_code == 204
    assert database.outside("select 1 from user_totp where user_id = :id", id=two.person) == [], "all others agreed"
    [row] = database.outside("select ended_how from factor_request where user_id = :id and ended_how <> 'stopped'",
                             id=two.person)
    assert row["ended_how"] == "done"


def test_the_database_counts_a_stop_once_too(two: Two, database: Database) -> None:
    assert two.removal(two.owner) == (200, False)
    assert two.removal(two.owner_there, "DELETE") == (204, None)
    database.outside("update factor_request set ended_at = now() - interval '8 days', "
                     "asked_at = now() - interval '9 days' where user_id = :id", id=two.person)
    assert two.removal(two.owner) == (200, False)
    stop = """update factor_request
                 set ended_at = now(), ended_how = 'stopped', stopped_in = :there, stopped_by = user_id
               where user_id = :id and ended_at is null"""
    with pytest.raises(IntegrityError, match="a stop counts once"):
        database.outside(stop, id=two.person, there=two.there)
    database.outside("update factor_request set ended_at = now() - interval '31 days' "
                     "where ended_at is not null and user_id = :id", id=two.person)
    database.outside(stop, id=two.person, there=two.there)


def test_everybody_leaves_their_own_seat_and_no_other(app: Flask, two: Two, database: Database) -> None:
    me = caller_for(app, two.person)
    elsewhere = "select organisation_id from membership where user_id = :id"
    places = {row["organisation_id"] for row in database.outside(elsewhere, id=two.person)}
    refused(me.post("members/me/departure", {"organisation": "x"}), 422, "member.name_it")
    late = caller_for(app, two.person, proven=False)
    refused(late.post("members/me/departure", {"organisation": late.slug}), 403, "second_factor.required")
    [left] = database.outside("select id from organisation where slug = :slug", slug=me.slug)
    assert me.post("members/me/departure", {"organisation": me.slug}).status_code == 204
    assert {row["organisation_id"] for row in database.outside(elsewhere, id=two.person)} == places - {left["id"]}
    refused(two.owner.post("members/me/departure", {"organisation": two.owner.slug}), 422, "member.last_owner_leaves")
    mails = "select 1 from mail_batch where organisation_id = :here and text_key = 'owner_left'"
    assert database.outside(mails, here=left["id"])
    assert database.outside("select 1 from history where organisation_id = :here and what = 'member.left'",
                            here=left["id"])


def test_one_of_the_organisations_stops_the_request(two: Two, database: Database) -> None:
    assert two.removal(two.owner) == (200, False)
    assert two.removal(two.owner_there, "DELETE") == (204, None)
    refused(two.owner_there.call("DELETE", two.path), 404, "factor.not_asked")
    assert two.removal(two.owner_there) == (200, False)
    assert database.outside("select 1 from user_totp where user_id = :id", id=two.person)


def test_who_asked_waits_a_day_and_after_a_stop_a_week(two: Two, database: Database) -> None:
    assert two.removal(two.owner) == (200, False)
    assert two.removal(two.owner, "DELETE") == (204, None)
    for days in (0, 1, 5):
        database.outside(f"""
            update factor_request set asked_at = asked_at - interval '{days} days',
                   ended_at = ended_at - interval '{days} days' where user_id = :id""", id=two.person)
        refused(two.owner.call("POST", two.path, json={}), 422, "factor.asked_lately")
    assert two.removal(two.owner_there) == (200, False), "the other organisation may ask"
    assert two.removal(two.owner) == (200, True), "and this one may agree"


def test_repeated_requests_delay_no_warning_of_another_organisation(two: Two, database: Database) -> None:
    for _ in range(40):
        two.owner.call("POST", two.path, json={})
        two.owner.call("DELETE", two.path)
    does_its_steps(two.there)
    mails = "select state, text_key from mail_batch where organisation_id = :there and purpose = 'security'"
    states = [(row["state"], row["text_key"]) for row in database.outside(mails, there=two.there)]
    assert sorted(states) == [("planned", "owner_factor_asked"), ("planned", "owner_factor_stopped")]


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
    asking = caller_for(app, owner)
    answer = asking.post(f"members/{who}/second-factor/removal")
    if role == OWNER:  # who has a day to object
        database.outside("update factor_request set asked_at = now() - interval '1 day' where user_id = :id", id=who)
        answer = asking.post(f"members/{who}/second-factor/removal")
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
        pages = [browser.get(f"/proof/lost{end}").get_data(as_text=True) for end in ("", f"/link/{token}")]
        page = "".join(pages)
        match = CSRF.search(page)
        assert match
        return browser.post(path, data={"csrf_token": match[1]}).status_code

    assert press("/proof/lost/anew") == 422
    assert press(f"/proof/lost/link/{token}") == 303
    assert "U kunt een nieuwe tweede stap instellen vanaf" in browser.get("/proof/lost").get_data(as_text=True)
    assert press("/proof/lost/anew") == 422
    assert database.outside("select 1 from user_totp where user_id = :id", id=two.person)
    database.outside("update factor_request set counts_at = now() where user_id = :id", id=two.person)
    assert press("/proof/lost/anew") == 303
    assert database.outside("select 1 from user_totp where user_id = :id", id=two.person) == []


def test_two_owners_who_ask_at_once_ask_the_same(two: Two, database: Database) -> None:
    def ask() -> UUID:
        with acting_for_nobody():
            return asked_by_owner(two.person, two.here, two.person).id

    with acting_for_nobody():
        first = asked_by_owner(two.person, two.here, two.person).id
        second = database.elsewhere(ask)
        database.wait_until_blocked()
    assert second.result(15) == first

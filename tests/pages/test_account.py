"""The pages about logging in: the second factor, one's account, a forgotten password."""

import re
from collections.abc import Callable
from functools import partial
from html import unescape

import pyotp
from flask import Flask
from sqlalchemy import text

from service.admission.access import COOKIE
from tenants.identity.sessions import person_of_session
from tenants.identity.users import APPROVER, AUDITOR, OWNER
from tenants.isolation import acting_for_nobody
from tests.conftest import WITHIN_S, Database, until
from tests.factories import Office, a_member, an_incident, an_organisation
from tests.pages.accounts import PASSWORD, log_in, somebody
from tests.pages.conftest import Reader, slug_of
from tests.pages.forms import Fields
from workflows.mail.outbox import Outbox
from workflows.running.jobs import drain

ANOTHER = "een heel andere lange zin"
VARIES = re.compile(r'value="[^"]+"|nonce[^"]*"|data-server-ms="\d+"')
"""What two answers with the same words may differ in: marks of a form, and the moment of the answer."""
RESETS = "select token_hash from password_reset join app_user u on u.id = user_id where u.email = :email"


def token_of(reader: Reader) -> str:
    """What the browser holds."""
    cookie = reader.client.get_cookie(COOKIE)
    assert cookie is not None
    return cookie.value


def test_who_decides_sets_up_a_second_factor_first(stranger: Reader, office: Office) -> None:
    email, _ = somebody(office.id, APPROVER)
    assert log_in(stranger, email, "/account") == "/proof?next=/account"
    page = stranger.see("/proof?next=/account")
    secret = re.search(r'name="secret" value="([A-Z2-7]{32})"', page)
    assert secret and "<svg" in page
    wrong = stranger.send("/proof/app?next=/account", {"code": "000000", "secret": secret[1]}, "/proof?next=/account")
    assert wrong.status_code == 422 and secret[1] not in wrong.get_data(as_text=True).replace(secret[1], "", 2)


def test_setting_up_shows_recovery_codes_once_and_renews_the_session(stranger: Reader, office: Office) -> None:
    email, _ = somebody(office.id, APPROVER)
    log_in(stranger, email)
    before = token_of(stranger)
    page = stranger.see("/proof")
    secret = re.findall(r'name="secret" value="([A-Z2-7]{32})"', page)[0]
    token = re.findall(r'name="csrf_token" value="([^"]+)"', page)[0]
    answer = stranger.client.post("/proof/app", data={"csrf_token": token, "code": pyotp.TOTP(secret).now()})
    codes = re.findall(r"<li>([a-z2-9]{4}(?:-[a-z2-9]{4}){3})</li>", answer.get_data(as_text=True))
    assert answer.status_code == 200 and len(codes) == 10
    assert token_of(stranger) != before
    with acting_for_nobody():
        assert person_of_session(before) is None and person_of_session(token_of(stranger))
    assert "Ongebruikte herstelcodes: 10" in stranger.see("/account")
    assert codes[0] not in stranger.see("/account")


def test_who_loads_the_recovery_codes_anew_reads_that_it_is_set(stranger: Reader, office: Office) -> None:
    email, _ = somebody(office.id, APPROVER)
    log_in(stranger, email)
    form = dict(next(fields for to, fields in Fields(stranger.see("/proof")).forms.items() if "/proof/app" in to))
    form["code"] = pyotp.TOTP(form["secret"]).now()
    assert "Uw herstelcodes" in stranger.client.post("/proof/app?next=/account", data=form).text
    again = stranger.client.post("/proof/app?next=/account", data=form)
    assert again.status_code == 200 and "Uw tweede stap is ingesteld" in again.text and "klopt niet" not in again.text
    assert 'href="/account"' in again.text and form["secret"] not in again.text
    assert "Ongebruikte herstelcodes: 10" in stranger.see("/account")
    strange = stranger.client.post("/proof/app", data=form | {"secret": pyotp.random_base32(), "code": "000000"})
    assert strange.status_code == 422


def test_a_code_is_asked_after_the_password(stranger: Reader, office: Office) -> None:
    secret = pyotp.random_base32()
    email, _ = somebody(office.id, AUDITOR, secret)
    assert log_in(stranger, email, "/account") == "/proof?next=/account"
    assert stranger.see("/account", 303) is not None
    before = token_of(stranger)
    again = stranger.send("/proof?next=/account", {"code": "12"})
    assert again.status_code == 422 and "Deze code klopt niet" in again.get_data(as_text=True)
    assert "Mijn account" in stranger.done("/proof?next=/account", {"code": pyotp.TOTP(secret).now()})
    assert token_of(stranger) != before


def test_nothing_of_an_organisation_is_shown_before_the_code(stranger: Reader, office: Office) -> None:
    email, _ = somebody(office.id, AUDITOR, pyotp.random_base32())
    log_in(stranger, email)
    answer = stranger.client.get(f"/o/{slug_of(office.id)}/")
    assert answer.status_code == 303 and answer.headers["Location"].startswith("/proof?next=/o/")


def test_a_password_is_changed_and_others_are_logged_out(stranger: Reader, office: Office, app: Flask) -> None:
    email, _ = somebody(office.id, AUDITOR)
    elsewhere = Reader(app.test_client())
    for browser in (stranger, elsewhere):
        log_in(browser, email, "/account")
    short = stranger.send("/account/password", {"password": PASSWORD, "new_password": "kort"}, "/account")
    assert short.status_code == 422 and "minstens 15 tekens" in short.get_data(as_text=True)
    typed = {"password": PASSWORD, "new_password": ANOTHER}
    assert "Uw wachtwoord is veranderd" in stranger.done("/account/password", typed, "/account")
    assert elsewhere.client.get("/account").headers["Location"].startswith("/login")


def test_sessions_are_ended_from_the_page(stranger: Reader, office: Office, app: Flask) -> None:
    email, _ = somebody(office.id, AUDITOR)
    elsewhere, third = Reader(app.test_client()), Reader(app.test_client())
    for session in (stranger, elsewhere, third):
        log_in(session, email)
    [session, _] = re.findall(r'action="(/account/sessions/[0-9a-f-]+/end)"', stranger.see("/account"))
    assert "De sessie is gestopt" in stranger.done(session, {}, "/account")
    assert "overal elders uitgelogd" in stranger.done("/account/sessions/end-others", {}, "/account")
    for gone in (elsewhere, third):
        assert gone.client.get("/account").headers["Location"].startswith("/login")


def link_in(outbox: Outbox) -> str:
    """The path of the link in the last mail to somebody who forgot the password."""
    mail = [mail for mail in outbox.mails if mail.purpose == "reset"][-1]
    match = re.search(r"/password-reset/[\w-]+", mail.as_read_by(mail.people[0])[1])
    assert match
    return match[0]


def test_a_forgotten_password(
    stranger: Reader, office: Office, outbox: Outbox, app: Flask, database: Database
) -> None:
    secret = pyotp.random_base32()
    email, _ = somebody(office.id, AUDITOR, secret)
    inside = Reader(app.test_client())
    log_in(inside, email)
    stranger.send("/password-reset", {"email": email.upper()}).close()
    until(lambda: database.outside(RESETS, email=email))
    while drain(str(office.id)):
        pass
    link = link_in(outbox)
    assert "Kies een nieuw wachtwoord" in stranger.see(link)
    weak = stranger.send(link, {"new_password": "kort"})
    assert weak.status_code == 422
    assert "opgeslagen" in stranger.done(link, {"new_password": ANOTHER})
    assert inside.client.get("/account").headers["Location"].startswith("/login")
    stranger.see(link, 404)
    assert log_in(stranger, email, "/account", ANOTHER) == "/proof?next=/account"


def test_asking_for_a_new_password_tells_nothing(stranger: Reader, office: Office, database: Database) -> None:
    """Nobody looks for an account before the answer was sent, so neither the answer nor its time can tell."""
    email, _ = somebody(office.id, AUDITOR)
    token = re.findall(r'name="csrf_token" value="([^"]+)"', stranger.see("/password-reset"))[0]
    answers = set()
    with database.superuser.begin() as connection:
        connection.execute(text("lock table app_user, membership, password_reset, mail_batch"))
        for address in (email, "niemand@kantoor.example", "geen adres"):
            post = partial(stranger.client.post, "/password-reset", data={"csrf_token": token, "email": address})
            answer = database.elsewhere(post).result(WITHIN_S)
            answer.close()
            answers.add((answer.status_code, VARIES.sub("", answer.text)))
    assert len(answers) == 1 and answers.pop()[0] == 200
    until(lambda: database.outside(RESETS, email=email))
    assert len(database.outside(RESETS, email=email)) == 1


def test_an_owner_takes_away_a_lost_second_factor(reader: Callable[..., Reader], office: Office, app: Flask) -> None:
    owner = reader(a_member(office.id, OWNER, "Olga"))
    email, lost = somebody(office.id, APPROVER, pyotp.random_base32())
    people = f"/o/{slug_of(office.id)}/people"
    asks_first = owner.see(f"{people}/{lost}/second-factor/removal")
    assert "geen tweede stap meer" in asks_first and "pas een dag later" in asks_first
    done = owner.done(f"{people}/{lost}/second-factor/removal", {})
    assert "De tweede stap is weggehaald" in done
    theirs = Reader(app.test_client())
    log_in(theirs, email)
    assert "Stel een tweede stap in" in theirs.see("/proof")


def test_only_the_person_removes_a_second_factor(reader: Callable[..., Reader], office: Office) -> None:
    there = reader(office.officer)
    _, other = somebody(office.id, AUDITOR, pyotp.random_base32())
    page = there.see("/account")
    token = re.findall(r'name="csrf_token" value="([^"]+)"', page)[0]
    path = f"/o/{slug_of(office.id)}/people/{other}/second-factor/removal"
    assert there.client.post(path, data={"csrf_token": token}).status_code == 403


def test_a_flood_gets_a_page_that_says_when(stranger: Reader, office: Office) -> None:
    email, _ = somebody(office.id, AUDITOR)
    for _ in range(5):
        assert stranger.send("/login", {"email": email, "password": ANOTHER}).status_code == 422
    answer = stranger.send("/login", {"email": email, "password": PASSWORD})
    assert answer.status_code == 429 and 0 < int(answer.headers["Retry-After"]) <= 30
    assert "over 1 min." in unescape(answer.get_data(as_text=True))


def test_a_flood_elsewhere_leaves_a_known_browser_alone(app: Flask, office: Office) -> None:
    email, _ = somebody(office.id, AUDITOR)
    known, attacker = Reader(app.test_client()), Reader(app.test_client())
    log_in(known, email)
    for _ in range(5):
        assert attacker.send("/login", {"email": email, "password": ANOTHER}).status_code == 422
    assert attacker.send("/login", {"email": email, "password": PASSWORD}).status_code == 429
    assert log_in(known, email) == "/"


def test_a_password_alone_makes_no_known_browser(stranger: Reader, office: Office) -> None:
    secret = pyotp.random_base32()
    email, _ = somebody(office.id, AUDITOR, secret)
    log_in(stranger, email)
    assert stranger.client.get_cookie("meldketen_browser") is None
    stranger.done("/proof?next=/account", {"code": pyotp.TOTP(secret).now()})
    assert stranger.client.get_cookie("meldketen_browser") is not None


def test_a_forged_browser_is_an_unknown_one(stranger: Reader, office: Office) -> None:
    email, _ = somebody(office.id, AUDITOR)
    for _ in range(5):
        stranger.send("/login", {"email": email, "password": ANOTHER})
    stranger.client.set_cookie("meldketen_browser", "eyJtYXJrIjoieCIsImFjY291bnRzIjpbXX0.forged")
    assert stranger.send("/login", {"email": email, "password": PASSWORD}).status_code == 429


def test_a_session_that_another_browser_brings_is_ended_and_told(
    app: Flask, stranger: Reader, office: Office, outbox: Outbox
) -> None:
    """A stolen cookie: neither the thief nor the owner gets further with it, and the owner hears why."""
    email, _ = somebody(office.id, AUDITOR)
    mine = {"User-Agent": "Mozilla/5.0 (Windows NT 10.0) Gecko/20100101 Firefox/150.0"}
    theirs = {"User-Agent": "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/150.0 Safari/537.36"}
    stranger.client.environ_base["HTTP_USER_AGENT"] = mine["User-Agent"]
    log_in(stranger, email)
    home = f"/o/{slug_of(office.id)}/"
    assert stranger.client.get(home, headers=mine).status_code == 200
    thief = app.test_client()
    thief.set_cookie(COOKIE, token_of(stranger))
    for client, headers in ((thief, theirs), (stranger.client, mine), (thief, theirs)):
        answer = client.get(home, headers=headers)
        assert answer.status_code == 303 and answer.headers["Location"].startswith("/login")
    while drain(str(office.id)):
        pass
    [warning] = [mail for mail in outbox.mails if email in [person.address for person in mail.people]]
    assert "andere browser" in warning.as_read_by(warning.people[0])[1]


def test_the_owner_sees_what_was_refused(app: Flask, reader: Callable[..., Reader]) -> None:
    place = an_organisation()
    reads, owns = reader(a_member(place, AUDITOR, name="Nico")), reader(a_member(place, OWNER))
    people = f"/o/{slug_of(place)}/people"
    assert "Wat is geweigerd" not in owns.see(people)
    assert reads.send(people, {"email": "x@y.nl", "role": AUDITOR}, people).status_code == 403
    assert "Nico wilde: mensen uitnodigen en rollen geven. 1 keer" in owns.see(people)
    assert "Wat is geweigerd" not in reads.see(people)


def test_a_page_that_asks_by_itself_keeps_nobody_logged_in(
    database: Database, stranger: Reader, office: Office
) -> None:
    email, user_id = somebody(office.id, AUDITOR)
    log_in(stranger, email)
    home, about = f"/o/{slug_of(office.id)}", an_incident(office, office.hits[:1])
    aged = "update login_session set last_seen_at = now() - interval '50 minutes' where user_id = :id"
    fresh = "select last_seen_at > now() - interval '1 minute' as fresh from login_session where user_id = :id"
    for path, is_noted in ((f"{home}/incidents/{about.id}/board.json", False), (f"{home}/", True)):
        database.outside(aged, id=user_id)
        assert stranger.client.get(path).status_code == 200
        assert database.outside(fresh, id=user_id) == [{"fresh": is_noted}], path

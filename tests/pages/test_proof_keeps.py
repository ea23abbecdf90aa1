"""Who must show again who they are, in the middle of a form, loses nothing of what they typed."""

import re
import tomllib
from io import BytesIO
from pathlib import Path
from uuid import UUID

import pyotp
import pytest
from flask import Flask

from service import web
from service.web.kept_forms import SECRET
from tenants.identity.users import AUDITOR, OWNER
from tests.conftest import Database
from tests.factories import an_organisation
from tests.pages.accounts import PASSWORD, log_in, somebody
from tests.pages.conftest import KEY, Reader, slug_of
from tests.pages.forms import LONG, TEMPLATES, Fields, csrf, local, login_routes, send_fields, typed_over
from workflows.settings.changing import NEEDS_PROOF

FORGET = "update login_session set proof_at = null where user_id = :id"
STALE = "update login_session set proof_at = now() - interval '14 minutes' where user_id = :id"


@pytest.fixture
def owner(stranger: Reader, database: Database) -> tuple[Reader, UUID, str, str]:
    """A browser of an owner with an app, who is logged in; their id, their secret, and where their pages are."""
    house, secret = an_organisation(), pyotp.random_base32()
    email, user_id = somebody(house, OWNER, secret)
    log_in(stranger, email)
    assert stranger.send("/proof", {"code": pyotp.TOTP(secret).now()}).status_code == 303
    database.outside("update user_totp set last_counter = 0 where user_id = :id", id=user_id)
    return stranger, user_id, secret, f"/o/{slug_of(house)}"


def test_a_long_form_goes_on_after_the_proof_as_it_was_typed(
    owner: tuple[Reader, UUID, str, str], database: Database
) -> None:
    reader, user_id, secret, base = owner
    key = dict(KEY.findall(reader.see(f"{base}/breaches/new")))
    database.outside(FORGET, id=user_id)
    typed = key | {"title": "Map kwijt", "description": LONG, "measures": LONG, "found_at": local(3),
             "became_aware_at": local(2), "facts.data": ["name", "bsn"]}  # fmt: skip
    asked = reader.client.post(f"{base}/breaches/new", data=typed | {"csrf_token": csrf(reader)})
    page = asked.get_data(as_text=True)
    assert asked.status_code == 403 and "Wat u typte, is bewaard" in page and "bestand" not in page
    wrong = send_fields(reader, "/proof?next=/", Fields(page).forms["/proof?next=/"], code="000")
    assert wrong.status_code == 422
    waiting = Fields(wrong.get_data(as_text=True)).forms["/proof?next=/"]
    ready = send_fields(reader, "/proof?next=/", waiting, code=pyotp.TOTP(secret).now())
    assert ready.status_code == 200, ready.text
    assert database.outside("select count(*) as n from breach where title = 'Map kwijt'")[0]["n"] == 0
    done = send_fields(reader, f"{base}/breaches/new", Fields(ready.text).forms[f"{base}/breaches/new"])
    assert {("description", LONG), ("measures", LONG)} <= set(Fields(ready.text).forms[f"{base}/breaches/new"])
    assert done.status_code == 303, done.text
    [saved] = database.outside("select description, measures, facts from breach where title = 'Map kwijt'")
    assert {saved[name].replace("\r\n", "\n") for name in ("description", "measures")} == {LONG.replace("\r\n", "\n")}
    assert sorted(saved["facts"]["data"]) == ["bsn", "name"]


TAKE_PROOF = {
    "name": {"name": "Bakkerij Molen"}, "sender_name": {"sender_name": "Bakkerij Molen"},
    "reply_address": {"reply_address": "post@molen.example"},
    "fg_email": {"fg": "this", "fg_name": "Fleur", "fg_email": "fg@molen.example"},
}  # fmt: skip


def test_every_setting_that_takes_a_proof_is_walked() -> None:
    assert set(TAKE_PROOF) == NEEDS_PROOF


@pytest.mark.parametrize("setting", TAKE_PROOF)
def test_settings_go_on_after_the_proof_with_all_that_was_typed(
    owner: tuple[Reader, UUID, str, str], database: Database, setting: str
) -> None:
    """The setting takes a recent factor; the sector, typed in another part of the page, comes along."""
    reader, user_id, secret, base = owner
    at, slug = f"{base}/settings", base.rpartition("/")[2]
    database.outside("update organisation set verified_at = null, verified_how = null where slug = :slug", slug=slug)
    typed = typed_over(reader, at, TAKE_PROOF[setting] | {"sector": "Bakkerijen"})
    database.outside(STALE, id=user_id)
    stored = f"select {setting}, sector from organisation where slug = :slug"
    before = database.outside(stored, slug=slug)
    asked = reader.client.post(at, data=typed)
    assert asked.status_code == 403 and "Wat u typte, is bewaard" in asked.text
    [waits] = [fields for to, fields in Fields(asked.text).forms.items() if to.startswith("/proof?")]
    ready = send_fields(reader, "/proof?next=/", waits, code=pyotp.TOTP(secret).now())
    assert ready.status_code == 200, ready.text
    assert database.outside(stored, slug=slug) == before
    done = send_fields(reader, at, Fields(ready.text).forms[at])
    assert done.status_code == 303, done.text
    after = {setting: TAKE_PROOF[setting][setting], "sector": "Bakkerijen"}
    assert database.outside(stored, slug=slug) == [after]


def test_a_file_is_asked_again_before_it_goes_on(owner: tuple[Reader, UUID, str, str], database: Database) -> None:
    reader, user_id, secret, base = owner
    database.outside(FORGET, id=user_id)
    form = {"csrf_token": csrf(reader), "title": LONG, "clients_list_file": (BytesIO(b"a;1"), "lijst.csv")}
    asked = reader.client.post(f"{base}/incidents/new", data=form, content_type="multipart/form-data")
    assert asked.status_code == 403
    assert "Een bestand dat u koos, kunnen wij niet bewaren: dat kiest u straks opnieuw." in asked.text
    ready = send_fields(reader, "/proof", Fields(asked.text).forms["/proof?next=/"], code=pyotp.TOTP(secret).now())
    assert Fields(ready.text).files == ["clients_list_file"] and 'enctype="multipart/form-data"' in ready.text
    assert re.search(r'type="file"[^>]* required', ready.text)


def test_at_every_door_what_was_typed_waits_for_the_proof(
    app: Flask, owner: tuple[Reader, UUID, str, str], database: Database
) -> None:
    reader, user_id, _, base = owner
    database.outside(FORGET, id=user_id)
    form = {"csrf_token": csrf(reader), "answers.x.0": LONG, "new_password": PASSWORD, "client_secret": PASSWORD}
    walked = 0
    for rule in login_routes(app):
        path = rule.rule.replace("/o/<organisation>", base).replace("<name>", "draft")
        path = re.sub(r"<uuid:\w+>", str(user_id), path)
        path = re.sub(r"<\w+>", "x", re.sub(r"<int:\w+>", "1", path))
        answer = reader.client.post(path, data=form)
        if answer.status_code in (404, 405) or (answer.status_code, "role.not_enough") == (403, answer.text):
            continue
        kept = Fields(answer.text).forms.get("/proof?next=/account" if path.startswith("/acc") else "/proof?next=/", [])
        kept = kept or Fields(answer.text).forms.get("/proof?next=/", [])
        assert answer.status_code == 403 and ("kept.answers.x.0", LONG) in kept, (path, answer.status_code)
        assert ("kept_for", path) in kept and PASSWORD not in answer.text, path
        walked += 1
    assert walked > 40


def test_every_field_that_hides_what_is_typed_is_asked_again(app: Flask) -> None:
    hidden = set()
    for template in TEMPLATES.rglob("*.html"):
        hidden |= set(re.findall(r'f\.line\(form, "(\w+)"[^\n]*?type="password"', template.read_text("utf-8")))
    assert hidden and hidden <= SECRET
    for language in ("nl", "en"):
        words = tomllib.loads((Path(web.__file__).parents[1] / "translations" / language / "proof.toml").read_text())
        assert set(words["secret_again"]) == SECRET


def test_who_sets_up_a_first_factor_goes_on_too(stranger: Reader, database: Database) -> None:
    house = an_organisation()
    email, user_id = somebody(house, AUDITOR)
    log_in(stranger, email)
    database.outside("update membership set role = 'owner' where user_id = :id", id=user_id)
    base = f"/o/{slug_of(house)}"
    page = stranger.client.get("/proof")
    token = re.search(r'name="csrf_token" value="([^"]+)"', page.text)
    assert token
    asked = stranger.client.post(f"{base}/people", data={"csrf_token": token[1], "email": "cor@example.nl"})
    assert asked.status_code == 403 and "Stel een tweede stap in" in asked.text
    [(to, fields)] = [(to, some) for to, some in Fields(asked.text).forms.items() if to.startswith("/proof/app")]
    code = pyotp.TOTP(dict(fields)["secret"]).now()
    codes = send_fields(stranger, to, fields, code=code)
    assert codes.status_code == 200 and ("email", "cor@example.nl") in Fields(codes.text).forms[f"{base}/people"]


def test_the_link_to_a_proof_opens_beside_a_form(app: Flask) -> None:
    """A page with fields is left by no link to a proof: it opens a tab of its own."""
    for template in TEMPLATES.rglob("*.html"):
        for link in re.findall(r"<a [^>]*(?:/proof\?|prove_at)[^>]*>", template.read_text("utf-8")):
            same_tab = 'class="button" href="{{ prove_at }}">' in link or "processors" in template.name
            assert "target=" in link or same_tab, (template.name, link)

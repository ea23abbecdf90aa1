"""``meldketen doctor``: what is right, what is wrong, and what cannot be told, on real servers and a real sandbox."""

import base64
import json
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from flask import Flask, jsonify
from werkzeug.serving import make_server

from service.config import Config
from service.doctor.address import check_address
from service.doctor.database import check_database
from service.doctor.findings import Finding
from service.doctor.queue import check_queue
from service.doctor.sendgrid import check_sendgrid
from service.embedded.ports import any_free
from service.running.app_without_routes import unchecked_app
from service.sandbox.account import Account, new_account
from service.sandbox.app import create_sandbox
from service.sandbox.settings import SandboxSettings
from service.wiring import create_app
from service.words.law_texts import law_texts
from tenants.database import db
from tests.conftest import Database
from tests.factories import an_office
from tests.operator_commands import operate
from workflows.running.rq_hints import connected

KEY = "SG.of-the-doctor"


@contextmanager
def served(app: Any) -> Iterator[str]:
    """Where this app answers, really listening on loopback."""
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()


@dataclass
class SendGrid:
    """A sandbox, what its account says, and the settings of an installation that sends by it."""

    account: Account
    config: Config


@pytest.fixture
def sendgrid(database: Database, tmp_path: Path) -> Iterator[SendGrid]:
    hook = f"{database.config.base_url}/webhooks/sendgrid"
    settings = SandboxSettings(tmp_path / "box", KEY, hook, tmp_path / "key.pem", "meldketen@example.nl")
    box = create_sandbox(settings)
    key = new_account(settings).hook_key
    with served(box) as host:
        ours = replace(database.config, sendgrid_host=host, sendgrid_api_key=KEY, sendgrid_webhook_public_keys=(key,))
        yield SendGrid(box.extensions["sandbox"].account, ours)
    os.close(box.extensions["sandbox"].lock)


def keys(findings: Iterator[Finding]) -> list[str]:
    """The sentences that were told, as their keys; each has its words, with every value in them."""
    listed = list(findings)
    for language in ("nl", "en"):
        words = law_texts("doctor", language)
        assert all("{" not in words[finding.key].format(**finding.values) for finding in listed)
    return [finding.key for finding in listed]


def of_database(config: Config) -> list[str]:
    with unchecked_app(config).app_context():
        try:
            return keys(check_database(config))
        finally:
            db.session.remove()
            db.engine.dispose()


def test_an_account_that_is_set_up_right(sendgrid: SendGrid) -> None:
    assert keys(check_sendgrid(sendgrid.config)) == ["key.sends", "sender.verified", "webhook.on", "signature.known"]


@pytest.mark.parametrize(("changed", "told"), [
    ({"scopes": ["user.email.read"]}, ["key.may_not_send"]),
    ({"scopes": ["mail.send"]}, ["key.sends", "sender.may_not_look", "webhook.may_not_look"]),
    ({"senders": []}, ["key.sends", "sender.not_verified", "webhook.on", "signature.known"]),
    ({"senders": [], "domains": ["example.nl"]}, ["key.sends", "sender.verified", "webhook.on", "signature.known"]),
    ({"senders": [], "domains": ["ample.nl"]}, ["key.sends", "sender.not_verified", "webhook.on", "signature.known"]),
    ({"hook_url": ""}, ["key.sends", "sender.verified", "webhook.none"]),
    ({"hook_url": "https://elders.example/webhooks/sendgrid"}, ["key.sends", "sender.verified", "webhook.none"]),
    ({"hook_enabled": False}, ["key.sends", "sender.verified", "webhook.off", "signature.known"]),
    ({"hook_key": ""}, ["key.sends", "sender.verified", "webhook.on", "signature.off"]),
    ({"hook_key": "een andere"}, ["key.sends", "sender.verified", "webhook.on", "signature.other_key"]),
])  # fmt: skip
def test_what_is_wrong_with_the_account_is_told(sendgrid: SendGrid, changed: dict[str, Any], told: list[str]) -> None:
    for name, value in changed.items():
        setattr(sendgrid.account, name, value)
    assert keys(check_sendgrid(sendgrid.config)) == told


@pytest.mark.parametrize("answer", [[], ["x"], {"public_key": 3}, "x", None, {"webhooks": ["x"], "results": 3}])
def test_an_answer_of_another_shape_says_nothing(database: Database, answer: object) -> None:
    """What answers at the address of SendGrid may be a proxy of somebody's own: no answer of it ends the command."""
    elsewhere = Flask("elsewhere")
    scopes = {"scopes": ["mail.send"]}
    elsewhere.add_url_rule("/v3/scopes", "scopes", lambda: jsonify(scopes))
    url = f"{database.config.base_url}/webhooks/sendgrid"
    hooks = {"webhooks": [{"url": url, "enabled": True, "id": "1"}]}
    elsewhere.add_url_rule("/v3/user/webhooks/event/settings/all", "all", lambda: jsonify(hooks))
    elsewhere.add_url_rule("/v3/<path:path>", "other", lambda path: jsonify(answer))
    with served(elsewhere) as host:
        told = keys(check_sendgrid(replace(database.config, sendgrid_host=host)))
        assert told[:2] == ["key.sends", "sender.not_verified"] and told[2] == "webhook.on", told
        assert told[3] in ("signature.off", "signature.other_key")
        scopes.clear()
        hooks.clear()
        assert keys(check_sendgrid(replace(database.config, sendgrid_host=host))) == ["key.may_not_send"]


def test_a_wrong_key_and_a_host_that_is_silent(sendgrid: SendGrid) -> None:
    assert keys(check_sendgrid(replace(sendgrid.config, sendgrid_api_key="SG.andere"))) == ["key.refused"]
    nowhere = replace(sendgrid.config, sendgrid_host=f"http://127.0.0.1:{any_free()}")
    assert keys(check_sendgrid(nowhere)) == ["key.silent"]
    elsewhere = Flask("elsewhere")
    with served(elsewhere) as host:
        assert keys(check_sendgrid(replace(sendgrid.config, sendgrid_host=host))) == ["key.status"]


RIGHT = ["database.answers", "role.held", "migrations.current", "policies.forced", "keys.open", "clock.agrees"]


def test_a_database_that_is_right(database: Database) -> None:
    assert of_database(database.config) == RIGHT


def test_a_database_of_an_older_version_a_wrong_role_and_none(own_database: Database) -> None:
    config = own_database.config
    nowhere = f"postgresql+psycopg://u:geheim@127.0.0.1:{any_free()}/x"
    assert of_database(replace(config, database_url=nowhere)) == ["database.unreachable", "database.unseen"]
    assert "role.may_bypass" in of_database(replace(config, database_url=config.owner_url()))
    own_database.outside("update alembic_version set version_num = '0001'")
    assert of_database(config) == ["database.answers", "role.held", "migrations.behind", "policies.behind"]


def test_keys_that_do_not_open_and_keys_that_may_go(own_database: Database) -> None:
    an_office(clients=1)
    other = base64.b64encode(bytes(range(32))).decode()
    config = own_database.config
    told = {
        "another": of_database(replace(config, master_key=other))[4],
        "renewed": of_database(replace(config, master_key=other, previous_master_keys=(config.master_key,)))[4],
        "done": of_database(replace(config, previous_master_keys=(other,)))[4],
    }
    assert told == {"another": "keys.do_not_open", "renewed": "keys.rotate", "done": "keys.previous_not_needed"}
    renewed = replace(config, previous_master_keys=(other,))
    with unchecked_app(renewed).app_context():
        states = {finding.check: finding.state for finding in check_database(renewed)}
        db.engine.dispose()
    assert states["keys"] == "ok", "a cron job does not warn after a renewal that went well"


def test_a_clock_that_differs(database: Database) -> None:
    with unchecked_app(database.config).app_context():
        assert "clock.differs" in keys(check_database(database.config, now=lambda: 1.0))
        db.engine.dispose()


def test_redis_that_evicts_and_redis_that_is_away(database: Database) -> None:
    config = database.config
    assert keys(check_queue(config)) == ["queue.answers"]
    with connected(config.redis_url) as connection:
        connection.config_set("maxmemory-policy", "allkeys-lru")
        assert keys(check_queue(config)) == ["queue.evicts"]
        connection.config_set("maxmemory-policy", "noeviction")
    assert keys(check_queue(replace(config, redis_url=f"redis://127.0.0.1:{any_free()}"))) == ["queue.unreachable"]


def another(status: int, alive: bool = True) -> Flask:
    """Something at the address that answers a page with this status."""
    app = Flask("another")
    app.add_url_rule("/healthz", "alive", lambda: {"alive": alive})
    app.add_url_rule("/genuine", "page", lambda: ("", status))
    return app


@pytest.mark.parametrize(("app", "told"), [
    (lambda config: create_app(config), ["address.answers", "safe.this_machine", "web_clock.agrees"]),
    (lambda config: another(421), ["address.other_name", "safe.this_machine", "web_clock.agrees"]),
    (lambda config: another(500), ["address.no_page", "safe.this_machine", "web_clock.agrees"]),
    (lambda config: another(200, alive=False), ["address.not_ours"]),
], ids=["ours", "other name", "no page", "not ours"])  # fmt: skip
def test_the_public_address(database: Database, app: Callable[[Config], Any], told: list[str]) -> None:
    with served(app(database.config)) as url:
        assert keys(check_address(replace(database.config, base_url=url))) == told


def test_an_address_that_is_silent_and_a_clock_behind_it_that_differs(database: Database) -> None:
    nowhere = replace(database.config, base_url=f"http://127.0.0.1:{any_free()}")
    assert keys(check_address(nowhere)) == ["address.silent"]
    with served(another(200)) as url:
        assert "web_clock.differs" in keys(check_address(replace(database.config, base_url=url), now=lambda: 1.0))


def test_the_command_ends_with_one_object_and_its_status_and_tells_no_secret(sendgrid: SendGrid, database: Database):
    with served(create_app(sendgrid.config)) as url:
        hooked = replace(sendgrid.config, base_url=url)
        sendgrid.account.hook_url = f"{url}/webhooks/sendgrid"
        right = operate(replace(database, config=hooked), "doctor", "--json", "--lang", "en")
        wrong = operate(replace(database, config=replace(hooked, sendgrid_api_key="SG.andere")), "doctor")
    answer = json.loads(right.stdout.splitlines()[-1])
    assert (right.returncode, answer["ok"], wrong.returncode) == (0, True, 1), right.stdout + right.stderr
    assert {row["state"] for row in answer["checks"]} == {"ok", "unknown"}
    assert "SENDGRID_API_KEY" in next(line for line in wrong.stdout.splitlines() if line.startswith("fout"))
    config = sendgrid.config
    secrets = {KEY, "SG.andere", config.master_key, config.secret_key, config.database_url, config.redis_url}
    assert not [secret for secret in secrets if secret in right.stdout + right.stderr + wrong.stdout + wrong.stderr]


def test_each_setting_that_is_missing_or_impossible_has_its_line(tmp_path: Path, database: Database) -> None:
    half = replace(database.config, mail_from="")
    done = operate(replace(database, config=half), "doctor", folder=tmp_path)
    assert done.returncode == 1 and "MAIL_FROM" in done.stdout and done.stdout.count("\n") == 1
    both = replace(database.config, mail_from="", sendgrid_host="http://sendgrid.example", log_level="LOUD")
    lines = operate(replace(database, config=both), "doctor", folder=tmp_path).stdout.splitlines()
    assert len(lines) == 3 and all(line.startswith("fout") for line in lines), lines
    assert all(name in "".join(lines) for name in ("MAIL_FROM", "SENDGRID_HOST", "LOG_LEVEL"))
    none = operate(database, "doctor", "--data", str(tmp_path), folder=tmp_path)
    assert none.returncode == 2 and none.stderr.count("\n") == 1

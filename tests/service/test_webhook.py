"""SendGrid's events: signed over the raw body, or nothing happens."""

import base64
import time
from collections.abc import Callable
from dataclasses import replace
from uuid import uuid4

import orjson
import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from flask import Flask
from werkzeug.test import TestResponse

from service import create_app
from tenants.isolation import acting_for
from tenants.register.escalations import board
from tests import factories
from tests.conftest import Database
from tests.factories import Office
from tests.service.caller import refused
from workflows.mail.batches import Addressee, plan
from workflows.mail.outbox import Outbox
from workflows.running import jobs

PATH = "/webhooks/sendgrid"
OLD, NEW, FALSE = (ec.generate_private_key(ec.SECP256R1()) for _ in range(3))
Post = Callable[..., TestResponse]


@pytest.fixture(scope="module")
def app(database: Database) -> Flask:
    """The service while its key is being replaced: both are good."""
    return create_app(replace(database.config, sendgrid_webhook_public_keys=(public(OLD), public(NEW))))


@pytest.fixture
def post(app: Flask) -> Post:
    """Post a body, signed with a key."""

    def signed(body: bytes, key: ec.EllipticCurvePrivateKey = NEW, at: str = "", **headers: str) -> TestResponse:
        at = at or str(int(time.time()))
        signature = base64.b64encode(key.sign(at.encode() + body, ec.ECDSA(hashes.SHA256()))).decode()
        signed = {"X-Twilio-Email-Event-Webhook-Signature": signature, "X-Twilio-Email-Event-Webhook-Timestamp": at}
        return app.test_client().post(PATH, data=body, headers=signed | headers)

    return signed


def public(key: ec.EllipticCurvePrivateKey) -> str:
    """As SendGrid shows it."""
    return base64.b64encode(key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)).decode()


def events_about(office: Office, database: Database) -> bytes:
    """A delivery of a message of this office."""
    incident = factories.an_incident(office, office.hits[:1])
    with acting_for(office.id):
        about = board(incident.id, 1)[0].id
        plan("invitation", "invitation", {"organisation": "x", "whose": ""}, [
            (about, Addressee("", "a@example.nl", {"link": "https://example.nl/x"})),
        ])  # fmt: skip
    [row] = database.outside("select id, batch_id from recipient where about_id = :about", about=about)
    event = {"sg_event_id": uuid4().hex, "event": "delivered", "timestamp": 1700000000,
             "m": str(row["id"]), "b": str(row["batch_id"])}  # fmt: skip
    return orjson.dumps([event])


def state_of(body: bytes, database: Database) -> str:
    """How the recipient of the first event stands."""
    [row] = database.outside("select state from recipient where id = cast(:id as uuid)", id=orjson.loads(body)[0]["m"])
    return str(row["state"])


@pytest.mark.parametrize("key", [OLD, NEW])
def test_a_signed_event_moves_its_recipient(
    post: Post, database: Database, office: Office, key: ec.EllipticCurvePrivateKey
) -> None:
    body = events_about(office, database)
    assert post(body, key).status_code == 204
    assert state_of(body, database) == "delivered"
    assert post(body, key).status_code == 204


def test_a_signed_bounce_of_an_escalation_marks_the_contact_at_once(
    post: Post, database: Database, office: Office
) -> None:
    outbox = Outbox()
    jobs.use_mail_sender(outbox)
    factories.an_incident(office, office.hits[:1])
    jobs.drain(str(office.id))
    person = next(person for mail in outbox.mails if mail.purpose == "escalation" for person in mail.people)
    event = {**person.custom, "sg_event_id": uuid4().hex, "event": "bounce", "timestamp": 1700000000,
             "email": person.address, "type": "bounce", "reason": "550 no such user"}  # fmt: skip
    standing = "select bounces, bounce_reason from contact_standing where address = :a"
    for key, status, marked in ((FALSE, 401, (False, None)), (NEW, 204, (True, "550 no such user"))):
        assert post(orjson.dumps([event]), key).status_code == status
        [row] = database.outside(standing, a=person.address)
        assert (row["bounces"], row["bounce_reason"]) == marked


def test_a_false_signature_changes_nothing(post: Post, database: Database, office: Office) -> None:
    body = events_about(office, database)
    refused(post(body, FALSE), 401, "http.401")
    for signature in ("", "geen base64!", "AAAA", base64.b64encode(b"x" * 70).decode(), "\u00e9"):
        refused(post(body, **{"X-Twilio-Email-Event-Webhook-Signature": signature}), 401, "http.401")
    refused(post(body, **{"X-Twilio-Email-Event-Webhook-Timestamp": "1700000001"}), 401, "http.401")
    assert state_of(body, database) == "planned"


@pytest.mark.parametrize("ago_s", [86_400 - 60, 0, -3600])
def test_events_of_the_last_day_are_taken(post: Post, ago_s: int) -> None:
    assert post(b"[]", at=str(int(time.time()) - ago_s)).status_code == 204


@pytest.mark.parametrize("at", [
    "1577836800", "abc", "-1", "1e9", "nan", "9" * 5000, "99999999999", " 1700000000", "\u0661" * 10,
])  # fmt: skip
def test_signed_events_of_another_day_change_nothing(
    post: Post, database: Database, office: Office, at: str, caplog: pytest.LogCaptureFixture
) -> None:
    body = events_about(office, database)
    refused(post(body, at=at), 401, "http.401")
    assert state_of(body, database) == "planned"
    assert not at.isdecimal() or "another day" in caplog.text


def test_a_request_without_a_signature_is_refused(app: Flask) -> None:
    refused(app.test_client().post(PATH, data=b"[]"), 401, "http.401")


@pytest.mark.parametrize("body", [b"{}", b"[", b"", b"\xff\xfe", b'"x"'])
def test_a_signed_body_must_be_an_array(post: Post, body: bytes) -> None:
    refused(post(body), 400, "http.400")


@pytest.mark.parametrize("body", [b"[]", b"[1, null, {}]", b'[{"event": "delivered", "m": "x", "b": 3}]'])
def test_events_about_other_mail_are_ignored(post: Post, body: bytes) -> None:
    assert post(body).status_code == 204


def test_a_body_that_is_too_large_is_refused(post: Post) -> None:
    refused(post(b"[" + b" " * (5 * 1024 * 1024) + b"]"), 413, "http.413")


def test_the_webhook_takes_only_post(app: Flask) -> None:
    refused(app.test_client().get(PATH), 405, "http.405")

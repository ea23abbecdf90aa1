"""The events on their way back: shape, signature, order, loss, and a receiver that is away."""

import time
from collections import Counter

import pytest
from sendgrid.helpers.eventwebhook import EventWebhook

from tests.sandbox.public_key import public_key_base64

SIGNATURE, TIMESTAMP = "X-Twilio-Email-Event-Webhook-Signature", "X-Twilio-Email-Event-Webhook-Timestamp"


def all_posted(sandbox):
    events = sandbox.log()["events"]
    return events["pending"] == 0 and events["made"] > 0


@pytest.fixture
def told(sandbox, receiver, wait_until):
    """Wait until every event has arrived, and give them."""

    def events():
        wait_until(lambda: all_posted(sandbox))
        return receiver.events()

    return events


def test_an_event_has_sendgrids_shape(sandbox, mail_to, told):
    answer = sandbox.send(mail_to("jan@example.nl", categories=["mededeling"]))
    processed, delivered = told()
    assert (processed["event"], delivered["event"]) == ("processed", "delivered")
    for event in (processed, delivered):
        assert event["email"] == "jan@example.nl"
        assert (event["n"], event["m"], event["b"]) == ("notice-1", "m-0", "batch-1")
        assert event["sg_message_id"].startswith(answer.headers["X-Message-Id"] + ".filter")
        assert isinstance(event["timestamp"], int) and abs(event["timestamp"] - time.time()) < 60
        assert event["smtp-id"].startswith("<")
        assert event["category"] == ["mededeling"]
    assert processed["sg_event_id"] != delivered["sg_event_id"]
    assert len(processed["sg_event_id"]) <= 100
    assert delivered["response"].startswith("250")


def test_sendgrids_library_verifies_the_signature(sandbox, receiver, mail_to, told):
    sandbox.send(mail_to("jan@example.nl", subject="Één"))
    told()
    verifier = EventWebhook(public_key_base64(sandbox.folder / "webhook-key.pem"))
    [(headers, body, _)] = receiver.posts
    raw, signature, timestamp = body.decode(), headers[SIGNATURE], headers[TIMESTAMP]
    assert verifier.verify_signature(raw, signature, timestamp)
    assert not verifier.verify_signature(raw.replace("jan@", "piet@"), signature, timestamp)
    assert not verifier.verify_signature(raw, signature, str(int(timestamp) + 1))
    assert not verifier.verify_signature(raw.strip(), signature, timestamp)


@pytest.mark.parametrize(
    ("address", "kinds", "name"),
    [
        ("bounce.jan@example.nl", ["processed", "bounce"], "bounce"),
        ("jan+Bounce1@example.nl", ["processed", "bounce"], "bounce"),
        ("blocked@example.nl", ["processed", "bounce"], "blocked"),
        ("drop7@example.nl", ["dropped"], "dropped"),
        ("jan+spam@example.nl", ["processed", "delivered", "spamreport"], "spamreport"),
        ("jan.bounce@example.nl", ["processed", "delivered"], "delivered"),
    ],
)
def test_the_address_tells_what_becomes_of_a_mail(sandbox, receiver, mail_to, told, address, kinds, name):
    sandbox.send(mail_to(address))
    told()
    assert receiver.of(address) == kinds
    assert sandbox.log()["by_outcome"][name] == 1


def test_each_failed_mail_has_sendgrids_reason(sandbox, mail_to, told):
    sandbox.send(mail_to("bounce@example.nl", "blocked@example.nl", "drop@example.nl"))
    last = {event["email"]: event for event in told()}
    assert (last["bounce@example.nl"]["type"], last["bounce@example.nl"]["status"]) == ("bounce", "5.1.1")
    assert last["blocked@example.nl"]["type"] == "blocked"
    assert last["blocked@example.nl"]["reason"].startswith("550")
    assert last["drop@example.nl"]["reason"] == "Unsubscribed Address"
    assert sandbox.log()["by_end"] == {"delivered": 0, "bounced": 2, "dropped": 1}


def test_a_deferred_mail_is_delivered_later(sandbox, receiver, mail_to, told):
    sandbox.send(mail_to("defer@example.nl"))
    told()
    assert receiver.of("defer@example.nl") == ["processed", "deferred", "delivered"]
    assert len(receiver.posts) == 2


def test_a_bounced_address_is_dropped_the_next_time(sandbox, mail_to, told):
    sandbox.send(mail_to("bounce@example.nl", "jan+spam@example.nl", "blocked@example.nl"))
    sandbox.send(mail_to("Bounce@example.nl", "jan+spam@example.nl", "blocked@example.nl"))
    second = {event["email"]: event for event in told()[7:]}
    assert second["Bounce@example.nl"]["reason"] == "Bounced Address"
    assert second["jan+spam@example.nl"]["reason"] == "Spam Reporting Address"
    assert second["blocked@example.nl"]["event"] == "bounce"


def test_a_list_can_be_bypassed_on_purpose(sandbox, receiver, mail_to, told):
    spam = "jan+spam@example.nl"
    sandbox.send(mail_to(spam))
    sandbox.send(mail_to(spam, mail_settings={"bypass_bounce_management": {"enable": True}}))
    sandbox.send(mail_to(spam, mail_settings={"bypass_spam_management": {"enable": True}}))
    told()
    assert Counter(receiver.of(spam)) == {"processed": 2, "delivered": 2, "spamreport": 2, "dropped": 1}


def test_many_events_come_in_arrays_of_a_thousand_at_most(sandbox, receiver, mail_to, told):
    sandbox.send(mail_to(*(f"lezer{place}@example.nl" for place in range(1000))))
    assert len({event["sg_event_id"] for event in told()}) == 2000
    assert max(body.count(b'"event":') for _, body, _ in receiver.posts) == 1000


def test_a_receiver_that_refuses_gets_them_again(sandbox, receiver, mail_to, told, wait_until):
    receiver.status = 500
    sandbox.send(mail_to("jan@example.nl"))
    wait_until(lambda: receiver.posts)
    assert sandbox.log()["events"] == {"made": 2, "posted": 0, "lost": 0, "pending": 2}
    receiver.status = 302
    wait_until(lambda: receiver.posts[-1][2] == 302)
    receiver.status = 200
    assert [event["event"] for event in told()] == ["processed", "delivered"]
    assert len({body for _, body, _ in receiver.posts}) == 1


def test_faults_of_the_webhook_match_their_sums(sandbox, receiver, mail_to, told):
    sandbox.fail(duplicate=0.3, lose=0.1, shuffle=True, seed=3)
    sandbox.send(mail_to(*(f"lezer{place}@example.nl" for place in range(300))))
    seen = Counter(event["sg_event_id"] for event in told())
    counts = sandbox.log()["events"]
    assert counts["made"] == 600 == counts["posted"] + counts["lost"]
    assert len(seen) == counts["posted"] < 600
    assert set(seen.values()) == {1, 2}
    order = {}
    for place, event in enumerate(receiver.events()):
        order.setdefault((event["email"], event["event"]), place)
    both = [a for a, kind in order if kind == "processed" and (a, "delivered") in order]
    assert any(order[a, "delivered"] < order[a, "processed"] for a in both)


def test_a_delay_holds_events_back(sandbox, receiver, mail_to, wait_until):
    """Those of a mail that was sent first, for an hour; those of a later mail, which wait a moment, come before."""
    sandbox.fail(delay=3600)
    sandbox.send(mail_to("held@example.nl"))
    sandbox.fail(delay=0.1)
    sandbox.send(mail_to("jan@example.nl"))
    wait_until(lambda: receiver.of("jan@example.nl") == ["processed", "delivered"])
    wait_until(lambda: sandbox.log()["events"]["pending"] == 2)
    assert receiver.of("held@example.nl") == []


def test_a_mail_for_later_has_no_events_before(sandbox, mail_to, wait_until, receiver):
    sandbox.send(mail_to("later@example.nl", send_at=int(time.time()) + 3600))
    sandbox.send(mail_to("now@example.nl"))
    wait_until(lambda: receiver.of("now@example.nl") == ["processed", "delivered"])
    # The receiver has them a moment before the courier has the receiver's answer.
    wait_until(lambda: sandbox.log()["events"]["pending"] == 2)
    assert receiver.of("later@example.nl") == []

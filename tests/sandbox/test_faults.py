"""Failures on demand: what the sender sees, and what was accepted all the same."""

import http.client
import time
from threading import Thread

import pytest
from python_http_client.exceptions import HTTPError, TooManyRequestsError

from tests.conftest import until


@pytest.fixture(autouse=True)
def no_faults_left(shared):
    yield
    shared.ask("DELETE", "/sandbox/faults")


def accepted(shared, address):
    return len(shared.ask("GET", f"/sandbox/messages?to={address}").json)


def send_with_library(shared, mail, timeout=10.0):
    return shared.client(timeout).client.mail.send.post(request_body=mail)


def test_too_many_requests_say_when_to_return(shared, mail_to):
    shared.fail({"kind": "429", "times": 2, "reset_in": 5})
    for _ in range(2):
        with pytest.raises(TooManyRequestsError) as refused:
            send_with_library(shared, mail_to("a429@example.nl"))
        assert 3 <= int(refused.value.headers["X-RateLimit-Reset"]) - time.time() <= 6
        assert refused.value.headers["X-RateLimit-Remaining"] == "0"
        assert int(refused.value.headers["X-RateLimit-Limit"]) > 0
    assert send_with_library(shared, mail_to("a429@example.nl")).status_code == 202
    assert accepted(shared, "a429@example.nl") == 1


@pytest.mark.parametrize("status", [401, 403, 413, 451, 500, 503])
def test_a_status_on_demand_accepts_nothing(shared, mail_to, status):
    shared.fail({"kind": str(status)})
    with pytest.raises(HTTPError) as refused:
        send_with_library(shared, mail_to(f"s{status}@example.nl"))
    assert refused.value.status_code == status
    assert accepted(shared, f"s{status}@example.nl") == 0


def test_500_after_accepting(shared, mail_to):
    shared.fail({"kind": "500_after_accepting"})
    assert shared.send(mail_to("after500@example.nl")).status == 500
    assert accepted(shared, "after500@example.nl") == 1


@pytest.mark.parametrize(("kind", "count"), [("drop_after_accepting", 1), ("drop_before_accepting", 0)])
def test_a_dropped_connection_has_no_answer(shared, mail_to, kind, count):
    shared.fail({"kind": kind})
    with pytest.raises(http.client.RemoteDisconnected):
        send_with_library(shared, mail_to(f"{kind}@example.nl"))
    assert accepted(shared, f"{kind}@example.nl") == count


def test_a_timeout_after_accepting(shared, mail_to):
    """The sandbox would answer in an hour: it is the sender's own deadline that ends the exchange."""
    shared.fail({"kind": "timeout_after_accepting", "seconds": 3600})
    with pytest.raises(TimeoutError):
        send_with_library(shared, mail_to("timeout@example.nl"), timeout=0.3)
    assert accepted(shared, "timeout@example.nl") == 1


def test_waiting_senders_do_not_use_up_the_threads(shared, mail_to):
    """A sender that gave up frees its thread at once: more of them than threads do not stop the sandbox."""
    shared.fail({"kind": "timeout_after_accepting", "times": 12, "seconds": 3600})

    def give_up(place):
        with pytest.raises(TimeoutError):
            send_with_library(shared, mail_to(f"waits{place}@example.nl"), timeout=0.2)

    senders = [Thread(target=give_up, args=(place,)) for place in range(12)]
    for sender in senders:
        sender.start()
    for sender in senders:
        sender.join()
    # Who gave up may not have been read yet: a fault that is left would meet the next sender.
    until(lambda: all(accepted(shared, f"waits{place}@example.nl") for place in range(12)))
    # With a thread still held for an hour the next sender's deadline would end the exchange without an answer.
    assert send_with_library(shared, mail_to("after-waiting@example.nl")).status_code == 202


def test_a_slow_answer_is_still_an_answer(shared, mail_to):
    """Whoever waits gets it; whoever has less patience has no answer, though the mail was accepted as well."""
    shared.fail({"kind": "slow", "seconds": 0.6, "times": 2})
    with pytest.raises(TimeoutError):
        send_with_library(shared, mail_to("hasty@example.nl"), timeout=0.3)
    until(lambda: accepted(shared, "hasty@example.nl"))
    assert shared.send(mail_to("slow@example.nl")).status == 202
    assert accepted(shared, "slow@example.nl") == 1


def test_faults_come_in_their_order_and_can_be_seen(shared, mail_to):
    shared.fail({"kind": "500", "times": 1, "skip": 1}, {"kind": "429", "times": 1, "skip": 1})
    assert [shared.send(mail_to("order@example.nl")).status for _ in range(4)] == [202, 500, 429, 202]
    assert shared.ask("GET", "/sandbox/faults").json["rules"] == []


def test_a_share_of_the_requests_fails_the_same_way_with_the_same_seed(shared, mail_to):
    def statuses():
        wanted = {"rules": [{"kind": "500", "times": 50, "share": 0.5}], "seed": 4}
        assert shared.ask("PUT", "/sandbox/faults", wanted).status == 200
        return [shared.send(mail_to("share@example.nl")).status for _ in range(20)]

    first = statuses()
    assert set(first) == {202, 500}
    assert statuses() == first


def test_a_refused_mail_does_not_use_up_a_fault_of_accepted_mail(shared, mail_to):
    shared.fail({"kind": "drop_after_accepting"})
    assert shared.send(mail_to("fout")).status == 400
    assert shared.ask("GET", "/sandbox/faults").json["rules"][0]["times"] == 1


@pytest.mark.parametrize(
    "wanted",
    [
        {"rules": [{"kind": "418"}]},
        {"rules": [{"kind": "500", "times": -1}]},
        {"rules": "500"},
        {"webhook": {"lose": 2}},
        {"other": 1},
        [],
    ],
)
def test_unknown_faults_are_refused(shared, wanted):
    assert shared.ask("PUT", "/sandbox/faults", wanted).status == 400
    assert shared.ask("GET", "/sandbox/faults").json["rules"] == []

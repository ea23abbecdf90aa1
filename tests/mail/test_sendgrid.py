"""The sender against the project's own SendGrid, and against servers that misbehave: a real connection every time."""

import json
import logging
import socket
import struct
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Thread
from typing import Any
from uuid import UUID, uuid4

import pytest

from tenants.isolation import acting_for, acting_for_nobody
from tests.mail.servers import KEY, Receiver, Sandbox, poll
from tests.slow_peers import PHASES, slow_peer
from workflows.mail.batches import Addressee, plan_notice, sums
from workflows.mail.events import record
from workflows.mail.listing import add_recipients
from workflows.mail.sender import Accepted, Answer, Mail, Person, Rejected, Stopped, TryAgain, Unknown
from workflows.mail.sendgrid import MOST_BYTES, SendGridSender
from workflows.mail.sending import send_planned

NOTICE = {name: f"[{name}]" for name in ("subject", "nature", "contact", "consequences", "measures", "organisation")}
NOTICE |= {"check_code": "ABCD", "check_url": "https://x.nl/echt"}


def sender(url: str, timeout_s: float = 10) -> SendGridSender:
    return SendGridSender(KEY, url, "meldketen@example.nl", "Meldketen", timeout_s)


def mail(*addresses: str, name: str = "Jan") -> Mail:
    people = [
        Person(address, name, {"-t.name-": name, "-h.name-": "&lt;b&gt;"}, {"n": "n", "m": f"m{place}", "b": "b"})
        for place, address in enumerate(addresses)
    ]
    return Mail("notice", "Uw gegevens", "Beste -t.name-", "<p>Beste -h.name-</p>", tuple(people))


class Stranger:
    """A server that answers whatever it is told, and keeps what it was asked."""

    def __init__(self) -> None:
        self.status, self.headers, self.body = 202, {"X-Message-Id": "there-1"}, b""
        self.asked: list[tuple[str, dict[str, str], Any]] = []
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), self.handler())
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}"

    def handler(self) -> type[BaseHTTPRequestHandler]:
        stranger = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                stranger.asked.append((self.path, dict(self.headers), body))
                self.send_response(stranger.status)
                for name, value in stranger.headers.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(stranger.body)

            def log_message(self, *_: Any) -> None:
                """Quiet."""

        return Handler


@pytest.fixture
def stranger() -> Iterator[Stranger]:
    there = Stranger()
    Thread(target=there.server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
    yield there
    there.server.shutdown()
    there.server.server_close()


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("Dhr. A. (Ton) de Roo", "Dhr. A. Ton de Roo"), ("Fam. Pol: t.n.v. dochter", "Fam. Pol t.n.v. dochter"),
        ("Kim <kim@elders.example>", "Kim kim elders.example"), ("[archief] Lida Vos", "archief Lida Vos"),
        ("Wim @ kantoor", "Wim kantoor"),
        ('Bea "Bé" Mol; geb. Zand', "Bea Bé Mol geb. Zand"), ("Iris :) Bos", "Iris Bos"),
        ("שרה כהן", "שרה כהן"),
    ],
)  # fmt: skip
def test_a_name_is_never_another_address(sandbox: Sandbox, stranger: Stranger, name: str, shown: str) -> None:
    assert sender(stranger.url).send(mail("jan@x.nl", name=name)) == Accepted("there-1")
    assert stranger.asked[0][2]["personalizations"][0]["to"] == [{"email": "jan@x.nl", "name": shown}]
    assert isinstance(sender(sandbox.url).send(mail("jan@x.nl", name=name)), Accepted)


def test_what_is_asked_of_sendgrid(stranger: Stranger) -> None:
    assert sender(stranger.url).send(mail("jan@x.nl", name="Jansen, Jan; jr")) == Accepted("there-1")
    (path, headers, body) = stranger.asked[0]
    assert (path, headers["Authorization"]) == ("/v3/mail/send", f"Bearer {KEY}")
    tracking = body.pop("tracking_settings")
    assert not any(setting["enable"] for setting in tracking.values()) and len(tracking) == 4
    assert not tracking["click_tracking"]["enable_text"]
    assert body["personalizations"][0]["to"] == [{"email": "jan@x.nl", "name": "Jansen Jan jr"}]
    assert body["personalizations"][0]["custom_args"] == {"n": "n", "m": "m0", "b": "b"}
    assert body["from"] == {"email": "meldketen@example.nl", "name": "Meldketen"}
    assert set(body) == {"personalizations", "from", "subject", "content"}


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        *((status, Unknown) for status in (200, 302, 500, 503, 599)),
        *((status, Stopped) for status in (401, 403, 404, 413, 451)),
        (400, Rejected),
        (429, TryAgain),
    ],
)
def test_every_status_has_one_meaning(stranger: Stranger, status: int, kind: type[Answer]) -> None:
    stranger.status, stranger.headers = status, {}
    assert isinstance(sender(stranger.url).send(mail("jan@x.nl")), kind)


def test_a_refusal_of_the_sender_stops_the_batch(stranger: Stranger) -> None:
    stranger.status = 400
    stranger.body = json.dumps({"errors": [{"message": "The from address of x@y.nl ...", "field": "from"}]}).encode()
    assert sender(stranger.url).send(mail("jan@x.nl")) == Stopped(400, "The from address of [address] ...")


@pytest.mark.parametrize("body", [b"", b"<html>", b"[]", b'{"errors": null}', b'{"errors": [1]}', b"\xff"])
def test_an_unreadable_refusal_counts_as_a_refusal(stranger: Stranger, body: bytes) -> None:
    stranger.status, stranger.body = 400, body
    assert sender(stranger.url).send(mail("jan@x.nl")) == Rejected(400, "status 400")


@pytest.mark.parametrize("reset", ["", "soon", "nan", "1e99"])
def test_an_unreadable_moment_to_try_again_is_replaced_by_our_own(stranger: Stranger, reset: str) -> None:
    stranger.status, stranger.headers = 429, {"X-RateLimit-Reset": reset}
    assert sender(stranger.url).send(mail("jan@x.nl")) == TryAgain(None)


def test_neither_key_nor_address_reaches_the_log(stranger: Stranger, caplog: pytest.LogCaptureFixture) -> None:
    for name in ("", "python_http_client", "python_http_client.client"):
        caplog.set_level(logging.DEBUG, logger=name)
    for stranger.status in (202, 400, 500):
        sender(stranger.url).send(mail("geheim@adres.nl"))
    assert len(stranger.asked) == 3
    assert KEY not in caplog.text and "geheim" not in caplog.text


def test_a_mail_to_a_closed_port_is_tried_again(app: object) -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{probe.getsockname()[1]}"
        assert sender(url).send(mail("jan@x.nl")) == TryAgain()
    assert sender("http://nowhere.invalid").send(mail("jan@x.nl")) == TryAgain()


@pytest.mark.parametrize("faults", [("ConnectionResetError", "BrokenPipeError"), ("TimeoutError",)])
def test_a_connection_that_fails_while_we_speak_is_unknown(faults: tuple[str, ...]) -> None:
    """Some of the request has gone out: nobody can tell what the other side made of it."""
    with socket.create_server(("127.0.0.1", 0)) as server:

        def hang_up() -> None:
            connection, _ = server.accept()
            connection.recv(100)
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            connection.close()

        if "TimeoutError" not in faults:  # else nobody reads what we say
            Thread(target=hang_up, daemon=True).start()
        long = replace(mail("jan@x.nl"), text="x" * 20_000_000)
        answer = sender(f"http://127.0.0.1:{server.getsockname()[1]}", timeout_s=0.5).send(long)
    assert isinstance(answer, Unknown) and answer.reason in faults


@pytest.mark.parametrize("phase", PHASES)
def test_a_slow_answer_is_unknown_in_time_and_the_request_is_not_repeated(phase: str) -> None:
    """In whichever phase: something was said, so nobody can tell. One connection, and the deadline ends it."""
    came = []

    def counted(line: socket.socket, over: Event) -> None:
        came.append(line)
        PHASES[phase](line, over)

    with slow_peer(counted) as port:
        answer = sender(f"http://127.0.0.1:{port}", timeout_s=0.5).send(mail("jan@x.nl"))
    assert isinstance(answer, Unknown) and len(came) == 1
    assert answer.reason in {"TimeoutError", "TooLarge", "HTTPException", "LineTooLong", "ConnectionResetError"}


def test_a_handshake_that_never_begins_is_tried_again() -> None:
    with slow_peer(PHASES["accepts only"]) as port:
        assert sender(f"https://127.0.0.1:{port}", timeout_s=0.5).send(mail("jan@x.nl")) == TryAgain()


def test_a_key_is_needed() -> None:
    with pytest.raises(ValueError, match="key"):
        SendGridSender("", "http://127.0.0.1", "a@x.nl", "A")


def test_the_readers_get_what_they_should(sandbox: Sandbox) -> None:
    assert isinstance(sender(sandbox.url).send(mail("jan@x.nl", "piet@x.nl")), Accepted)
    read = sandbox.ask("GET", "/sandbox/messages?to=piet@x.nl")
    assert [(mail["subject"], mail["text"]) for mail in read] == [("Uw gegevens", "Beste Jan")]
    assert read[0]["html"] == "<p>Beste &lt;b&gt;</p>"


@pytest.mark.parametrize(
    ("fault", "answer"),
    [
        ({"kind": "500_after_accepting"}, Unknown("status 500")),
        ({"kind": "503"}, Unknown("status 503")),
        ({"kind": "drop_after_accepting"}, Unknown("RemoteDisconnected")),
        ({"kind": "drop_before_accepting"}, Unknown("RemoteDisconnected")),
        ({"kind": "timeout_after_accepting", "seconds": 5}, Unknown("TimeoutError")),
    ],
)
def test_an_unclear_answer_counts_as_unknown(sandbox: Sandbox, fault: dict[str, Any], answer: Answer) -> None:
    sandbox.fail(fault)
    assert sender(sandbox.url, timeout_s=0.5).send(mail("jan@x.nl")) == answer


def test_a_full_hour_names_its_end(sandbox: Sandbox) -> None:
    sandbox.fail({"kind": "429", "reset_in": 30})
    answer = sender(sandbox.url).send(mail("jan@x.nl"))
    assert isinstance(answer, TryAgain) and answer.at is not None
    assert abs(answer.at - datetime.now(UTC) - timedelta(seconds=30)) < timedelta(seconds=5)


def settled(organisation: UUID, notice: UUID, receiver: Receiver, expected: dict[str, int]) -> bool:
    """Bring in the events so far, some of them again, and look whether the sums are as they should be."""
    with acting_for_nobody():
        record(receiver.events[::-1] + receiver.events[:7])
    with acting_for(organisation):
        counts = sums(notice)
    assert sum(counts.values()) == sum(expected.values())
    return {state: count for state, count in counts.items() if count} == expected


def test_a_whole_notice_through_every_mishap(organisation: UUID, sandbox: Sandbox, receiver: Receiver) -> None:
    notice = uuid4()
    people = [Addressee(f"Lezer {n}", f"lezer{n}@example.nl") for n in range(1190)]
    people += [Addressee("B", f"bounce{n}@example.nl") for n in range(5)]
    people += [Addressee("D", f"drop{n}@example.nl") for n in range(4)]
    people += [Addressee("", "geen@streepje-.nl")]  # SendGrid refuses this host, and with it the whole request
    with acting_for(organisation):
        assert add_recipients(notice, people) == 1200
        assert plan_notice(notice, "notice", NOTICE, "nl") == 1200
    faults = ("drop_after_accepting", "429", "500_after_accepting")
    sandbox.fail(*({"kind": kind, "skip": 1, "reset_in": 1} for kind in faults))
    expected = {"delivered": 1190, "bounced": 5, "dropped": 4, "rejected": 1}

    def over() -> bool:
        send_planned(organisation, sender(sandbox.url), most=50)
        return settled(organisation, notice, receiver, expected)

    poll(over)
    log = sandbox.ask("GET", "/sandbox/log")
    assert (log["messages"], log["addresses_twice"]) == (1199, 0)


def test_an_answer_that_is_larger_than_any_leaves_the_fate_unknown(stranger: Stranger) -> None:
    stranger.status, stranger.headers, stranger.body = 202, {}, b"x" * (MOST_BYTES + 1)
    assert isinstance(sender(stranger.url).send(mail("jan@x.nl")), Unknown)

"""A webhook that takes its time, in whichever phase, is given up in time, and its events are posted again."""

import socket
from pathlib import Path
from threading import Event

import pytest

from service.sandbox.app import create_sandbox
from service.sandbox.settings import SandboxSettings
from tests.conftest import until
from tests.sandbox.conftest import KEY, make_mail
from tests.slow_peers import PHASES, slow_peer

SOON_S = 0.3
TAKEN = b"HTTP/1.1 204 No Content\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"


def read_whole(line: socket.socket) -> None:
    """Head and body of a request, to their end."""
    with line.makefile("rb") as reading:
        head = dict(name.lower().split(b": ", 1) for name in iter(reading.readline, b"\r\n") if b": " in name)
        reading.read(int(head[b"content-length"]))


@pytest.mark.parametrize("phase", PHASES)
def test_events_that_a_slow_webhook_did_not_take_come_again(tmp_path: Path, phase: str) -> None:
    came: list[socket.socket] = []

    def slow_at_first(line: socket.socket, over: Event) -> None:
        came.append(line)
        if len(came) == 1:
            return PHASES[phase](line, over)
        read_whole(line)
        line.sendall(TAKEN)

    with slow_peer(slow_at_first) as port:
        settings = SandboxSettings(tmp_path, KEY, f"http://127.0.0.1:{port}/", tmp_path / "key.pem", SOON_S)
        client = create_sandbox(settings).test_client()
        sent = client.post("/v3/mail/send", json=make_mail("jan@x.nl"), headers={"Authorization": f"Bearer {KEY}"})
        assert sent.status_code == 202
        until(lambda: client.get("/sandbox/log").json["events"]["pending"] == 0)
        events = client.get("/sandbox/log").json["events"]
    assert events["posted"] == events["made"] == 2 and events["lost"] == 0 and len(came) >= 2

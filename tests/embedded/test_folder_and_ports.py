"""Two starts on one folder, a killed holder, a port that is taken."""

import os
import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from service.embedded import ports
from service.embedded.errors import EmbeddedError
from service.embedded.folder import DataFolder
from service.embedded.processes import Children
from service.embedded.stack import sandbox_command
from service.embedded.waiting import log_tail

HOLD = """
import pathlib, sys, time
from service.embedded.folder import DataFolder
folder = DataFolder(pathlib.Path(sys.argv[1]))
folder.make()
folder.take()
folder.announce("http://127.0.0.1:8123")
print("held", flush=True)
time.sleep(60)
"""


def test_a_second_start_names_the_first(tmp_path: Path) -> None:
    holder = subprocess.Popen([sys.executable, "-c", HOLD, str(tmp_path)], stdout=subprocess.PIPE)
    assert holder.stdout is not None
    holder.stdout.readline()
    with pytest.raises(EmbeddedError, match=rf"process {holder.pid}, http://127.0.0.1:8123") as refused:
        DataFolder(tmp_path).take()
    assert "\n" not in str(refused.value)
    os.kill(holder.pid, signal.SIGKILL)
    holder.communicate()
    DataFolder(tmp_path).take()


def test_a_folder_that_cannot_be_made_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(EmbeddedError, match="Cannot write in"):
        DataFolder(tmp_path / "file" / "data").make()


def test_a_taken_port_is_named_or_passed_over() -> None:
    with socket.socket() as other:
        other.bind((ports.LOOPBACK, 0))
        other.listen()
        taken = other.getsockname()[1]
        with pytest.raises(EmbeddedError, match=f"Port {taken} is taken"):
            ports.exactly(taken)
        with ports.from_upwards(taken) as held:
            assert ports.number_of(held) > taken


def test_a_port_is_taken_when_it_is_chosen() -> None:
    """Whoever else starts at the same time gets another one, long before a server listens."""
    with ports.hold(0) as held:
        port = ports.number_of(held)
        with pytest.raises(EmbeddedError, match=f"Port {port} is taken"):
            ports.exactly(port)
        with ports.from_upwards(port) as other:
            assert ports.number_of(other) > port
        with pytest.raises(ConnectionRefusedError):
            socket.create_connection((ports.LOOPBACK, port))
    with ports.exactly(port) as again:
        assert ports.number_of(again) == port


def test_our_own_servers_listen_at_the_port_that_is_held(tmp_path: Path) -> None:
    """Again and again: one that was killed finds its place free, and nobody else did."""
    settings = {"SENDGRID_API_KEY": "SG.for-tests", "SANDBOX_DIR": str(tmp_path / "box"), "WEBHOOK_URL": ""}
    children = Children(tmp_path, print)
    with ports.hold(0) as held:
        url = f"http://{ports.LOOPBACK}:{ports.number_of(held)}"
        try:
            child = children.start("sandbox", sandbox_command(url), settings)
            for _ in range(2):
                ports.wait_for(url, 60, lambda: "; ".join(log_tail(dead.log) for dead in children.dead()) or None)
                with pytest.raises(EmbeddedError, match="is taken"):
                    ports.exactly(ports.number_of(held))
                child.kill()
                children.restart("sandbox")
        finally:
            children.stop()


def test_a_command_beside_it_reads_where_it_answers(tmp_path: Path) -> None:
    """Links in mail that a command plans lead there."""
    folder = DataFolder(tmp_path / "data")
    assert folder.announced() == (None, None)
    folder.make()
    folder.take()
    assert folder.announced() == (None, None), "it starts, and answers nowhere yet"
    folder.announce("http://127.0.0.1:8000")
    assert DataFolder(tmp_path / "data").announced() == ("http://127.0.0.1:8000", None)
    folder.announce("http://127.0.0.1:8000", "http://127.0.0.1:8025")
    assert folder.announced() == ("http://127.0.0.1:8000", "http://127.0.0.1:8025")
    folder.release()

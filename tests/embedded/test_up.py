"""``meldketen up`` as a person meets it: one at a time, back after a kill -9, nothing left after Ctrl-C."""

import json
import re
import shlex
import signal
import subprocess
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from service.embedded.ports import any_free
from service.embedded.processes import left_over
from tests.commands import run_command
from tests.running_up import Run

CREATE = ("office", "create", "--name", "De Linde", "--kvk", "12345678", "--owner-name", "Sanne", "--owner-email",
          "sanne@delinde.example")  # fmt: skip


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    """A data folder that nobody uses any more afterwards."""
    data = tmp_path / "data"
    yield data
    assert left_over(data) == []
    words = [process.info["cmdline"] or [] for process in psutil.process_iter(["cmdline"])]
    assert not [command for command in words if str(data) in " ".join(command)]


def test_a_stranger_logs_in_with_what_is_printed(folder: Path) -> None:
    running = Run(folder)
    address, said = running.address(), running.said.read_text()
    password, command = re.search(r"password (\S+)\n", said), re.search(r"from   (.+)\n", said)
    owner = re.search(r"^  (\S+@\S+) .* owner ", said, re.MULTILINE)
    assert password and command and owner
    words = shlex.split(command[1].replace("ADDRESS", owner[1]))
    code = subprocess.run(words, capture_output=True, text=True, timeout=60, check=True).stdout.strip()
    known = {"email": owner[1], "password": password[1], "code": code}
    headers = {"Content-Type": "application/json"}
    asked = urllib.request.Request(f"{address}/api/session", json.dumps(known).encode(), headers)
    with urllib.request.urlopen(asked, timeout=10) as answer:
        session = json.load(answer)
    assert session["second_factor"] == "given" and session["organisations"][0]["role"] == "owner"
    reading = {"Authorization": f"Bearer {session['token']}"}
    list_of = f"{address}/api/o/{session['organisations'][0]['slug']}/breaches"
    with urllib.request.urlopen(urllib.request.Request(list_of, headers=reading), timeout=10) as answer:
        assert answer.status == 200
    assert running.end(signal.SIGINT) == 0


def test_what_was_begun_empty_stays_without_the_demo(folder: Path) -> None:
    first = Run(folder, "--empty")
    address, said = first.address(), first.said.read_text()
    link = re.search(r"http://\S+/set-up/\S+", said)
    assert link and "Loading the demo" not in said and "password" not in said
    with urllib.request.urlopen(f"{address}/login", timeout=10) as page:
        assert "Deze installatie is nieuw" in page.read().decode()
    with urllib.request.urlopen(link[0], timeout=10) as page:
        assert 'name="kvk_number"' in page.read().decode()
    made = run_command(*CREATE, "--data", str(folder), settings={})
    assert made.returncode == 0 and f"{address}/invitation/" in made.stdout, made.stderr
    assert first.end(signal.SIGINT) == 0
    second = Run(folder)
    second.address()
    said = second.said.read_text()
    assert "begun with --empty" in said and "Loading the demo" not in said and "/set-up/" not in said
    assert second.end(signal.SIGINT) == 0


def test_up_again_after_a_kill_and_down_with_ctrl_c(folder: Path) -> None:
    first = Run(folder)
    first_address = first.address()
    refused = Run(folder)
    assert refused.process.wait(30) == 2
    assert f"process {first.process.pid}, {first_address}" in refused.said.read_text()
    assert first.end(signal.SIGKILL) == -signal.SIGKILL

    port = any_free()
    second = Run(folder, "--port", str(port))
    assert second.address() == f"http://127.0.0.1:{port}"
    with urllib.request.urlopen(second.address(), timeout=10) as page:
        assert page.status == 200
    taken = Run(folder.with_name("other"), "--port", str(port))
    assert taken.process.wait(30) == 2
    assert f"meldketen: Port {port} is taken" in taken.said.read_text()
    assert second.end(signal.SIGINT) == 0
    with_demo = Run(folder, "--empty")
    assert with_demo.process.wait(60) == 2 and "meldketen: an organisation is in" in with_demo.said.read_text()

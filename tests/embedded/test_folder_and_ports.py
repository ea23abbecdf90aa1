"""Two starts on one folder, a killed holder, a port that is taken."""

import os
import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from service.embedded import EmbeddedError, ports
from service.embedded.folder import DataFolder

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
        assert ports.from_upwards(taken) > taken
    assert ports.is_free(ports.any_free())

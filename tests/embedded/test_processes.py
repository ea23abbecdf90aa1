"""Children: watched, started again, and not one of them left."""

import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest

from service.embedded.processes import MARK, Children, end_left_over, left_over

STUBBORN = """
import signal, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
print("deaf", flush=True)
time.sleep(60)
"""
WITH_CHILD = """
import subprocess, time
subprocess.Popen(["sleep", "60"], start_new_session=True)
time.sleep(60)
"""
PARENT = """
import pathlib, sys, time
from service.embedded.processes import Children
Children(pathlib.Path(sys.argv[1])).start("sleeper", ["sleep", "60"], {})
print("started", flush=True)
time.sleep(60)
"""


def python(code: str, *words: str) -> list[str]:
    """A command that runs the code."""
    return [sys.executable, "-c", code, *words]


def wait_for(true: Callable[[], bool], within: float = 10.0) -> None:
    """Until the function says yes."""
    deadline = time.monotonic() + within
    while not true():
        assert time.monotonic() < deadline
        time.sleep(0.02)


@pytest.fixture
def said() -> list[str]:
    """What was told to the person at the terminal."""
    return []


@pytest.fixture
def children(tmp_path: Path, said: list[str]) -> Iterator[Children]:
    """Nobody's yet; none left afterwards."""
    family = Children(tmp_path, said.append)
    yield family
    family.stop()
    assert left_over(tmp_path) == []


def test_stop_ends_children_and_what_they_started(children: Children, tmp_path: Path) -> None:
    children.start("sleeper", ["sleep", "60"], {})
    children.start("parent", python(WITH_CHILD), {})
    wait_for(lambda: len(left_over(tmp_path)) == 3)
    children.stop()
    assert left_over(tmp_path) == []


def test_a_child_that_ignores_the_stop_signal_is_killed(children: Children) -> None:
    child = children.start("stubborn", python(STUBBORN), {})
    wait_for(lambda: "deaf" in child.log.read_text())
    children.grace = 0.3
    children.stop()
    assert child.process.returncode == -signal.SIGKILL


def test_a_dead_child_is_started_again_with_a_line_and_a_pause(children: Children, said: list[str]) -> None:
    child = children.start("short", python("import sys; sys.exit('cannot find my settings')"), {})
    child.process.wait()
    children.revive()
    assert said == ["short ended (cannot find my settings); starting it again."]
    child.process.wait()
    children.revive()
    assert len(said) == 1, "the second time it waits"
    assert child.pause() == 2


def test_children_of_a_killed_parent_end_too(tmp_path: Path) -> None:
    parent = subprocess.Popen(python(PARENT, str(tmp_path)), stdout=subprocess.PIPE)
    assert parent.stdout is not None
    parent.stdout.readline()
    wait_for(lambda: len(left_over(tmp_path)) == 1)
    parent.kill()
    parent.communicate()
    wait_for(lambda: left_over(tmp_path) == [])


def test_only_processes_of_this_folder_are_ended(children: Children, tmp_path: Path) -> None:
    stranger = subprocess.Popen(["sleep", "60"], env={MARK: str(tmp_path / "other")})
    orphan = subprocess.Popen(["sleep", "60"], env={MARK: str(tmp_path)})
    wait_for(lambda: [p.pid for p in left_over(tmp_path)] == [orphan.pid])
    assert end_left_over(tmp_path) == 1
    assert orphan.poll() is not None
    assert psutil.pid_exists(stranger.pid)
    assert stranger.poll() is None
    stranger.kill()
    stranger.wait()

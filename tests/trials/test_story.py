"""``meldketen story`` as a build server runs it: one JSON line, an exit code, and no files or processes left."""

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import psutil
import pytest

from tests.commands import run_command

COMMAND = [sys.executable, "-m", "service.cli", "story"]
WITHIN = 1200.0
"""Seconds after which the command counts as hung. On two cores beside four other test runs it needs over 400."""
ENDS = ("delivered", "bounced", "dropped", "rejected", "unknown")


@pytest.fixture
def temporary() -> Iterator[Path]:
    """The folder in which the command makes its own: its path is short, for the sockets in it."""
    with TemporaryDirectory() as folder:
        yield Path(folder)


def play(*words: str, temporary: Path) -> subprocess.CompletedProcess[str]:
    """Run the real command with this folder for its temporary files."""
    env = {"PATH": "/usr/bin:/bin", "TMPDIR": str(temporary)}
    return subprocess.run([*COMMAND, *words], env=env, capture_output=True, text=True, timeout=WITHIN, check=False)


def test_a_small_story_adds_up_and_leaves_nothing(temporary: Path) -> None:
    played = play("lost-backup", "--controllers", "20", "--people", "60", "--json", temporary=temporary)
    assert played.returncode == 0, played.stderr
    assert played.stdout.count("\n") == 1
    report = json.loads(played.stdout)
    assert report["ok"] is True and report["failed"] == []
    assert (report["story"], report["controllers"], report["breaches"]) == ("lost-backup", 20, 22)
    escalations = report["escalations"]
    assert escalations["delivered"] + escalations["phoned"] == 20 == escalations["in_time"]
    assert (escalations["phoned"], escalations["waiting"], escalations["decided"]) == (1, 0, 14)
    assert report["decisions"] == {"notified": 12, "notified_late": 1, "not_notified": 2}
    notices = report["notices"]
    assert notices["planned"] == 60 == sum(notices[end] for end in ENDS)
    assert notices["bounced"] > 0 and notices["dropped"] > 0 and notices["unknown"] == 0
    assert report["sandbox"]["addresses_twice"] == 0 < report["sandbox"]["messages"]
    assert report["fan_out"]["agreements"] == 5000 and report["fan_out"]["ratio"] > 0
    assert "Every controller is told" in played.stderr
    assert list(temporary.iterdir()) == []
    commands = [process.info["cmdline"] or [] for process in psutil.process_iter(["cmdline"])]
    assert [command for command in commands if str(temporary) in " ".join(command)] == []


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("lost-dog",), "There is no story 'lost-dog'; there are: lost-backup, "),
        (("lost-backup", "--controllers", "11"), "at least 12 controllers"),
        (("lost-backup", "--people", "0"), "at least 1 person"),
    ],
)
def test_what_cannot_be_played_is_refused_in_one_line(words: tuple[str, ...], said: str) -> None:
    refused = run_command("story", *words, settings={})
    assert refused.returncode == 2
    assert refused.stdout == "" and refused.stderr.count("\n") == 1
    assert said in refused.stderr

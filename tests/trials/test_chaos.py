"""``meldketen chaos``: a short run as a build server runs it, and the plan of faults by itself."""

import json
import subprocess
import sys
from collections import Counter
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from service.sandbox.faults import fault_errors
from tests.commands import run_command
from tests.trials.chaos.events import Outside
from tests.trials.chaos.figures import is_accounted_for
from tests.trials.chaos.plan import FLUSH, KILLED, RESTARTS, plan_of, sandbox_faults

COMMAND = [sys.executable, "-m", "service.cli", "chaos"]
SHORT = ("--controllers", "20", "--people", "200", "--kills", "8", "--flushes", "2", "--db-restarts", "1")
WITHIN = 1200.0
"""Seconds after which the command counts as hung. On two cores beside four other test runs it needs over 400."""


def test_the_same_seed_makes_the_same_plan():
    assert plan_of(7, 40, 5, 2) == plan_of(7, 40, 5, 2) != plan_of(8, 40, 5, 2)
    assert sandbox_faults(7, 1) == sandbox_faults(7, 1) != sandbox_faults(7, 2)


def test_a_plan_has_what_was_asked_for():
    injected = Counter(fault.what for fault in plan_of(1, 400, 5, 3))
    assert injected[FLUSH] == 5 and [injected[name] for name in RESTARTS] == [2, 1]
    assert sum(injected[name] for name in KILLED) == 400 and all(injected[name] for name in KILLED)


def test_the_sandbox_understands_its_faults():
    assert fault_errors(sandbox_faults(1)) == []


@pytest.mark.parametrize(
    ("state", "end", "lost", "is_accounted"),
    [
        ("delivered", "delivered", False, True), ("delivered", None, False, False),
        ("bounced", "delivered", True, False), ("unknown", None, False, True),
        ("unknown", "delivered", False, False), ("unknown", "delivered", True, True),
        ("accepted", "delivered", True, True), ("accepted", "delivered", False, False),
        ("processed", None, True, False),
    ],
)  # fmt: skip
def test_our_word_about_a_recipient_must_fit_the_sandboxs(state: str, end: str | None, lost: bool, is_accounted: bool):
    assert is_accounted_for(state, end, lost) is is_accounted


def test_who_got_a_mail_twice_is_seen():
    mails = [{"to": to, "custom_args": {"m": m, "n": "1"}, "outcome": "delivered"}
             for to, m in (("a@x.nl", "1"), ("A@x.nl", "2"), ("b@x.nl", "3"))]  # fmt: skip
    outside = Outside(mails, frozenset(), frozenset(), 0)
    assert (outside.twice("m"), outside.twice("n"), outside.about(["2"]).twice("n")) == (0, 1, 0)


@pytest.mark.parametrize("words", [("--controllers", "11"), ("--workers", "0"), ("--kills", "-1")])
def test_what_cannot_be_tried_is_refused_in_one_line(words: tuple[str, ...]):
    refused = run_command("chaos", *words, settings={})
    assert refused.returncode == 2 and refused.stdout == "" and refused.stderr.count("\n") == 1


def test_after_a_short_run_everything_is_there_exactly_once():
    with TemporaryDirectory() as folder:
        env = {"PATH": "/usr/bin:/bin", "TMPDIR": folder}
        finished = subprocess.run(
            [*COMMAND, *SHORT, "--json"], env=env, capture_output=True, text=True, timeout=WITHIN, check=False
        )
        assert finished.returncode == 0, finished.stderr + finished.stdout
        assert list(Path(folder).iterdir()) == []
    report = json.loads(finished.stdout)
    assert finished.stdout.count("\n") == 1 and report["ok"] is True
    assert (report["kills"], report["flushes"], report["db_restarts"]) == (8, 2, 1)
    assert report["steps"] == {"lost": 0, "doubled": 0, "stuck": 0}
    assert report["escalations"] == {"missed": 0, "doubled": 0}
    notices = report["notices"]
    assert notices["planned"] == 200 == sum(
        notices[name] for name in ("delivered", "bounced", "dropped", "rejected", "unknown")
    )
    assert notices["missed"] == notices["twice"] == report["clocks"]["missed"] == 0
    assert report["webhook"]["sent"] == report["webhook"]["applied"] > 0 and report["history"] == {"verified": True}

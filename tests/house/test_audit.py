"""What ``make check`` says about known weaknesses in what is pinned: with data, with half of it, and with none."""

import re
import runpy
import subprocess
import sys
import tomllib
from typing import Any

import pytest

from tests.house.reading import ROOT

AUDIT = ROOT / ".ci" / "audit"
verdict = runpy.run_path(str(AUDIT))["verdict"]
FINE = {"name": "flask", "version": "3.1.0", "vulns": []}
UNKNOWN = {"name": "ours", "skip_reason": "not found"}


def weak(*fixes: str) -> dict[str, Any]:
    return {"name": "jinja2", "version": "3.1.0", "vulns": [{"id": "PYSEC-1", "fix_versions": list(fixes)}]}


@pytest.mark.parametrize(
    ("found", "status", "told"),
    [
        ([FINE], 0, "1 of 1 pinned parts checked, 0 known"), ([FINE, UNKNOWN], 0, "1 of 2 pinned parts checked"),
        ([UNKNOWN], 0, "cannot be reached"), ([], 0, "cannot be reached"),
        ([FINE, weak("3.1.6")], 1, "jinja2 3.1.0: PYSEC-1, mended in 3.1.6"), ([weak()], 0, "not mended yet"),
    ],
)  # fmt: skip
def test_only_a_weakness_that_can_be_mended_stops_the_build(found: Any, status: int, told: str) -> None:
    got, lines = verdict({"dependencies": found})
    assert got == status and told in "\n".join(lines)


def test_without_a_network_the_check_prints_one_line_and_passes() -> None:
    """A proxy that is not there: nothing can be reached."""
    nowhere = {"PATH": "/usr/bin:/bin", "HTTPS_PROXY": "http://127.0.0.1:9", "HTTP_PROXY": "http://127.0.0.1:9",
               "PIP_INDEX_URL": "http://127.0.0.1:9/simple", "HOME": "/nonexistent"}  # fmt: skip
    command = [sys.executable, str(AUDIT)]
    done = subprocess.run(command, env=nowhere, capture_output=True, text=True, timeout=60, check=False)
    assert (done.returncode, done.stdout.count("\n")) == (0, 1) and "not checked" in done.stdout


def test_everything_that_is_asked_for_is_pinned() -> None:
    """But for the peers of the bench, which nobody needs to run or to test the product.

    An extra may name this project itself, with another of its extras.
    """
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    extras = project["optional-dependencies"]
    parts = (*project["dependencies"], *extras["local"], *extras["dev"], *extras["attack"])
    asked = {bare(part) for part in parts} - {project["name"]}
    pinned = {bare(line) for line in (ROOT / "constraints.txt").read_text("utf-8").splitlines()}
    assert asked - pinned == set()


def bare(requirement: str) -> str:
    name = re.split(r"[\[<>=~! ]", requirement, maxsplit=1)[0]
    return re.sub(r"[-_.]+", "-", name).lower()

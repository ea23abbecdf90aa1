"""Lint and types run beside the tests: either that fails makes the whole fail, and their words do not mix."""

import subprocess
from pathlib import Path

import pytest

BESIDE = Path(__file__).parents[2] / ".ci" / "beside"


@pytest.mark.parametrize(("check", "test", "ends"), [(0, 0, 0), (1, 0, 1), (0, 5, 5), (2, 5, 5)])
def test_the_whole_fails_when_either_part_fails(tmp_path: Path, check: int, test: int, ends: int):
    begun = tmp_path / "check-has-begun"
    checking = f"sh -c 'echo checked; touch {begun}; exit {check}'"
    testing = f"while [ ! -e {begun} ]; do sleep 0.01; done; echo tested; exit {test}"
    ran = subprocess.run(
        ["sh", str(BESIDE), checking, "sh", "-c", testing], capture_output=True, text=True, timeout=30, check=False
    )
    assert (ran.returncode, ran.stdout, ran.stderr) == (ends, "tested\nchecked\n", "")

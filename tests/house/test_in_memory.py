"""Where the temporary files of the tests go: the command runs with them, ends as it ends, and leaves nothing."""

import os
import subprocess
from pathlib import Path

import pytest

IN_MEMORY = Path(__file__).parents[2] / ".ci" / "in_memory"


def ran(script: str, **environ: str) -> subprocess.CompletedProcess[str]:
    """What the command line wrote and how it ended; without a folder for temporary files of its own unless told."""
    kept = {name: value for name, value in os.environ.items() if name != "TMPDIR"}
    command = ["sh", str(IN_MEMORY), "sh", "-c", script]
    return subprocess.run(command, env=kept | environ, capture_output=True, text=True, timeout=30, check=False)


@pytest.mark.parametrize("ends", [0, 5])
def test_the_exit_status_is_the_commands_and_the_folder_is_removed(ends: int):
    done = ran(f'mktemp -d; echo "${{TMPDIR:-/tmp}}"; exit {ends}')
    made, folder = (Path(line) for line in done.stdout.splitlines())
    assert (done.returncode, done.stderr, made.parent) == (ends, "", folder)
    if folder == Path("/tmp"):  # the machine has no room in memory: as it would be without this script
        made.rmdir()
    assert not made.exists()


def test_a_folder_that_was_chosen_stays(tmp_path: Path):
    assert ran("echo $TMPDIR", TMPDIR=str(tmp_path)).stdout.strip() == str(tmp_path)

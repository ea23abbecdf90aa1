"""``meldketen up`` as a person starts it, in a process of its own."""

import re
import subprocess
import sys
import time
from pathlib import Path

UP_WITHIN = 60.0


class Run:
    """One ``meldketen up`` and what it says."""

    def __init__(self, folder: Path, *words: str) -> None:
        self.said = folder.with_name(f"said-{time.monotonic_ns()}.txt")
        command = [sys.executable, "-m", "service.cli", "up", "--no-story", "--data", str(folder), *words]
        with self.said.open("w") as output:
            self.process = subprocess.Popen(command, stdout=output, stderr=output, start_new_session=True)

    def address(self) -> str:
        """Where the pages are, once it says that all is up."""
        deadline = time.monotonic() + UP_WITHIN
        while "Ctrl-C stops everything" not in self.said.read_text():
            assert self.process.poll() is None and time.monotonic() < deadline, self.said.read_text()
            time.sleep(0.1)
        match = re.search(r"http://\S+", self.said.read_text())
        assert match
        return match[0]

    def end(self, number: int) -> int:
        """Signal it, and its exit code."""
        self.process.send_signal(number)
        return self.process.wait(30)

"""What a person sees while a trial runs: on stderr a bar for each phase, and how long each took."""

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from service.story.client import TrialFailed

PAUSE = 0.2


class Screen:
    """The phases of one trial, each with its bar and its seconds."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}
        self._progress = Progress(
            SpinnerColumn(), TextColumn("{task.description}"), BarColumn(20), MofNCompleteColumn(), TimeElapsedColumn(),
            console=Console(file=sys.stderr, width=None if sys.stderr.isatty() else 110),
        )  # fmt: skip

    def __enter__(self) -> "Screen":
        self._progress.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._progress.stop()

    @contextmanager
    def phase(self, name: str, text: str, total: int = 1) -> Iterator[Callable[[int], None]]:
        """Show one phase; the result sets the bar to a number."""
        task = self._progress.add_task(text, total=total)
        begun = time.monotonic()
        try:
            yield lambda done: self._progress.update(task, completed=done)
            self._progress.update(task, completed=total)
        finally:
            self._progress.stop_task(task)
            self.seconds[name] = round(self.seconds.get(name, 0.0) + time.monotonic() - begun, 3)


def wait_until(done: Callable[[], bool], what: str, within: float) -> None:
    """Ask again until `done` is true. Raises TrialFailed when that takes longer than `within` seconds."""
    deadline = time.monotonic() + within
    while not done():
        if time.monotonic() > deadline:
            raise TrialFailed(f"{what}: not within {within:.0f} seconds")
        time.sleep(PAUSE)

"""Child processes: each started with a log of its own, all watched, and all ended."""

import os
import signal
import subprocess
import time
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

import psutil

from service.config import environment
from service.embedded.waiting import log_tail, on_a_leash

MARK = "MELDKETEN_DATA"  # Every child, and every child of a child, has its folder in its environment under this name.
GRACE = 10.0
STEADY_AFTER = 30.0
LONGEST_PAUSE = 30.0


@dataclass(slots=True)
class Child:
    """One process that should be running."""

    name: str
    command: list[str]
    env: dict[str, str] = field(repr=False)
    log: Path
    process: subprocess.Popen[bytes]
    started_at: float
    failures: int = 0

    @property
    def pid(self) -> int:
        """Return its process, which also leads its process group."""
        return self.process.pid

    def running(self) -> bool:
        """Return whether the process runs now."""
        return self.process.poll() is None

    def kill(self) -> None:
        """End it at once, with everything it started, as a power cut would. The trials use it."""
        with suppress(ProcessLookupError):
            os.killpg(self.pid, signal.SIGKILL)
        self.process.wait()

    def pause(self) -> float:
        """Return the seconds to wait since its last start, before it is started again."""
        return float(min(2**self.failures, LONGEST_PAUSE)) if self.failures else 0.0


class Children:
    """The processes of one data folder."""

    def __init__(self, folder: Path, say: Callable[[str], None] = print, grace: float = GRACE) -> None:
        self.folder = folder
        self.grace = grace
        self.say = say
        self.by_name: dict[str, Child] = {}
        self._logs = folder / "logs"

    def start(self, name: str, command: list[str], env: dict[str, str]) -> Child:
        """Start a process under a name. The kernel ends it when this process ends."""
        self._logs.mkdir(parents=True, exist_ok=True)
        log = self._logs / f"{name}.log"
        marked = environment() | env | {MARK: str(self.folder), "PYTHONUNBUFFERED": "1"}
        child = Child(name, command, marked, log, _launch(command, marked, log), time.monotonic())
        self.by_name[name] = child
        return child

    def restart(self, name: str) -> Child:
        """Start a named process again, after it ended or was killed."""
        child = self.by_name[name]
        child.process = _launch(child.command, child.env, child.log)
        child.started_at = time.monotonic()
        return child

    def dead(self) -> list[Child]:
        """Return the processes that should run and do not."""
        return [child for child in self.by_name.values() if not child.running()]

    def revive(self) -> None:
        """Start ended processes again. One that ends repeatedly waits longer each time."""
        for child in self.dead():
            lived = time.monotonic() - child.started_at
            if lived < child.pause():
                continue
            child.failures = 1 if lived > STEADY_AFTER else child.failures + 1
            self.say(f"{child.name} ended ({log_tail(child.log)}); starting it again.")
            self.restart(child.name)

    def stop(self) -> None:
        """Ask all to end, wait, then end those that are left, and their children."""
        running = [child for child in self.by_name.values() if child.running()]
        for child in running:
            child.process.terminate()
        _wait(running, self.grace)
        for child in running:
            if child.running():
                child.kill()
        self.by_name.clear()
        end_left_over(self.folder, grace=0)


def left_over(folder: Path) -> list[psutil.Process]:
    """Return processes with this folder's mark, of an earlier run or of a child that has ended."""
    return [process for process in psutil.process_iter() if _mark_of(process) == str(folder)]


def end_left_over(folder: Path, grace: float = GRACE) -> int:
    """End those processes, by request while there is time. Return how many there were."""
    processes = left_over(folder)
    _signal(processes, "terminate")
    _, stubborn = psutil.wait_procs(processes, timeout=grace)
    _signal(stubborn, "kill")
    psutil.wait_procs(stubborn, timeout=5)
    return len(processes)


def _launch(command: list[str], env: dict[str, str], log: Path) -> subprocess.Popen[bytes]:
    with log.open("ab") as output:
        return subprocess.Popen(
            on_a_leash(command),
            env=env,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            start_new_session=True,
        )


def _wait(children: Iterable[Child], seconds: float) -> None:
    deadline = time.monotonic() + seconds
    for child in children:
        with suppress(subprocess.TimeoutExpired):
            child.process.wait(max(0.0, deadline - time.monotonic()))


def _mark_of(process: psutil.Process) -> str | None:
    try:
        mark = process.environ().get(MARK)
    except (psutil.Error, OSError):
        return None
    return mark if process.pid != os.getpid() else None


def _signal(processes: Iterable[psutil.Process], verb: str) -> None:
    for process in processes:
        with suppress(psutil.Error):
            getattr(process, verb)()  # psutil checks that the number still belongs to the same process.

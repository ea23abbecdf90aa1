"""How to end a process and wait for it, for both servers and our own children."""

import subprocess
import time
from pathlib import Path

import psutil


def on_a_leash(command: list[str], signal_name: str = "TERM") -> list[str]:
    """Return the command with the kernel's instruction to end it when its parent ends in any way."""
    if command[0] == "setpriv":
        return ["setpriv", "--pdeathsig", signal_name, *command[1:]]
    return ["setpriv", "--pdeathsig", signal_name, "--", *command]


def ended(pid: int, child: subprocess.Popen[bytes] | None, seconds: float) -> bool:
    """Wait until a process has ended. Return whether it ended within these seconds."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if child is not None:
            child.poll()
        if not alive(pid):
            return True
        time.sleep(0.02)
    return False


def alive(pid: int) -> bool:
    """Return whether a process still runs. One that ended and was not reaped yet does not run."""
    try:
        return bool(psutil.Process(pid).status() != psutil.STATUS_ZOMBIE)
    except psutil.Error:
        return False


def log_tail(log: Path) -> str:
    """Return the last line of a log, to show with a failure."""
    lines = log.read_text(errors="replace").strip().splitlines() if log.exists() else []
    return lines[-1] if lines else "it said nothing"

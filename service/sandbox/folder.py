"""The sandbox's folder belongs to one process at a time: two would number the same mail differently."""

import fcntl
import os
import time
from pathlib import Path

# Seconds. After a kill -9 of its master, a gunicorn worker needs about one second to notice and end.
WAIT = 10.0
BETWEEN_TRIES = 0.1


def claim(folder: Path, wait: float = WAIT) -> int:
    """Hold the folder until this process ends. The caller must keep the returned descriptor open.

    Raises RuntimeError when another process still holds the folder after `wait` seconds.
    """
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    descriptor = os.open(folder / "lock", os.O_RDWR | os.O_CREAT, 0o600)
    give_up_at = time.monotonic() + wait
    while not _locked(descriptor):
        if time.monotonic() > give_up_at:
            raise RuntimeError(
                f"Another SendGrid sandbox is using {folder}. Stop it, or choose another SANDBOX_DIR."
            )
        time.sleep(BETWEEN_TRIES)
    return descriptor


def _locked(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True

"""The peers: other queues, each in a process of its own that reads its task from standard input.

They come with `pip install -e .[bench]`; the product never imports them.
"""

import importlib.util
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

from service.story.client import TrialFailed

NEEDED = ("dbos", "procrastinate")
WITHIN_S = 600.0
CHECKOUT = Path(__file__).parents[3]


class NotInstalled(Exception):
    """Raised when a peer is not installed; the message says how to install it."""


def refuse_without_peers() -> None:
    """Raise NotInstalled when a peer is missing."""
    missing = [name for name in NEEDED if importlib.util.find_spec(name) is None]
    if missing:
        raise NotInstalled(f"the bench compares with {', '.join(missing)}, not installed: pip install -e .[bench]")


def drained_by(peer: str, jobs: int, url: str, steps: int = 0) -> float:
    """Drain this many jobs of this many empty steps by `peers_<peer>` in its own process; return the seconds."""
    command = [sys.executable, "-m", f"tests.trials.bench.peers_{peer}"]
    task = json.dumps({"url": url, "jobs": jobs, "steps": steps})
    ran = subprocess.run(command, input=task, capture_output=True, text=True, timeout=WITHIN_S, check=False,
                         cwd=CHECKOUT)
    if ran.returncode:
        raise TrialFailed(f"{peer}: {ran.stderr.strip()[-600:]}")
    outcome: dict[str, Any] = json.loads(ran.stdout.strip().splitlines()[-1])
    if outcome["done"] != jobs:
        raise TrialFailed(f"{peer}: {outcome['done']} of {jobs} jobs were done")
    return float(outcome["seconds"])


def asked() -> tuple[str, int, int]:
    """Read the task in the peer's process: the address, how many jobs, and how many steps each has."""
    task = json.load(sys.stdin)
    return str(task["url"]), int(task["jobs"]), int(task["steps"])


def tell(done: int, seconds: float) -> None:
    """Print the result from the peer's process."""
    print(json.dumps({"done": done, "seconds": seconds}), flush=True)

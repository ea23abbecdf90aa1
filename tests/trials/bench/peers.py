"""The peers: other people's queues, each in a process of its own, told what to do on its standard input.

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
    """The peers are not there; the message says how to get them."""


def refuse_without_peers() -> None:
    """Raises NotInstalled when a peer is missing."""
    missing = [name for name in NEEDED if importlib.util.find_spec(name) is None]
    if missing:
        raise NotInstalled(f"the bench compares with {', '.join(missing)}, not installed: pip install -e .[bench]")


def drained_by(peer: str, jobs: int, url: str, steps: int = 0) -> float:
    """So many jobs, each of so many empty steps, drained by `peers_<peer>` in a process of its own; the seconds."""
    command = [sys.executable, "-m", f"tests.trials.bench.peers_{peer}"]
    told = json.dumps({"url": url, "jobs": jobs, "steps": steps})
    ran = subprocess.run(command, input=told, capture_output=True, text=True, timeout=WITHIN_S, check=False,
                         cwd=CHECKOUT)
    if ran.returncode:
        raise TrialFailed(f"{peer}: {ran.stderr.strip()[-600:]}")
    found: dict[str, Any] = json.loads(ran.stdout.strip().splitlines()[-1])
    if found["done"] != jobs:
        raise TrialFailed(f"{peer}: {found['done']} of {jobs} jobs were done")
    return float(found["seconds"])


def asked() -> tuple[str, int, int]:
    """In the peer's process: where, how many jobs, and of how many steps each."""
    told = json.load(sys.stdin)
    return str(told["url"]), int(told["jobs"]), int(told["steps"])


def tell(done: int, seconds: float) -> None:
    """In the peer's process: what came of it."""
    print(json.dumps({"done": done, "seconds": seconds}), flush=True)

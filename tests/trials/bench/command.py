"""``meldketen bench``: how fast it is, each figure as a ratio against its limit or its peers in the same run.

Everything is measured by turns (A B A B ...) on servers of its own that write to the disk; a figure is the median, its
spread the middle half of the rounds. Where the rounds do not agree on whether a goal is reached, no ratio is told.
The last line on stdout is one JSON object: {"figures": [...], "plots", "seconds", "ok"}.
"""

import importlib
import json
import sys
import time
from argparse import ArgumentParser, Namespace
from functools import partial
from pathlib import Path
from typing import TextIO

from service.embedded.servers import temporary_servers
from service.story.client import TrialFailed
from tests.trials.bench.bench_env import BenchEnv
from tests.trials.bench.peers import NotInstalled, refuse_without_peers
from tests.trials.bench.statistics import Figure

BENCHES = {
    "engine": "engine",
    "fanout": "fan_out",
    "api": "api",
    "boards": "boards",
    "clients": "clients",
    "search": "search",
    "notices": "notices",
    "history": "history",
    "reading": "reading",
}


def add_arguments(parser: ArgumentParser) -> None:
    """Add the options: which bench runs, and its size."""
    parser.add_argument("bench", choices=(*BENCHES, "all"), help="which one, or all of them")
    parser.add_argument("--quick", action="store_true", help="small sizes and few rounds, less than a minute")
    parser.add_argument("--json", action="store_true", help="nothing on stdout but the JSON")
    parser.add_argument("--plots", type=Path, default=Path("build/bench"), help="where the plots go")


def run(arguments: Namespace) -> int:
    """Measure. Returns the exit code: 0 only when every figure is stable and every goal is met."""
    names = list(BENCHES) if arguments.bench == "all" else [arguments.bench]
    begun = time.monotonic()
    try:
        if "engine" in names:
            refuse_without_peers()
        figures = _measured(names, arguments, sys.stderr if arguments.json else sys.stdout)
    except NotInstalled as missing:
        print(f"meldketen: {missing}", file=sys.stderr)
        return 2
    except TrialFailed as failure:
        print(f"meldketen: the bench stopped: {failure}", file=sys.stderr)
        return 1
    ok = all(figure.fine for figure in figures)
    plots = str(arguments.plots.resolve())
    report = {"figures": [figure.as_json() for figure in figures], "plots": plots,
            "seconds": round(time.monotonic() - begun, 1), "ok": ok}  # fmt: skip
    print(json.dumps(report), flush=True)
    return 0 if ok else 1


def _measured(names: list[str], arguments: Namespace, screen: TextIO) -> list[Figure]:
    figures: list[Figure] = []
    with temporary_servers(durable=True) as servers:
        bench_env = BenchEnv(servers, arguments.quick, arguments.plots, partial(print, file=screen, flush=True))
        bench_env.prepare()
        for name in names:
            measured = importlib.import_module(f"tests.trials.bench.{BENCHES[name]}").measure(bench_env)
            print(*measured, sep="\n", file=screen, flush=True)
            figures += measured
    return figures

"""Bench of notices: from the release to the acceptance of all mail by the sandbox, with two real workers; then the
events.

For comparison the same sandbox gets one call per person with SendGrid's package, and requests that were built before
over one open connection. The sandbox checks and keeps every mail either way, so its time is in both sides of a ratio.
"""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from itertools import count
from pathlib import Path

import psutil

from service.embedded import ports
from service.embedded.processes import Children
from service.embedded.programs import command, sandbox_command
from service.story.client import TrialFailed
from tests.trials.bench.bench_env import BenchEnv, Place
from tests.trials.bench.events import measure_events
from tests.trials.bench.people import Telling, written
from tests.trials.bench.posting import one_by_one, prebuilt
from tests.trials.bench.statistics import Figure, at_least, at_most, compared
from workflows.engine.hints import NoHints, use_hints
from workflows.running.rq_hints import RqHints

SINGLY, WORKERS = 300, 2
STARTED_WITHIN, SENT_WITHIN, WARMING_S = 30.0, 600.0, 3.0
LEFT = """
    select count(*) from recipient r join mail_batch b on b.organisation_id = r.organisation_id and b.id = r.batch_id
     where r.about_id = %s and r.state = 'accepted' and b.state = 'accepted'"""
STRAY = "select count(*) from recipient where about_id = %s and (state <> 'accepted' or batch_id is null)"
_number = count(1)


def measure(bench_env: BenchEnv) -> list[Figure]:
    """Measure all figures of the notices, and draw the plot of their growth."""
    sizes = bench_env.sizes(bench_env.size(100_000, 5_000))
    with bench_env.database("bench_notices") as place, _sandbox(bench_env, place) as post:
        with _workers(bench_env, post) as bench:
            few = bench.send(sizes[0])
            # small notices come first, because the kernel's high-water mark never falls
            small = [bench.send(sizes[1]) for _ in range(bench_env.size(5, 3))]
            rounds = [bench.round(sizes[-1]) for _ in small]
        grown = [(sizes[0], few[0]), (sizes[1], small[0][0]), (sizes[2], sizes[2] / rounds[0]["ours"])]
        bench_env.draw("notices", "Notices: released until all accepted", "people", {"two workers": grown})
    rates = {name: [measured[name] for measured in rounds] for name in rounds[0]}
    name = f"notices, {sizes[-1]:,} people"
    return [
        compared(name, "people/s", "one call per person, sendgrid package", rates["ours"], rates["singly"],
                 at_least(20)),
        compared(name, "people/s", "prebuilt bodies over one kept connection", rates["ours"], rates["prebuilt"]),
        compared("calls of one person each", "people/s", "prebuilt bodies over one kept connection", rates["singly"],
                 rates["prebuilt"]),
        compared(f"{name}: memory", "MiB", f"with {sizes[1]:,} people", rates["memory"], [pair[1] for pair in small],
                 at_most(1.1)),
        *measure_events(bench_env),
    ]  # fmt: skip


@contextmanager
def _sandbox(bench_env: BenchEnv, place: Place) -> Iterator[Place]:
    """Run a sandbox that posts no events; yields the environment with its address."""
    url = f"http://{ports.LOOPBACK}:{ports.any_free()}"
    config = replace(place.config, sendgrid_host=url)
    settings = config.as_environment()
    folder = Path(bench_env.servers.folder.path)
    children = Children(folder, bench_env.say)
    try:
        children.start("sandbox", sandbox_command(url), settings)
        ports.wait_for(url, STARTED_WITHIN, lambda: None)
        use_hints(RqHints(config.redis_url))
        yield replace(place, config=config)
    finally:
        use_hints(NoHints())
        children.stop()


@contextmanager
def _workers(bench_env: BenchEnv, place: Place) -> Iterator["_Notices"]:
    """Run two worker processes; the same two serve all rounds."""
    children = Children(Path(bench_env.servers.folder.path) / "workers", bench_env.say)
    try:
        settings = place.config.as_environment()
        workers = [children.start(f"worker-{n}", command("worker"), settings) for n in range(WORKERS)]
        bench = _Notices(place, [worker.pid for worker in workers])
        bench.warm_up()
        yield bench
    finally:
        children.stop()


class _Notices:
    """The sandbox, the workers, and the peers that post to it."""

    def __init__(self, place: Place, workers: list[int]) -> None:
        self.place, self.workers = place, workers

    def round(self, people: int) -> dict[str, float]:
        """Measure each side once, alternately: people per second, and the worker's memory."""
        singly = SINGLY / one_by_one(self.place.config, next(_number), SINGLY)
        seconds, memory = self.send(people)
        return {
            "singly": singly, "ours": people / seconds, "memory": memory,
            "prebuilt": people / prebuilt(self.place.config, next(_number), people),
        }  # fmt: skip

    def send(self, people: int) -> tuple[float, float]:
        """Send a notice to this many people; return the seconds since its release, and a worker's most memory in MiB.
        """
        telling = written(self.place, next(_number), people)
        begun = time.perf_counter()
        telling.release()
        self._until_accepted(telling)
        return time.perf_counter() - begun, max(map(_most_memory, self.workers))

    def warm_up(self) -> None:
        """Send small notices, so that both workers have started and done some work."""
        until = time.monotonic() + WARMING_S
        while time.monotonic() < until:
            self.send(1)

    def _until_accepted(self, telling: Telling) -> None:
        until = time.monotonic() + SENT_WITHIN
        while int(self.place.one(LEFT, telling.notice)) < telling.people:
            if time.monotonic() > until:
                raise TrialFailed(f"notices: not all of {telling.people} were accepted")
            time.sleep(0.02 if telling.people < 20_000 else 0.2)
        if self.place.one(STRAY, telling.notice):
            raise TrialFailed("notices: somebody on the list was not mailed")


def _most_memory(pid: int) -> float:
    """Return the kernel's high-water mark of memory over all processes of this worker."""
    worker = psutil.Process(pid)
    marks = [_high_water(process.pid) for process in (worker, *worker.children(recursive=True))]
    return sum(marks) / 1024


def _high_water(pid: int) -> int:
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM"))

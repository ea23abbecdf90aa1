"""Bench of the engine: steps per second, in batches and with a commit each, compared with other engines and bare
commits.

The product leaves a row per step; the peers' jobs do nothing at all. Peers are timed from the first job taken to the
last one done, without their start-up; the product from the first claim to the claim that finds nothing.
"""

import time
from concurrent.futures import ThreadPoolExecutor
from itertools import count
from uuid import UUID, uuid4

from tests.trials.bench.bare_commits import bare_commits
from tests.trials.bench.bench_env import BenchEnv, Place
from tests.trials.bench.peers import drained_by
from tests.trials.bench.statistics import Figure, at_least, compared, limited
from tests.trials.bench.toy import APART, CATALOGUE, STEPS_PER_RUN, TABLE, TOGETHER, begin_runs, check_runs
from workflows.engine.drain import drain_steps
from workflows.engine.steps import Workflow

AT_A_TIME = 6
"""The number of workers: as many as DBOS has threads on two cores."""
_number = count(1)


def measure(bench_env: BenchEnv) -> list[Figure]:
    """Measure all figures of the engine, and draw the plot of its growth."""
    with bench_env.database("bench_engine") as place:
        place.outside.execute(TABLE)
        organisation = place.organisation()
        engine = _Engine(bench_env, place, organisation)
        engine.drain(TOGETHER, 200)  # a warm-up: code is loaded and statements are planned
        engine.drain(APART, 50)
        rounds = [engine.round() for _ in range(bench_env.rounds)]
        engine.plot()
    rates = {name: [taken[name] for taken in rounds] for name in rounds[0]}
    batched, apart = ("engine, in batches", "steps/s"), ("engine, a commit per step, six workers", "steps/s")
    in_steps, empty = "DBOS, steps of workflows of two", "DBOS, empty workflows"
    return [
        compared(*batched, in_steps, rates["batched"], rates["dbos_steps"], at_least(20)),
        compared(*batched, empty, rates["batched"], rates["dbos"]),
        compared(*batched, "procrastinate, empty tasks", rates["batched"], rates["procrastinate"]),
        compared(*batched, "RQ SimpleWorker, empty jobs", rates["batched"], rates["rq"]),
        compared(*apart, in_steps, rates["apart"], rates["dbos_steps"], at_least(1.5)),
        compared(*apart, empty, rates["apart"], rates["dbos"]),
        compared("engine, a commit per step, one worker", "steps/s", "bare commits of the same rows", rates["alone"],
                 rates["bare"]),
        limited("engine, commits per step", "commits", 1.05, rates["commits"]),
    ]  # fmt: skip


class _Engine:
    """One organisation with steps to do."""

    def __init__(self, bench_env: BenchEnv, place: Place, organisation: UUID) -> None:
        self.bench_env, self.place, self.organisation = bench_env, place, organisation
        self.many, self.few = bench_env.size(5000, 500), bench_env.size(500, 100)

    def round(self) -> dict[str, float]:
        """Measure the product and each peer once, alternately."""
        apart, commits = self.drain(APART, self.few, AT_A_TIME)
        return {
            "dbos_steps": self.few * STEPS_PER_RUN / self._peer("dbos", self.few, STEPS_PER_RUN),
            "batched": self._rate(self.drain(TOGETHER, self.many)[0], self.many),
            "dbos": self.few * 2 / self._peer("dbos", self.few * 2),
            "apart": self._rate(apart, self.few),
            "alone": self._rate(self.drain(APART, self.few)[0], self.few),
            "bare": self._rate(self._bare(), self.few),
            "procrastinate": self.few / self._peer("procrastinate", self.few),
            "rq": self.few / drained_by("rq", self.few, self.bench_env.servers.addresses().redis_url),
            "commits": commits / (self.few * STEPS_PER_RUN),
        }

    def drain(self, workflow: Workflow, runs: int, workers: int = 1) -> tuple[float, int]:
        """Do this many runs from their first step to their end; return the seconds, and the commits by transaction ids.
        """
        begin_runs(self.place, self.organisation, workflow, runs)
        before, begun = self._transactions(), time.perf_counter()
        with ThreadPoolExecutor(workers) as pool:
            list(pool.map(self._work, range(workers)))
        seconds = time.perf_counter() - begun
        commits = self._transactions() - before - 1  # the question for the number takes one itself
        check_runs(self.place, runs)
        return seconds, commits

    def _work(self, _: int) -> None:
        with self.place.app.app_context():
            while drain_steps(self.organisation, CATALOGUE, uuid4()):
                pass

    def plot(self) -> None:
        """Return the seconds at 1x, 10x and 100x."""
        sizes = self.bench_env.sizes(2 * self.many)
        lines = {
            "in batches": [(n * STEPS_PER_RUN, self.drain(TOGETHER, n)[0]) for n in sizes],
            "a commit per step": [(n * STEPS_PER_RUN, self.drain(APART, n)[0]) for n in sizes[:2]],
        }
        self.bench_env.draw("engine", "Engine: ready steps drained", "steps", lines)

    def _bare(self) -> float:
        begin_runs(self.place, self.organisation, APART, self.few)
        seconds = bare_commits(self.place, self.few)
        check_runs(self.place, self.few)
        return seconds

    def _peer(self, peer: str, jobs: int, steps: int = 0) -> float:
        with self.bench_env.empty_database(f"bench_peer_{next(_number)}") as url:
            return drained_by(peer, jobs, url, steps)

    def _transactions(self) -> int:
        return int(self.place.one("select pg_current_xact_id()::text::bigint"))

    def _rate(self, seconds: float, runs: int) -> float:
        return runs * STEPS_PER_RUN / seconds

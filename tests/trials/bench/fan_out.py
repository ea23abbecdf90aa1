"""Bench of one incident over 5,000 agreements, compared with a bare INSERT ... SELECT of the rows
(service/story/fan_out.py)."""

from statistics import median

from service.story.fan_out import AGREEMENTS, rounds_of
from service.story.scenarios import scenario
from tests.trials.bench.bench_env import BASE_URL, SANDBOX_URL, BenchEnv
from tests.trials.bench.statistics import Figure, at_most, compared
from workflows.engine.hints import NoHints, use_hints

STORY = "lost-backup"


def measure(bench_env: BenchEnv) -> list[Figure]:
    """Measure the figure, and draw the plot of its growth."""
    sizes = bench_env.sizes(bench_env.size(AGREEMENTS, 500))
    measured = {size: _pairs(bench_env, size) for size in sizes}
    lines = {
        name: [(size, median(pair[side] for pair in pairs)) for size, pairs in measured.items()]
        for side, name in enumerate(("open_incident", "bare INSERT ... SELECT"))
    }
    bench_env.draw("fanout", "Fan-out: one incident opened at so many controllers", "controllers", lines)
    ours, bare = zip(*measured[sizes[-1]], strict=True)
    name = f"fan-out, {sizes[-1]:,} controllers"
    return [compared(name, "s", "bare INSERT ... SELECT of the same rows", ours, bare, at_most(2))]


def _pairs(bench_env: BenchEnv, agreements: int) -> list[tuple[float, float]]:
    use_hints(NoHints())
    config = bench_env.servers.config(BASE_URL, SANDBOX_URL)
    pairs, _ = rounds_of(bench_env.servers, config, scenario(STORY), agreements, bench_env.rounds)
    return pairs

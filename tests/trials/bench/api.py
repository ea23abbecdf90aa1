"""Bench of the API: a page of a large installation's register, a page deep in one, and a new breach; in CPU and time.

Requests go straight into the WSGI app, so no client and no network is in either side of a ratio.
"""

import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta

import orjson

from service.story.client import TrialFailed
from tests.trials.bench.bench_env import BenchEnv, Place
from tests.trials.bench.raw_view import raw_app
from tests.trials.bench.registers import Reader, deepen, fill
from tests.trials.bench.statistics import Figure, at_least, at_most, compared, limited
from tests.trials.bench.wsgi import ask

PAGE = 50


def measure(bench_env: BenchEnv) -> list[Figure]:
    """Measure all figures of the API, and draw the plot of its growth."""
    figures = []
    with bench_env.database("bench_api") as place:
        bench = _Api(bench_env, place, fill(place, *bench_env.size((1000, 1000), (100, 100))))
        figures += bench.lists() + bench.creates() + bench.deep()
    _grow(bench_env)
    return figures


def _grow(bench_env: BenchEnv) -> None:
    line = []
    for organisations in bench_env.size((10, 100, 1000), (1, 10, 100)):
        each = bench_env.size(1000, 100)
        with bench_env.database("bench_api_grown") as place:
            bench = _Api(bench_env, place, fill(place, organisations, each))
            line.append((float(organisations * each), min(bench.seconds(bench.ours) for _ in range(3))))
    bench_env.draw("api", "API: 50 breaches out of so many rows", "rows", {"a page": line})


class _Api:
    """One installation, and a person who reads in it."""

    def __init__(self, bench_env: BenchEnv, place: Place, reader: Reader) -> None:
        self.bench_env, self.place, self.reader = bench_env, place, reader
        self.raw = raw_app(place.config.database_url, {reader.slug: reader.organisation})
        self.times = bench_env.size(200, 50)
        if self._items(self.ours()) != self._items(self.by_hand()) or len(self._items(self.ours())) != PAGE:
            raise TrialFailed("api: the raw view and ours do not answer the same")

    def ours(self, query: str = "") -> bytes:
        """Ask for the product's page."""
        return ask(self.place.app, f"{self.reader.path}{query}", self.reader.token)

    def by_hand(self) -> bytes:
        """Ask for the same page of the hand-written app, with the same token."""
        return ask(self.raw, f"/login/{self.reader.slug}", self.reader.token)

    def seconds(self, call: Callable[[], object]) -> float:
        """Return the seconds of one request, measured over many."""
        begun = time.perf_counter()
        for _ in range(self.times):
            call()
        return (time.perf_counter() - begun) / self.times

    def lists(self) -> list[Figure]:
        """Compare a page with the hand-written one, and with an empty answer."""
        sides: dict[str, Callable[[], object]] = {
            "ours": self.ours, "login": self.by_hand, "open": lambda: ask(self.raw, f"/open/{self.reader.slug}"),
            "hello": lambda: ask(self.raw, "/hello"),
        }  # fmt: skip
        rates = self._by_turns(sides)
        what, raw, ours = ("api, 50 breaches", "requests/s"), "raw psycopg and orjson", rates["ours"]
        return [
            compared(*what, f"{raw}, with login", ours, rates["login"], at_least(0.8)),
            compared(*what, f"{raw}, anybody let in", ours, rates["open"]),
            compared(*what, "Flask hello world", ours, rates["hello"]),
        ]

    def deep(self) -> list[Figure]:
        """Compare the page at the 100,000th row with the first page of the same register."""
        rows = self.bench_env.size(100_000, 5_000)
        deepen(self.place, self.reader, 1_000_001, 1_000_000 + rows)
        after = self._token_at(rows)
        sides = {"first": self.ours, "deep": lambda: self.ours(f"?after={after}")}
        if len(self._items(sides["deep"]())) != PAGE or self._items(sides["deep"]()) == self._items(sides["first"]()):
            raise TrialFailed("api: the deep page is not one")
        rates = self._by_turns(sides)
        millis = {name: [1000 / rate for rate in per_second] for name, per_second in rates.items()}
        against = f"its first page, of {rows:,} rows"
        return [compared("api, a deep page", "ms", against, millis["deep"], millis["first"], at_most(1.5))]

    def creates(self) -> list[Figure]:
        """Measure the CPU that the web process takes to create a breach with its run, clocks and history."""
        many, before = self.bench_env.size(100, 20), self._created()
        millis = [self._cpu(many) for _ in range(self.bench_env.rounds + 1)][1:]
        if self._created() - before != (self.bench_env.rounds + 1) * many:
            raise TrialFailed("api: not every breach has its run, clock and history")
        return [limited("api, a breach created", "CPU ms", 5, millis)]

    def _cpu(self, many: int) -> float:
        moment = (datetime.now(UTC) - timedelta(hours=1)).isoformat()
        body = orjson.dumps({"title": "Laptop gestolen", "description": "Uit een auto.", "found_at": moment,
                             "became_aware_at": moment, "people": 12})  # fmt: skip
        begun = time.process_time()
        for _ in range(many):
            ask(self.place.app, self.reader.path, self.reader.token, body)
        return (time.process_time() - begun) / many * 1000

    def _created(self) -> int:
        return int(self.place.one(
            """select count(distinct b.id) from breach b join run r on r.subject_id = b.id
                 join clock c on c.run_id = r.id and c.state = 'running' join step s on s.run_id = r.id
                 join history h on h.subject_id = b.id"""
        ))  # fmt: skip

    def _token_at(self, rows: int) -> str:
        page, token = self.bench_env.size(200, 50), ""
        for _ in range(max(1, rows // page - 1)):
            token = orjson.loads(self.ours(f"?limit={page}&after={token}" if token else f"?limit={page}"))["next"]
        return token

    def _by_turns(self, sides: Mapping[str, Callable[[], object]]) -> dict[str, list[float]]:
        rates: dict[str, list[float]] = {name: [] for name in sides}
        for number in range(self.bench_env.rounds + 1):
            for name, call in sides.items():
                seconds = self.seconds(call)
                if number:  # the first round warms up
                    rates[name].append(1 / seconds)
        return rates

    def _items(self, answer: bytes) -> list[object]:
        return list(orjson.loads(answer)["items"])

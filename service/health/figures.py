"""The state of the engine in the format of Prometheus: numbers over all organisations.

Workers and clocks write what their work took into PostgreSQL. Each scrape reads it again, so any web process may
answer.
"""

from collections.abc import Iterator
from math import inf
from typing import Any

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily, Metric
from prometheus_client.registry import Collector
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from tenants.database import db
from tenants.history.signed_heads import waiting_heads
from tenants.isolation import acting_for_nobody
from workflows.engine.metrics import BOUNDS, CallSums, engine_state, handlers, processes
from workflows.running.rq_hints import hints_waiting

PATIENCE = text("set local statement_timeout = '5s'")
STEPS = ("ready", "retrying", "running", "waiting_for_people", "waiting_for_evidence", "failed")
BATCHES = ("planned", "sending", "accepted", "rejected", "stopped", "unknown")
KINDS = ("worker", "clock")


def exposition(redis_url: str) -> bytes:
    """Return the whole page of figures."""
    registry = CollectorRegistry(auto_describe=False)
    registry.register(_Engine(redis_url))
    return generate_latest(registry)


class _Engine(Collector):
    def __init__(self, redis_url: str) -> None:
        self.redis_url = redis_url

    def describe(self) -> list[Metric]:
        return []

    def collect(self) -> Iterator[Metric]:
        hints = hints_waiting(self.redis_url)
        yield _gauge("redis_up", "Whether hints can be sent; without them workers poll", int(hints is not None))
        yield _gauge("hints_waiting", "Hints that no worker has followed yet", hints)
        try:
            with acting_for_nobody():
                db.session.execute(PATIENCE)
                state, ticking, taken = engine_state(), processes(), handlers()
                heads = waiting_heads()
        except SQLAlchemyError:
            yield _gauge("database_up", "Whether the database answered", 0)
            return
        yield _gauge("database_up", "Whether the database answered", 1)
        yield from _of_engine(state)
        yield from _of_mail(state)
        yield from _of_heads(*heads)
        yield from _of_processes({row["kind"]: row for row in ticking})
        yield from _of_handlers(taken)


def _of_engine(state: dict[str, Any]) -> Iterator[Metric]:
    yield _gauges("steps", "Open steps, and those that failed", "state", state["steps"], STEPS)
    yield _gauge("oldest_ready_step_seconds", "How long the oldest ready step has waited", state["oldest_ready_s"] or 0)
    lapsed = state["lapsed"]
    yield _gauges("lapsed_leases", "Leases that ended without an answer, not yet swept", "of", lapsed, tuple(lapsed))
    yield _gauge("clocks_due", "Clocks whose moment has come, not yet heard", state["clocks"]["due"])
    yield _gauge("clocks_failed", "Clocks that could not be heard several times in a row", state["clocks"]["failed"])
    late = "How long ago the oldest clock that was not heard should have been"
    yield _gauge("clock_late_seconds", late, state["clocks"]["late_s"] or 0)


def _of_mail(state: dict[str, Any]) -> Iterator[Metric]:
    yield _gauges("batches", "Batches of mail", "state", state["batches"] or {}, BATCHES)
    unanswered = state["oldest_unanswered_s"] or 0
    yield _gauge("oldest_unanswered_batch_seconds", "How long a batch has been unknown or stopped", unanswered)
    webhook = state["webhook"]
    yield _gauge("webhook_events_recent", "Delivery events received in the last five minutes", webhook["events"])
    lags = {"avg": webhook["lag_avg_s"], "max": webhook["lag_max_s"]}
    yield _gauges("webhook_lag_seconds", "From event to receipt, last five minutes", "of", lags, tuple(lags))


def _of_heads(waiting: int, oldest_s: float) -> Iterator[Metric]:
    """Return the figures of ends of chains that are not yet stored where nobody here can change them."""
    yield _gauge("heads_waiting", "Signed ends of chains that wait to be filed or time-stamped elsewhere", waiting)
    yield _gauge("oldest_waiting_head_seconds", "How long ago the oldest of these was signed", oldest_s)


def _of_processes(ticking: dict[str, dict[str, Any]]) -> Iterator[Metric]:
    seen = {kind: ticking.get(kind, {}) for kind in KINDS}
    alive = {kind: row.get("ticking") for kind, row in seen.items()}
    yield _gauges("processes", "Processes that ticked in the last thirty seconds", "kind", alive, KINDS)
    last = {kind: row["last_tick"] for kind, row in seen.items() if row}
    yield _gauges("last_tick_timestamp_seconds", "When one last ticked", "kind", last, tuple(last))
    ages = {kind: row["age_s"] for kind, row in seen.items() if row}
    yield _gauges("last_tick_age_seconds", "How long ago one last ticked", "kind", ages, tuple(ages))


def _of_handlers(taken: dict[tuple[str, str], dict[float, CallSums]]) -> Iterator[Metric]:
    labels = ["workflow", "step"]
    took = HistogramMetricFamily("meldketen_handler_seconds", "What a call of a handler took", labels=labels)
    steps = CounterMetricFamily("meldketen_handler_steps", "Steps that a handler was called for", labels=labels)
    failures = CounterMetricFamily("meldketen_handler_failures", "Calls of a handler that failed", labels=labels)
    for handler, rows in taken.items():
        took.add_metric(handler, list(_cumulative(rows)), sum(row.seconds for row in rows.values()))
        steps.add_metric(handler, sum(row.steps for row in rows.values()))
        failures.add_metric(handler, sum(row.failures for row in rows.values()))
    yield from (took, steps, failures)


def _cumulative(rows: dict[float, CallSums]) -> Iterator[tuple[str, float]]:
    """Return counts for every bound of this build, and for any bound that an earlier build used."""
    total = 0
    for bound in sorted({*BOUNDS, *rows}):
        total += rows[bound].calls if bound in rows else 0
        yield "+Inf" if bound == inf else repr(bound), total


def _gauge(name: str, what: str, value: float | None) -> Metric:
    """Return a gauge with its value; without one when the value is unknown."""
    gauge = GaugeMetricFamily(f"meldketen_{name}", what)
    if value is not None:
        gauge.add_metric([], float(value))
    return gauge


def _gauges(name: str, what: str, label: str, values: dict[str, Any], each: tuple[str, ...]) -> Metric:
    gauge = GaugeMetricFamily(f"meldketen_{name}", what, labels=[label])
    for value in each:
        gauge.add_metric([value], float(values.get(value) or 0))
    return gauge

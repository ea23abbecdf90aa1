"""The two processes: workers do what is ready, clocks hear what is due. There may be any number of each."""

import logging
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, suppress
from types import FrameType

from redis import Redis
from redis.exceptions import RedisError
from rq import Queue, SimpleWorker
from rq.exceptions import StopRequested
from rq.job import Job
from rq.serializers import JSONSerializer
from sqlalchemy.exc import SQLAlchemyError

from workflows.engine import metrics
from workflows.running import jobs, retention, searches
from workflows.running.rq_hints import HintJob, connected, hint_queue

log = logging.getLogger(__name__)
TICK_S = 1.0
Context = Callable[[], AbstractContextManager[object]]


def work(redis_url: str, context: Context, stopping: threading.Event) -> None:
    """Follow hints, and look for work each second without any, because Redis may be gone."""
    arguments = ("worker", (jobs.poll,), context, stopping)
    poller = threading.Thread(target=_tick, args=arguments, name="poller", daemon=True)
    poller.start()
    with suppress(StopRequested):
        while not stopping.is_set():
            try:
                _follow_hints(redis_url, context, stopping)
            except RedisError as fault:
                log.warning("no hints: %s", type(fault).__name__)
            stopping.wait(TICK_S)
    poller.join()


class HintWorker(SimpleWorker):
    """An RQ worker that stops when it is asked to, also while Redis is away: RQ's own way asks Redis first."""

    max_connection_wait_time = 2.0
    stopping: threading.Event
    at_work = False

    def execute_job(self, job: Job, queue: Queue) -> None:
        """Execute a hint without interruption."""
        self.at_work = True
        try:
            super().execute_job(job, queue)
        finally:
            self.at_work = False

    def request_stop(self, signum: int, frame: FrameType | None) -> None:
        """Finish the work that was begun and begin nothing more. Raises StopRequested when none was, to end any
        waiting."""
        asked_before = self.stopping.is_set()
        jobs.stop_soon.set()
        self.stopping.set()
        self._stop_requested = True
        if not self.at_work and not asked_before:
            raise StopRequested()


def hint_worker(connection: Redis, stopping: threading.Event) -> HintWorker:
    """Return a worker of the only queue, which reads nothing but JSON and runs nothing but hints."""
    worker = HintWorker(
        [hint_queue(connection)], connection=connection, job_class=HintJob, serializer=JSONSerializer,
        worker_ttl=30, job_monitoring_interval=5, log_job_description=False,
    )  # fmt: skip
    worker.stopping = stopping
    return worker


def _follow_hints(redis_url: str, context: Context, stopping: threading.Event) -> None:
    connection = connected(redis_url)
    connection.ping()
    worker = hint_worker(connection, stopping)
    with context():
        worker.work(logging_level="WARNING")


def keep_time(context: Context, stopping: threading.Event) -> None:
    """Each second free lapsed leases, hear due clocks and give hints for all that is ready, and keep the words of
    what was written; each minute delete lapsed rows."""
    retention.end_now()
    _tick("clock", (jobs.sweep, retention.end_in_time, searches.index_in_time), context, stopping)


def _tick(kind: str, what: Sequence[Callable[[], int]], context: Context, stopping: threading.Event) -> None:
    while not stopping.is_set():
        begun = time.monotonic()
        for act in what:
            _try(act, context)
        _try(lambda: metrics.write_metrics(kind), context)
        stopping.wait(max(0.05, TICK_S - (time.monotonic() - begun)))
    _try(lambda: metrics.write_last_metrics(kind), context)


def _try(what: Callable[[], object], context: Context) -> None:
    try:
        with context():
            what()
    except SQLAlchemyError as fault:
        log.warning("database: %s", type(fault).__name__)
    except Exception:
        log.exception("this tick failed; the next one comes")  # nothing would notice that a thread ended

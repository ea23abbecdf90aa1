"""Hints over Redis: "look at this organisation". A job can do nothing else, and a lost hint loses no work.

RQ imports any function that a job names, so the job class allows only one.
"""

import logging
from threading import BoundedSemaphore
from typing import Any
from uuid import UUID

from redis import Redis
from redis.backoff import NoBackoff
from redis.exceptions import RedisError
from redis.retry import Retry
from rq import Queue
from rq.job import Job
from rq.serializers import JSONSerializer

from workflows.running import jobs

log = logging.getLogger(__name__)
QUEUE = "hints"
DRAIN = "workflows.running.jobs.drain"
LIVES_S = 60
WITHIN_S = 1.0
MOST_AT_ONCE = 4
"""Threads of one process that may wait for Redis, so that others are left when it does not answer."""
_looking = BoundedSemaphore(1)


class HintJob(Job):
    """A job that can only run `drain`: no other function, method or callback, whatever Redis holds."""

    @property
    def func(self) -> Any:
        """The one function that a hint can name. Raises PermissionError for any other."""
        if self.func_name != DRAIN or self._instance is not None:
            raise PermissionError(f"not a hint of ours: {self.func_name}")
        return jobs.drain

    success_callback = failure_callback = stopped_callback = property(lambda self: None)


def hint_queue(connection: Redis) -> Queue:
    """Return the queue of hints."""
    return Queue(QUEUE, connection=connection, job_class=HintJob, serializer=JSONSerializer)


def connected(redis_url: str, within_s: float | None = WITHIN_S) -> Redis:
    """Return a connection to Redis that asks once and does not retry. `within_s` is the limit in seconds for each read.
    """
    return Redis.from_url(
        redis_url, socket_connect_timeout=WITHIN_S, socket_timeout=within_s, retry=Retry(NoBackoff(), 0),
        health_check_interval=30,
    )  # fmt: skip


def hints_waiting(redis_url: str) -> int | None:
    """Return how many hints wait in the queue; None when Redis cannot be reached."""
    if not _looking.acquire(timeout=WITHIN_S):
        return None
    try:
        with connected(redis_url) as connection:
            return int(hint_queue(connection).count)
    except RedisError:
        return None
    finally:
        _looking.release()


class RqHints:
    """Gives hints by RQ. Nothing is lost when Redis cannot be reached: workers poll, and the sweep gives the hints
    again."""

    def __init__(self, redis_url: str) -> None:
        self._queue = hint_queue(connected(redis_url))
        self._giving = BoundedSemaphore(MOST_AT_ONCE)

    def hint(self, organisations: list[UUID]) -> None:
        """Give one hint per organisation, in one round trip. While Redis is slow most wait for the sweep."""
        if not self._giving.acquire(blocking=False):
            return
        try:
            self._enqueue(organisations)
        finally:
            self._giving.release()

    def _enqueue(self, organisations: list[UUID]) -> None:
        hints = [
            Queue.prepare_data(DRAIN, args=(str(organisation),), result_ttl=0, failure_ttl=LIVES_S, ttl=LIVES_S)
            for organisation in organisations
        ]
        try:
            self._queue.enqueue_many(hints)
        except RedisError as fault:
            log.warning("hints not given: %s", type(fault).__name__)

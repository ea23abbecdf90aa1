"""Hints over Redis: "look at this organisation". Nothing else can be run from there, and losing one loses nothing.

RQ imports whatever function a job names, so the job class itself knows the only one there is.
"""

import logging
from typing import Any
from uuid import UUID

from redis import Redis
from redis.exceptions import RedisError
from rq import Queue
from rq.job import Job
from rq.serializers import JSONSerializer

from workflows import jobs

log = logging.getLogger(__name__)
QUEUE = "hints"
DRAIN = "workflows.jobs.drain"
LIVES_S = 60


class HintJob(Job):
    """A job that can only be our own: no other function, no method, no callback, whatever Redis says."""

    @property
    def func(self) -> Any:
        """The one function that a hint can name. Raises PermissionError for any other."""
        if self.func_name != DRAIN or self._instance is not None:
            raise PermissionError(f"not a hint of ours: {self.func_name}")
        return jobs.drain

    success_callback = failure_callback = stopped_callback = property(lambda self: None)


def hint_queue(connection: Redis) -> Queue:
    """The one queue."""
    return Queue(QUEUE, connection=connection, job_class=HintJob, serializer=JSONSerializer)


def hints_waiting(redis_url: str) -> int | None:
    """How many hints nobody has followed yet; None when Redis cannot be reached."""
    try:
        with Redis.from_url(redis_url, socket_connect_timeout=1, socket_timeout=1) as connection:
            return int(hint_queue(connection).count)
    except RedisError:
        return None


class RqBell:
    """Rings by RQ. When Redis cannot be reached nothing is lost: workers poll, the sweep rings again."""

    def __init__(self, redis_url: str) -> None:
        self._queue = hint_queue(
            Redis.from_url(redis_url, socket_connect_timeout=1, socket_timeout=2, health_check_interval=30)
        )

    def ring(self, organisations: list[UUID]) -> None:
        """One hint per organisation, in one round trip."""
        hints = [
            Queue.prepare_data(DRAIN, args=(str(one),), result_ttl=0, failure_ttl=LIVES_S, ttl=LIVES_S)
            for one in organisations
        ]
        try:
            self._queue.enqueue_many(hints)
        except RedisError as fault:
            log.warning("bell not heard: %s", type(fault).__name__)

"""Bare RQ drains its queue: one empty job each, by a SimpleWorker (no fork). None of its results is durable."""

import time

from redis import Redis
from rq import Queue, SimpleWorker
from rq.serializers import JSONSerializer

from tests.trials.bench.peers import asked, tell


def nothing(number: int) -> None:
    """Do nothing: the empty job."""


def main() -> None:
    """Enqueue all jobs, then time one worker in burst mode."""
    url, jobs, _ = asked()
    connection = Redis.from_url(url)
    queue = Queue("bench", connection=connection, serializer=JSONSerializer)
    queue.enqueue_many(
        [Queue.prepare_data("tests.trials.bench.peers_rq.nothing", args=(n,), result_ttl=0) for n in range(jobs)]
    )
    worker = SimpleWorker(
        [queue], connection=connection, serializer=JSONSerializer, log_job_description=False
    )
    begun = time.perf_counter()
    worker.work(burst=True, logging_level="ERROR")
    seconds = time.perf_counter() - begun
    tell(jobs - queue.count - len(queue.failed_job_registry), seconds)


if __name__ == "__main__":
    main()

"""DBOS Transact drains its queue: one workflow per job, no limit on concurrency, and no pause between polls.

The time runs from the first job that is taken to the last that is done, by DBOS's own rows, so its start-up does not
count.
"""

import time
from typing import LiteralString

import psycopg
from dbos import DBOS, DBOSClient, DBOSConfig, EnqueueOptions

from tests.trials.bench.peers import asked, tell

VERSION = "bench"
POLL_S = 0.01
CONFIG: DBOSConfig = {
    "name": "bench", "application_version": VERSION, "log_level": "ERROR",
}  # fmt: skip
COUNT = "select count(*) from dbos.workflow_status where status = 'SUCCESS'"
TOOK = "select (max(completed_at) - min(started_at_epoch_ms)) / 1000.0 from dbos.workflow_status"


@DBOS.step()
def nothing() -> None:
    """Do nothing: the empty step."""


@DBOS.workflow()
def work(steps: int) -> None:
    """Run this many empty steps, each with a checkpoint."""
    for _ in range(steps):
        nothing()


def main() -> None:
    """Enqueue all jobs, launch DBOS, and wait for the last one."""
    url, jobs, steps = asked()
    _launch(url)
    DBOS.register_queue("bench", polling_interval_sec=POLL_S)
    DBOS.destroy()  # by now its tables and its queue exist
    client = DBOSClient(system_database_url=url)
    options: EnqueueOptions = {"queue_name": "bench", "workflow_name": work.__qualname__, "app_version": VERSION}
    for _ in range(jobs):
        client.enqueue(options, steps)
    _launch(url)
    with psycopg.connect(url, autocommit=True) as watch:
        while (done := _asked(watch, COUNT)) < jobs:
            time.sleep(0.05)
        tell(int(done), _asked(watch, TOOK))
    DBOS.destroy()


def _launch(url: str) -> None:
    DBOS(config={**CONFIG, "system_database_url": url})
    DBOS.launch()


def _asked(watch: psycopg.Connection[tuple[float]], query: LiteralString) -> float:
    row = watch.execute(query).fetchone()
    return float(row[0]) if row else 0.0


if __name__ == "__main__":
    main()

"""procrastinate drains its queue: one empty task per job, ten at a time, until none is left."""

import asyncio
import time

from procrastinate import App, PsycopgConnector
from procrastinate.types import JSONValue

from tests.trials.bench.peers import asked, tell

AT_A_TIME = 10


async def drain(url: str, jobs: int) -> tuple[int, float]:
    """Defer all tasks, then time one worker until the queue is empty."""
    app = App(connector=PsycopgConnector(conninfo=url.replace("+psycopg", "")))

    @app.task(name="nothing")
    async def nothing(number: int) -> None:
        """Do nothing: the empty task."""

    async with app.open_async():
        await app.schema_manager.apply_schema_async()
        numbers: list[dict[str, JSONValue]] = [{"number": number} for number in range(jobs)]
        await nothing.batch_defer_async(*numbers)
        begun = time.perf_counter()
        await app.run_worker_async(
            wait=False, concurrency=AT_A_TIME, listen_notify=False, install_signal_handlers=False
        )
        seconds = time.perf_counter() - begun
        count = "select count(*) as n from procrastinate_jobs where status = 'succeeded'"
        done = await app.connector.execute_query_one_async(count)
    return int(done["n"]), seconds


if __name__ == "__main__":
    url, jobs, _ = asked()
    tell(*asyncio.run(drain(url, jobs)))

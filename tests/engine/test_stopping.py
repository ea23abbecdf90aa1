"""A worker that is asked to stop stops within ten seconds, also when Redis has gone away."""

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from redis import Redis

from service.embedded.servers import Embedded, temporary_servers
from service.release import release
from tests.conftest import BASE_URL, SANDBOX_URL, until

WITHIN_S = 10


@pytest.fixture
def own_servers() -> Iterator[Embedded]:
    """To be harmed."""
    with temporary_servers() as servers:
        release(servers.config(BASE_URL, SANDBOX_URL))
        yield servers


@pytest.mark.parametrize("redis_goes", [False, True])
def test_a_worker_stops_within_ten_seconds(own_servers: Embedded, tmp_path: Path, redis_goes: bool):
    log = tmp_path / "worker.log"
    settings = {"PATH": "/usr/bin:/bin"} | own_servers.config(BASE_URL, SANDBOX_URL).as_environment()
    with log.open("wb") as output:
        worker = subprocess.Popen(
            [sys.executable, "-m", "service.cli", "worker"], env=settings, stdout=output, stderr=output
        )
    try:
        with Redis.from_url(own_servers.valkey.url()) as redis:
            until(lambda: redis.scard("rq:workers") or worker.poll() is not None)
        threading.Event().wait(2.0)
        if redis_goes:
            os.kill(own_servers.valkey.pid() or 0, signal.SIGKILL)
            until(lambda: "could not connect to Redis" in log.read_text())
        assert worker.poll() is None, log.read_text()
        worker.terminate()
        assert worker.wait(WITHIN_S) == 0
    finally:
        worker.kill()
        worker.wait()

"""The ticks of workers and clocks: one that fails is followed by the next, and no Redis is no reason to stand still."""

import subprocess
import sys
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from threading import Event
from uuid import UUID

import pytest
from sqlalchemy.exc import OperationalError

from service.embedded.ports import any_free
from tests.conftest import Database, until
from tests.engine.toy import a_workflow, begun
from tests.factories import an_incident, an_office, an_organisation
from workflows.engine.hints import use_hints
from workflows.running.processes import keep_time


@pytest.mark.parametrize("fault", [OperationalError("select", {}, Exception("gone")), ZeroDivisionError()])
def test_a_tick_that_fails_is_followed_by_the_next(own_database: Database, fault: Exception):
    organisation, stopping, rung = an_organisation(), Event(), []
    begun(organisation, a_workflow())
    faults = [fault]

    def context() -> AbstractContextManager[object]:
        if faults:
            raise faults.pop()
        return nullcontext()

    class Hints:
        def hint(self, organisations: list[UUID]) -> None:
            rung.extend(organisations)
            stopping.set()

    use_hints(Hints())
    keep_time(context, stopping)
    assert rung == [organisation]


def test_a_worker_without_redis_does_what_is_ready(own_database: Database, tmp_path: Path):
    settings = own_database.config.as_environment() | {"REDIS_URL": f"redis://127.0.0.1:{any_free()}"}
    an_incident(an_office())
    with (tmp_path / "log").open("wb") as log:
        worker = subprocess.Popen(
            [sys.executable, "-m", "service.cli", "worker"],
            env={"PATH": "/usr/bin:/bin"} | settings, stdout=log, stderr=log,
        )  # fmt: skip
    try:
        until(lambda: own_database.outside("select from escalation where rung > 0"))
    finally:
        worker.kill()
        worker.wait()

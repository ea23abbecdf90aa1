"""Hints over a real Valkey: whatever is there, or not there, the work is done once and nothing else is run."""

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Event
from uuid import UUID, uuid4

import pytest
from redis import Redis
from rq import Queue
from rq.job import Job
from rq.serializers import JSONSerializer

from tenants.isolation import acting_for
from tests.conftest import Database
from tests.factories import an_incident, an_office
from workflows.engine.hints import hint_after_commit, use_hints
from workflows.mail.outbox import Outbox
from workflows.running import jobs
from workflows.running.processes import hint_worker
from workflows.running.rq_hints import QUEUE, RqHints, hint_queue


@pytest.fixture
def redis(database: Database) -> Iterator[Redis]:
    connection = Redis.from_url(database.config.redis_url)
    connection.flushall()
    yield connection
    connection.close()


@contextmanager
def signals_as_before() -> Iterator[None]:
    numbers = (signal.SIGINT, signal.SIGTERM)
    before = [signal.getsignal(number) for number in numbers]
    try:
        yield
    finally:
        for number, handler in zip(numbers, before, strict=True):
            signal.signal(number, handler)


def follow_hints(redis: Redis) -> None:
    """As a worker process does, until there are none."""
    with signals_as_before():
        hint_worker(redis, Event()).work(burst=True, logging_level="CRITICAL")


@pytest.fixture
def office(own_database: Database, outbox: Outbox) -> UUID:
    """It has one incident with one controller; nobody was told yet."""
    office = an_office()
    an_incident(office)
    return office.id


def informed(database: Database) -> int:
    return len(database.outside("select from escalation where rung > 0"))


def test_a_hint_brings_a_worker(office: UUID, own_database: Database, redis: Redis, outbox: Outbox):
    RqHints(own_database.config.redis_url).hint([office])
    follow_hints(redis)
    assert informed(own_database) == 1 and len(outbox.mails) == 1


def test_a_hint_is_given_when_its_work_is_committed(own_database: Database):
    """A worker that comes at once finds the work; what was rolled back rings for nobody."""
    counts: list[int] = []

    class Hints:
        def hint(self, organisations: list[UUID]) -> None:
            counts.append(len(own_database.outside("select from step where state = 'ready'")))

    use_hints(Hints())
    office = an_office(clients=2)
    an_incident(office)
    assert counts == [2]
    with pytest.raises(KeyError), acting_for(office.id):
        hint_after_commit(office.id)
        raise KeyError
    assert counts == [2]


def test_a_doubled_hint_changes_nothing(office: UUID, own_database: Database, redis: Redis, outbox: Outbox):
    RqHints(own_database.config.redis_url).hint([office, office, office])
    follow_hints(redis)
    assert len(outbox.mails) == 1


@pytest.mark.parametrize("arguments", [(str(uuid4()),), ("nobody",), ("' or true --",), (), ("a", "b"), (None,)])
def test_a_forged_hint_changes_nothing(
    office: UUID, own_database: Database, redis: Redis, outbox: Outbox, arguments: tuple[object, ...]
):
    hint_queue(redis).enqueue("workflows.running.jobs.drain", args=arguments)
    follow_hints(redis)
    assert informed(own_database) == 0 and outbox.mails == []


@pytest.mark.parametrize(
    "function", ["os.system", "subprocess.getoutput", "builtins.exec", "workflows.running.jobs.sweep"]
)
def test_only_hints_run_from_redis(database: Database, redis: Redis, tmp_path: Path, function: str):
    witness = tmp_path / "it ran"
    line = f"open({str(witness)!r}, 'w')" if function == "builtins.exec" else f"touch '{witness}'"
    planted = Queue(QUEUE, connection=redis, serializer=JSONSerializer).enqueue(function, line)
    follow_hints(redis)
    assert not witness.exists()
    assert Job.fetch(planted.id, connection=redis, serializer=JSONSerializer).is_failed


@pytest.mark.parametrize("when", ["on_success", "on_failure", "on_stopped"])
def test_no_callback_runs_from_redis(database: Database, redis: Redis, tmp_path: Path, when: str):
    witness = tmp_path / "it ran"
    argument = str(uuid4()) if when == "on_success" else "nobody"
    queue = Queue(QUEUE, connection=redis, serializer=JSONSerializer)
    planted = queue.enqueue("workflows.running.jobs.drain", argument)
    name = {"on_success": "success", "on_failure": "failure", "on_stopped": "stopped"}[when]
    redis.hset(f"rq:job:{planted.id}", f"{name}_callback_name", "tests.engine.witness.called")
    redis.hset(f"rq:job:{planted.id}", "meta", f'{{"witness": "{witness}"}}')
    follow_hints(redis)
    assert not witness.exists()


def test_a_pickle_in_redis_is_not_opened(database: Database, redis: Redis, tmp_path: Path):
    witness = tmp_path / "it ran"
    planted = Queue(QUEUE, connection=redis).enqueue("os.system", f"touch '{witness}'")
    follow_hints(redis)
    assert not witness.exists() and redis.llen(f"rq:queue:{QUEUE}") == 0
    assert planted.id


def test_redis_is_flushed_and_the_work_is_done(office: UUID, own_database: Database, redis: Redis, outbox: Outbox):
    RqHints(own_database.config.redis_url).hint([office])
    redis.flushall()
    follow_hints(redis)
    assert outbox.mails == []
    use_hints(RqHints(own_database.config.redis_url))
    assert jobs.sweep() == 1
    follow_hints(redis)
    assert len(outbox.mails) == 1


def test_redis_is_gone_and_the_work_is_done(own_database: Database, tmp_path: Path, outbox: Outbox):
    use_hints(RqHints(f"unix://{tmp_path}/nobody.sock"))
    office = an_office()
    an_incident(office)
    assert jobs.poll() > 0
    assert informed(own_database) == 1 and len(outbox.mails) == 1
    assert jobs.poll() == 0


def test_a_hint_that_redis_cannot_take_is_logged_and_fails_nobody(tmp_path: Path, caplog: pytest.LogCaptureFixture):
    RqHints(f"unix://{tmp_path}/nobody.sock").hint([uuid4()])
    assert [entry.getMessage() for entry in caplog.records] == ["hints not given: ConnectionError"]


def test_hints_do_not_pile_up_for_ever(database: Database, redis: Redis):
    RqHints(database.config.redis_url).hint([uuid4()])
    job = hint_queue(redis).jobs[0]
    assert job.ttl is not None and 0 < job.ttl <= 60 and job.result_ttl == 0

"""Real servers for the whole session, one migrated template, and a fresh copy of it for each module that asks."""

from __future__ import annotations

import base64
import gc
from collections import Counter
from collections.abc import Callable, Generator, Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from itertools import count
from threading import Thread
from time import monotonic, sleep
from typing import TYPE_CHECKING, Any, TypeVar

import pytest

if TYPE_CHECKING:  # imported where they are used: the tests of the law do without them, and take no time
    from flask import Flask
    from jinja2 import BytecodeCache
    from sqlalchemy import Engine

    from service.config import Config
    from service.embedded.servers import Embedded
    from workflows.mail.outbox import Outbox

BASE_URL = "http://127.0.0.1:8000"
SANDBOX_URL = "http://127.0.0.1:8025"
TEMPLATE = "template_of_the_house"
WITHIN_S = 60.0
GARBAGE = (10_000, 10, 10)
"""How many new objects make Python look for garbage. Each app that a module makes brings more than a hundred thousand
that stay: Python's own thresholds (700, 10, 10) look through all of them again and again, for a quarter of the time."""
NOTED_WRONGLY = """
    select b.id, s.* from breach b cross join lateral breach_standing(b.organisation_id, array[b.id]) as s
     where not b.may_be_due and (s.runs or s.due or s.unread or s.notice_unsent or s.notice_under_way)"""
LONG = (
    "pages/test_for_everybody", "trials/test_attack", "trials/test_chaos", "service/test_every_act_remembers",
    "trials/test_story", "pages/test_from_empty_in_chromium", "embedded/test_up", "engine/test_one_order_of_locks",
    "service/test_owners_together", "trials/test_logs_of_a_story", "service/test_hostile_names",
    "service/test_mail_to_strangers", "pages/test_chain_in_chromium", "house/test_roles",
    "service/test_evidence_mutated", "engine/test_link_held_by_strangers", "engine/test_contacts_led_elsewhere",
    "trials/test_bench", "house/test_light_commands", "engine/test_claimed_by_strangers",
    "service/test_evidence_hostile", "mail/test_links_in_text", "house/test_starting", "engine/test_fan_out",
    "engine/test_later_moments", "engine/test_fair_turns", "service/test_verification",
    "service/test_evidence_export", "service/test_slow_senders", "pages/test_proof_in_chromium",
    "pages/test_passkeys_in_chromium", "engine/test_ended_by_strangers", "engine/test_consent",
    "service/test_evidence", "service/test_witnessed", "service/test_history_command", "service/test_time_stamps",
    "trials/test_demo",
)  # fmt: skip
"""Files that take long for how few tests they have. They begin first: one that came last would keep one worker busy
while the others have nothing left to do."""
T = TypeVar("T")
_number = count(1)


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Generator[None, object, object]:
    """Nothing that is collected goes away: to look for garbage among it takes a third of the time, and finds none."""
    gc.disable()
    try:
        return (yield)
    finally:
        gc.freeze()
        gc.set_threshold(*GARBAGE)
        gc.enable()


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Where workers share the files: the long ones first, then those with most tests; a file stays together."""
    if not hasattr(config, "workerinput"):
        return
    ranks = {f"tests/{name}.py": rank for rank, name in enumerate(LONG)}
    counted = Counter(_file_of(item) for item in items)
    order = sorted(counted, key=lambda file: (ranks.get(file, len(LONG)), -counted[file]))
    places = {file: place for place, file in enumerate(order)}
    items.sort(key=lambda item: places[_file_of(item)])


def pytest_xdist_make_scheduler(config: pytest.Config, log: object) -> object:
    """A file stays with one worker, and so do the short tests of the house: all of them read our whole code, which
    takes a worker three seconds."""
    from xdist.scheduler import LoadFileScheduling

    class WithReaders(LoadFileScheduling):
        def _split_scope(self, nodeid: str) -> str:
            file = nodeid.partition("::")[0]
            name = file.removeprefix("tests/").removesuffix(".py")
            return "tests/house" if name.startswith("house/") and name not in LONG else file

    return WithReaders(config, log)


def _file_of(item: pytest.Item) -> str:
    return item.nodeid.partition("::")[0]


@dataclass
class Database:
    """One database of one's own, seen from the app, from another process, and from outside the walls."""

    config: Config
    superuser: Engine
    app: Flask
    threads: list[Thread] = field(default_factory=list)

    def outside(self, sql: str, **values: Any) -> list[Any]:
        """What the superuser sees or does, behind the back of every policy."""
        from sqlalchemy import text

        with self.superuser.begin() as connection:
            result = connection.execute(text(sql), values)
            return list(result.mappings()) if result.returns_rows else []

    def elsewhere(self, call: Callable[..., T], *args: Any) -> Future[T]:
        """Another process would have its own session and connection; so has this thread."""
        answer: Future[T] = Future()

        def there() -> None:
            try:
                with self.app.app_context():
                    answer.set_result(call(*args))
            except BaseException as fault:
                answer.set_exception(fault)

        self.threads.append(Thread(target=there, daemon=True))
        self.threads[-1].start()
        return answer

    def blocked(self) -> int:
        """How many connections wait for a lock that another one holds."""
        waits = "select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'"
        return len(self.outside(waits))

    def wait_until_blocked(self, backends: int = 1) -> None:
        """Until so many connections wait for a lock that another one holds."""
        until(lambda: self.blocked() >= backends)


def until(met: Callable[[], object]) -> None:
    """Ask until it is so; fail when it takes too long."""
    deadline = monotonic() + WITHIN_S
    while not met():
        assert monotonic() < deadline, "waited too long"
        sleep(0.005)


@pytest.fixture(scope="session")
def servers() -> Iterator[Embedded]:
    """PostgreSQL and Valkey as in production; one pair for each worker of pytest-xdist."""
    from service.embedded.servers import temporary_servers
    from service.release import release

    with temporary_servers() as started:
        owner_url, app_url = started.new_database(TEMPLATE)
        release(replace(started.config(BASE_URL, SANDBOX_URL), database_url=app_url, owner_database_url=owner_url))
        yield started


@contextmanager
def fresh_database(servers: Embedded) -> Iterator[Database]:
    """A copy of the template, with a bare app around it, and nothing else told to the processes' globals."""
    from flask import Flask
    from sqlalchemy import create_engine

    from tenants.database import db
    from tenants.identity.passwords import use_hashing
    from tenants.sealing import use_master_key
    from tests.hashing import CHEAP
    from tests.operating import OPERATORS
    from workflows.engine.hints import NoHints, use_hints
    from workflows.mail.links import use_base_url

    name = f"house_{next(_number)}"
    servers.new_database(name, TEMPLATE)
    config = servers.config(BASE_URL, SANDBOX_URL, name)
    url = servers.postgres.url(name).replace("postgresql://", "postgresql+psycopg://", 1)
    superuser = create_engine(url, pool_pre_ping=True)  # kept open: a connection costs more than what is asked on it
    OPERATORS[name] = superuser
    bare = Flask(name)
    bare.config["SQLALCHEMY_DATABASE_URI"] = config.database_url
    db.init_app(bare)
    use_master_key(base64.b64decode(config.master_key))
    use_base_url(BASE_URL)
    use_hashing(CHEAP)
    use_hints(NoHints())
    there = Database(config, superuser, bare)
    with bare.app_context():
        yield there
        for thread in there.threads:
            thread.join(WITHIN_S)
        db.session.remove()
        db.engine.dispose()
    stale = there.outside(NOTED_WRONGLY)
    superuser.dispose()
    servers.drop_database(name)
    assert stale == [], "the row says that nothing is due, and something is"


@pytest.fixture(scope="module")
def database(servers: Embedded) -> Iterator[Database]:
    """For this module alone; inside the bare app's context, as workflows and tenants need it."""
    with fresh_database(servers) as there:
        yield there


@pytest.fixture
def own_database(servers: Embedded) -> Iterator[Database]:
    """For this test alone: where the whole database is counted or swept."""
    with fresh_database(servers) as there:
        yield there


@pytest.fixture
def outbox() -> Outbox:
    """Where all mail of this test goes."""
    from workflows.mail.outbox import Outbox
    from workflows.running.jobs import use_mail_sender

    empty = Outbox()
    use_mail_sender(empty)
    return empty


@pytest.fixture(scope="session")
def compiled(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> BytecodeCache:
    """Where every app of this run finds the templates that another one compiled, whichever worker made it."""
    from jinja2 import FileSystemBytecodeCache

    own = tmp_path_factory.getbasetemp()
    folder = (own.parent if hasattr(request.config, "workerinput") else own) / "compiled"
    folder.mkdir(exist_ok=True)
    return FileSystemBytecodeCache(str(folder))


@pytest.fixture(scope="module")
def app(database: Database, compiled: BytecodeCache) -> Iterator[Flask]:
    """The whole service on this module's database."""
    from tests.service.whole_service import whole_service

    with whole_service(database.config, compiled) as service:
        yield service

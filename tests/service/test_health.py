"""Alive, ready, and how it stands: also when something is gone, and without a word about anybody."""

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import psycopg
import pytest
from flask import Flask
from prometheus_client.parser import text_string_to_metric_families
from psycopg.sql import SQL, Identifier

from service import create_app
from service.config import Config
from service.embedded.servers import Embedded
from service.health.readiness import head_of_this_build
from tests import factories
from tests.conftest import Database
from tests.factories import sendgrid_tells
from workflows.engine import metrics
from workflows.mail.outbox import Outbox
from workflows.running import jobs

NOWHERE = "redis://127.0.0.1:1/0"


@pytest.fixture
def app(own_database: Database) -> Flask:
    """The service on a database of this test alone."""
    return created(own_database.config)


def created(config: Config) -> Flask:
    """Looks each time it is asked; how long a look counts has its own test."""
    service = create_app(config)
    service.extensions["looked"].kept_s = 0
    return service


@pytest.fixture
def lost(own_database: Database, app: Flask, servers: Embedded) -> Iterator[Flask]:
    """The service after its database went away."""
    name = own_database.outside("select current_database() as name")[0]["name"]
    with psycopg.connect(servers.postgres.url("postgres"), autocommit=True) as connection:
        connection.execute(SQL("alter database {} with allow_connections false").format(Identifier(name)))
        connection.execute("select pg_terminate_backend(pid, 60000) from pg_stat_activity where datname = %s", [name])
        yield app
        connection.execute(SQL("alter database {} with allow_connections true").format(Identifier(name)))


def ready(app: Flask) -> tuple[int, dict[str, Any]]:
    answer = app.test_client().get("/readyz")
    return answer.status_code, json.loads(answer.data)


def figures(app: Flask) -> dict[str, float]:
    """Every sample, as name[value], its labels in the order of their names."""
    page = app.test_client().get("/metrics")
    assert page.status_code == 200
    return {
        sample.name + "".join(f"[{value}]" for value in sample.labels.values()): sample.value
        for family in text_string_to_metric_families(page.text) for sample in family.samples
    }  # fmt: skip


def test_a_whole_installation_is_alive_and_ready(app: Flask) -> None:
    assert app.test_client().get("/healthz").json == {"alive": True}
    parts = dict.fromkeys(("database", "migrations", "definitions", "queue", "clocks"), "ok")
    assert ready(app) == (200, {"ready": True, "degraded": [], **parts})


def test_alive_without_a_database_but_not_ready(lost: Flask) -> None:
    client = lost.test_client()
    client.set_cookie("meldketen_session", "somebody")
    assert client.get("/healthz").status_code == 200
    status, answer = ready(lost)
    assert status == 503 and answer["database"] == "unreachable: OperationalError"
    assert figures(lost)["meldketen_database_up"] == 0


def test_without_redis_it_is_degraded_and_ready(own_database: Database) -> None:
    app = created(replace(own_database.config, redis_url=NOWHERE))
    status, answer = ready(app)
    assert (status, answer["ready"], answer["degraded"]) == (200, True, ["queue"])
    assert "the chain goes on" in answer["queue"]
    shown = figures(app)
    assert shown["meldketen_redis_up"] == 0 and "meldketen_hints_waiting" not in shown


@pytest.mark.parametrize("redis", ["there", "gone"])
def test_a_clock_that_nobody_heard_degrades(own_database: Database, redis: str) -> None:
    gone = ["queue"] if redis == "gone" else []
    config = replace(own_database.config, metrics_token="a-token")
    app = created(replace(config, redis_url=NOWHERE) if gone else config)
    factories.an_own_breach(factories.an_organisation())
    for late_s, degraded in ((30, gone), (90, [*gone, "clocks"]), (-3600, gone)):
        late = "update clock set next_at = now() - make_interval(secs => :late) where next_at is not null returning id"
        assert own_database.outside(late, late=late_s)
        answer = app.test_client().get("/readyz", headers={"Authorization": "Bearer a-token"})
        assert answer.json and (answer.status_code, answer.json["degraded"]) == (200, degraded)
        assert ("seconds ago" in answer.json["clocks"]) == ("clocks" in degraded)
        assert ready(app) == (200, {"ready": True}), "whoever brings no token hears yes or no"


@pytest.mark.parametrize(("at", "expected"), [("0001", 503), ("nonsense", 503), ("9999", 200)])
def test_a_database_that_is_behind_is_not_ready(app: Flask, own_database: Database, at: str, expected: int) -> None:
    own_database.outside("update alembic_version set version_num = :at", at=at)
    status, answer = ready(app)
    assert status == expected
    assert answer["migrations"] == ("ok" if expected == 200 else {"at": at, "head": head_of_this_build()})


def test_a_database_before_the_doors_is_not_ready(app: Flask, own_database: Database) -> None:
    own_database.outside("drop function open_definitions()")
    own_database.outside("revoke select on alembic_version from meldketen_app")
    status, answer = ready(app)
    assert status == 503 and answer["database"] == "ok"
    assert {answer["migrations"], answer["definitions"]} == {"behind: run meldketen release"}


def test_a_role_that_may_look_over_the_walls_is_not_ready(app: Flask, own_database: Database) -> None:
    own_database.outside("alter table engine_pulse owner to meldketen_app")
    status, answer = ready(app)
    assert status == 503 and answer["database"].startswith("wrong role")


def test_definitions_that_this_build_lacks_are_named(app: Flask, own_database: Database) -> None:
    office = factories.an_office()
    factories.an_incident(office)
    assert ready(app)[0] == 200
    own_database.outside("update run set version = 7 where workflow = 'escalation'")
    status, answer = ready(app)
    assert status == 503 and answer["definitions"] == {"unknown": ["escalation@7"]}
    own_database.outside("update run set state = 'done' where workflow = 'escalation'")
    assert ready(app)[0] == 200


def test_a_database_that_does_not_know_a_persons_step_is_behind(app: Flask, own_database: Database) -> None:
    own_database.outside("insert into human_step values ('ap_notification', 99, 'weigh', '{draft}', true)")
    assert ready(app)[0] == 200, "a release of a build that comes next ran already"
    own_database.outside("update human_step set other_than = '{}' where name = 'release'")
    status, answer = ready(app)
    assert status == 503 and answer["definitions"] == "behind: run meldketen release"


def test_a_database_that_lacks_an_act_of_a_token_is_behind(app: Flask, own_database: Database) -> None:
    own_database.outside("insert into token_scope values ('weigh')")
    assert ready(app)[0] == 200, "a release of a build that comes next ran already"
    own_database.outside("delete from token_scope where act = 'read'")
    status, told = ready(app)
    assert status == 503 and told["definitions"] == "behind: run meldketen release"


def test_a_step_of_a_machine_that_the_database_has_for_a_person_is_behind(app: Flask, own_database: Database) -> None:
    """It would keep the machine from its step."""
    assert ready(app)[0] == 200
    for row in ("('ap_notification', 3, 'tell-people', '{}', false)", "('escalation', 1, 'inform', '{}', false)"):
        own_database.outside(f"insert into human_step values {row}")
        status, state = ready(app)
        assert status == 503 and state["definitions"] == "behind: run meldketen release", row
        own_database.outside("delete from human_step where name in ('tell-people', 'inform')")
    assert ready(app)[0] == 200


def test_figures_of_a_chain_that_moves(app: Flask, own_database: Database, outbox: Outbox) -> None:
    office = factories.an_office(clients=3)
    factories.an_incident(office)
    metrics.write_metrics("worker")
    before = figures(app)
    assert before["meldketen_steps[ready]"] == before["meldketen_steps[waiting_for_people]"] == 3
    jobs.drain(str(office.id))
    sendgrid_tells(outbox.mails[:1])
    own_database.outside("update clock set next_at = now() - interval '90 seconds' where next_at is not null")
    metrics.write_metrics("worker")
    metrics.write_metrics("clock")
    after = figures(app)
    assert after["meldketen_steps[ready]"] + after["meldketen_steps[waiting_for_evidence]"] == 3
    assert sum(after[f"meldketen_batches[{state}]"] for state in ("accepted", "planned", "unknown")) > 0
    assert after["meldketen_clock_late_seconds"] >= 90
    assert after["meldketen_webhook_events_recent"] == 3 and after["meldketen_webhook_lag_seconds[max]"] < 5
    assert after["meldketen_processes[worker]"] == after["meldketen_processes[clock]"] == 1
    assert after["meldketen_last_tick_age_seconds[clock]"] < 5
    done = "meldketen_handler_steps_total[inform][escalation]"  # counted since the process began
    assert after[done] - before.get(done, 0) == 3
    assert after["meldketen_handler_seconds_bucket[+Inf][inform][escalation]"] >= 1
    metrics.write_last_metrics("worker")
    assert figures(app)["meldketen_processes[worker]"] == 0


def test_figures_of_what_went_wrong(app: Flask, own_database: Database) -> None:
    office = factories.an_office(clients=4)
    factories.an_incident(office)
    own_database.outside("""
        with numbered as (select id, row_number() over (order by id) as n from step where state = 'ready')
        update step s set state = (array['failed', 'running', 'ready', 'ready'])[n],
               lease_token = case when n = 2 then uuidv7() end,
               lease_until = case when n = 2 then now() - interval '1 second' end,
               ready_at = now() + case when n = 3 then interval '1 hour' else interval '-1 hour' end
          from numbered where s.id = numbered.id""")
    shown = figures(app)
    states = {state: shown[f"meldketen_steps[{state}]"] for state in ("failed", "running", "ready", "retrying")}
    assert states == dict.fromkeys(states, 1)
    assert shown["meldketen_lapsed_leases[step]"] == 1
    assert 3590 < shown["meldketen_oldest_ready_step_seconds"] < 3700


def test_the_figures_name_no_person_and_no_organisation(app: Flask, own_database: Database, outbox: Outbox) -> None:
    office = factories.an_office(clients=2)
    factories.an_incident(office)
    jobs.drain(str(office.id))
    metrics.write_metrics("worker")
    client = app.test_client()
    pages = "".join(client.get(path).text for path in ("/healthz", "/readyz", "/metrics"))
    rows = own_database.outside("select id::text, name, slug from organisation")
    assert not [word for row in rows for word in row.values() if word in pages]
    assert not re.search(r"[0-9a-f]{8}-[0-9a-f]{4}|@[a-z]+\.|De Linde", pages)


@pytest.mark.parametrize(
    ("peer", "headers", "status"),
    [
        ("127.0.0.1", {}, 200), ("::1", {}, 200), ("192.0.2.7", {}, 403),
        ("127.0.0.1", {"X-Forwarded-For": "192.0.2.7"}, 403), ("", {}, 403),
    ],
)  # fmt: skip
def test_figures_are_for_this_machine(app: Flask, peer: str, headers: dict[str, str], status: int) -> None:
    answer = app.test_client().get("/metrics", headers=headers, environ_base={"REMOTE_ADDR": peer})
    assert answer.status_code == status


@pytest.mark.parametrize(("given", "status"), [("Bearer a-token", 200), ("Bearer wrong", 401), (None, 401)])
def test_figures_are_for_whoever_brings_the_token(own_database: Database, given: str | None, status: int) -> None:
    app = create_app(replace(own_database.config, metrics_token="a-token"))
    headers = {"Authorization": given} if given else {}
    for peer in ("192.0.2.7", "127.0.0.1"):
        answer = app.test_client().get("/metrics", headers=headers, environ_base={"REMOTE_ADDR": peer})
        assert answer.status_code == status


def test_what_could_not_be_written_is_written_later(own_database: Database) -> None:
    def seen() -> int:
        return sum(row["calls"] for row in own_database.outside("select calls from engine_handler"))

    metrics.write_metrics("worker")
    before = seen()
    metrics.note_call("toy", "work", 3, 0.01)
    own_database.outside("alter table engine_pulse rename to elsewhere")
    with pytest.raises(Exception, match="engine_pulse"):
        metrics.write_metrics("worker")
    own_database.outside("alter table elsewhere rename to engine_pulse")
    metrics.write_metrics("worker")
    assert seen() == before + 1


@pytest.mark.parametrize("peer", ["127.0.0.1", "192.0.2.7"])
def test_an_installation_for_many_shows_figures_to_nobody_without_a_token(own_database: Database, peer: str) -> None:
    """A proxy on the same machine that adds no header looks like this machine."""
    app = created(replace(own_database.config, base_url="https://meldketen.example.nl"))
    base = {"base_url": "https://meldketen.example.nl", "environ_base": {"REMOTE_ADDR": peer}}
    assert app.test_client().get("/metrics", **base).status_code == 403  # type: ignore[arg-type]
    assert app.test_client().get("/readyz", **base).json == {"ready": True}  # type: ignore[arg-type]


def test_why_it_is_not_ready_is_for_who_brings_the_token(
    own_database: Database, caplog: pytest.LogCaptureFixture
) -> None:
    app = created(replace(own_database.config, metrics_token="a-token"))
    own_database.outside("update alembic_version set version_num = '0001'")
    assert ready(app) == (503, {"ready": False})
    assert vars(caplog.records[-1])["parts"]["migrations"]["at"] == "0001"
    answer = app.test_client().get("/readyz", headers={"Authorization": "Bearer a-token"})
    assert answer.status_code == 503 and answer.json and answer.json["migrations"]["at"] == "0001"


def test_a_look_counts_for_a_while(app: Flask, own_database: Database) -> None:
    assert ready(app)[0] == 200
    own_database.outside("update alembic_version set version_num = '0001'")
    app.extensions["looked"].kept_s = 3600
    assert ready(app)[0] == 503
    own_database.outside("update alembic_version set version_num = :head", head=head_of_this_build())
    assert ready(app)[0] == 503
    app.extensions["looked"].kept_s = 0

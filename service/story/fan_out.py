"""How fast one incident opens over 5,000 agreements, compared with a bare INSERT ... SELECT of the same rows.

Both run in one database of the trial's own server, from empty tables, in turns: one warm-up round, then the median.
The whole of open_incident is timed, as the app's role behind its policies, from BEGIN to COMMIT: reading and checking
the clients, the incident, its clients, and the function of the database that opens the escalations. The bare copy is
one transaction of the superuser, without policies.
"""

import gc
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from statistics import median
from typing import Any
from uuid import UUID

import psycopg
from sqlalchemy import select

from service import create_app
from service.config import Config
from service.demo.clients import CLAIMED, client_number
from service.demo.logins import AT_OFFICE
from service.embedded.servers import Embedded
from service.release import release
from service.story.client import TrialFailed
from service.story.demo_office import load_demo
from service.story.office import PROCESSED
from service.story.scenarios import Scenario
from tenants.database import db
from tenants.history.entries import Actor
from tenants.identity.users import User, places_of
from tenants.isolation import acting_for, acting_for_nobody, database_now
from workflows.escalation.incident import ClientHit, NewIncident, open_incident

AGREEMENTS = 5000
ROUNDS = 5
GOAL = 2.0
DATABASE = "fan_out"
WRITTEN = ("incident", "incident_client", "register_counter", "breach", "escalation", "run", "step", "clock", "history")
# Nobody may empty the history, except a superuser who sets this mode.
EMPTY = f"""
    set session_replication_role = replica;
    truncate {", ".join(WRITTEN)}, notice, history_head, history_personal cascade;
    insert into history_head (organisation_id) select id from organisation;
    set session_replication_role = origin"""
KEEP = "; ".join(f"create unlogged table kept_{table} as select * from {table}" for table in (*WRITTEN, "history_head"))
HEADS = """update history_head h set seq = k.seq, hash = k.hash from kept_history_head k
            where k.organisation_id = h.organisation_id"""
COPY = "; ".join([*(f"insert into {table} select * from kept_{table}" for table in WRITTEN), HEADS])
COUNT = " union all ".join(f"select '{table}', count(*) from {table}" for table in WRITTEN)


def measure(servers: Embedded, config: Config, scenario: Scenario) -> dict[str, Any]:
    """Return the figures: medians in seconds, their ratio for each round, and whether it is within the goal."""
    return _figures(*rounds_of(servers, config, scenario, AGREEMENTS, ROUNDS))


def rounds_of(
    servers: Embedded, config: Config, scenario: Scenario, agreements: int, rounds: int
) -> tuple[list[tuple[float, float]], dict[str, int]]:
    """Return the seconds of both in each round, and how many rows each of them wrote.

    Raises TrialFailed when an incident did not open at every agreement.
    """
    owner_url, app_url = servers.new_database(DATABASE)
    own = replace(config, owner_database_url=owner_url, database_url=app_url)
    release(own)
    load_demo(own, agreements)
    with create_app(own).app_context(), psycopg.connect(servers.postgres.url(DATABASE), autocommit=True) as bare:
        bare.execute("vacuum analyze")
        opening = _Opening(scenario, agreements)
        bare.execute(EMPTY)
        opening.run()
        rows = _rows(bare)
        bare.execute(KEEP)
        gc.freeze()  # The web process does this too; here it removes what loading the demo left behind.
        pairs = [_round(bare, opening, rows) for _ in range(rounds + 1)][1:]
        db.engine.dispose()
    servers.drop_database(DATABASE)
    if not rows["breach"] == rows["escalation"] == agreements or rows["run"] != 2 * agreements + CLAIMED:
        raise TrialFailed(f"fan-out: {agreements} agreements became {rows}")
    return pairs, rows


class _Opening:
    """The office, ready to open an incident at all its clients."""

    def __init__(self, scenario: Scenario, agreements: int) -> None:
        self.facts = scenario.as_incident()
        self.hits = [ClientHit(number + 1, client_number(number), 5, 5) for number in range(agreements)]
        self.office, self.by = _privacy_officer()

    def run(self) -> float:
        """Open the incident. Return how many seconds that took, including the commit."""
        begun = time.perf_counter()
        with acting_for(self.office):
            now = database_now()
            contact = {"contact_name": AT_OFFICE[0].name, "contact_email": AT_OFFICE[0].email, "contact_phone": None}
            moments = {"found_at": now - timedelta(hours=2), "became_aware_at": now - timedelta(hours=1),
                       "happened_from": None, "happened_until": None}  # fmt: skip
            payload = self.facts | contact | moments
            open_incident(NewIncident(**payload, services=PROCESSED, clients=self.hits), self.by)
        return time.perf_counter() - begun


def _round(bare: psycopg.Connection[Any], opening: _Opening, rows: dict[str, int]) -> tuple[float, float]:
    with _from_empty(bare, rows):
        through_the_door = opening.run()
    with _from_empty(bare, rows):
        begun = time.perf_counter()
        with bare.transaction():
            bare.execute(COPY)
        copied = time.perf_counter() - begun
    return through_the_door, copied


@contextmanager
def _from_empty(bare: psycopg.Connection[Any], rows: dict[str, int]) -> Iterator[None]:
    bare.execute(EMPTY)
    bare.execute("checkpoint")
    yield
    if _rows(bare) != rows:
        raise TrialFailed(f"fan-out: not the same rows: {_rows(bare)} instead of {rows}")


def _rows(bare: psycopg.Connection[Any]) -> dict[str, int]:
    return dict(bare.execute(COUNT).fetchall())


def _privacy_officer() -> tuple[UUID, Actor]:
    with acting_for_nobody():
        user = db.session.scalars(select(User).where(User.email == AT_OFFICE[0].email)).one()
        return places_of(user.id)[0].organisation_id, Actor(user.id, user.name)


def _figures(pairs: list[tuple[float, float]], rows: dict[str, int]) -> dict[str, Any]:
    ratios = sorted(opening / bare for opening, bare in pairs)
    return {
        "agreements": AGREEMENTS,
        "rows": sum(rows.values()),
        "seconds": round(median(opening for opening, _ in pairs), 4),
        "bare_seconds": round(median(bare for _, bare in pairs), 4),
        "ratio": round(median(ratios), 2),
        "spread": [round(ratios[0], 2), round(ratios[-1], 2)],
        "goal": GOAL,
        "within": median(ratios) <= GOAL,
    }

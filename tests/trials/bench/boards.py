"""Bench of the board: what a page that stays open asks for, at 5,000 clients; against the same read by hand.

A request goes straight into the WSGI app. Its time holds that of the database.
"""

import time
from collections.abc import Callable

import orjson
from sqlalchemy import create_engine

from service.admission.access import COOKIE
from service.story.client import TrialFailed
from tenants.database import db
from tenants.identity.sessions import begin_session
from tenants.identity.users import User
from tenants.isolation import acting_for, acting_for_nobody
from tenants.register.escalations import board
from tests.factories import an_incident, an_office
from tests.operating import OPERATORS
from tests.trials.bench.bench_env import BenchEnv, Place
from tests.trials.bench.statistics import Figure, at_most, compared, limited
from tests.trials.bench.wsgi import ask
from tests.worlds.large_board import grow
from workflows.escalation.escalation import inform

NAME = "bench_boards"
MILLISECONDS, KILOBYTES = 20, 30
# The letters of all clients and the fifty rows of one page, with nothing but what they need.
BY_HAND = """
    with standing as materialized (
      select e.id, e.alarm_at, case when e.informed_at is not null then 'i' when e.alarm_at <= now() then 'l'
                                    when r.state = 'unknown' then 'u' else 'w' end as letter
        from escalation e left join recipient r on r.organisation_id = e.processor_id and r.about_id = e.id
       where e.incident_id = %s)
    select (select string_agg(letter, '' order by alarm_at, id) from standing), to_jsonb(e)
      from escalation e where e.id in (select id from standing order by alarm_at, id limit 50)"""


def measure(bench_env: BenchEnv) -> list[Figure]:
    """Measure an update of a board in which something changed, and one in which nothing did."""
    with bench_env.database(NAME) as place:
        OPERATORS[NAME] = create_engine(place.config.owner_url())
        return _Board(bench_env, place).figures()


class _Board:
    """One board, and a person who has it open."""

    def __init__(self, bench_env: BenchEnv, place: Place) -> None:
        self.bench_env, self.place = bench_env, place
        self.times, self.clients = bench_env.size(20, 5), bench_env.size(5000, 500)
        office = an_office(1)
        self.incident = an_incident(office).id
        with acting_for(office.id):
            list(inform(board(self.incident, 1)))
        grow(place.outside.execute, self.incident, self.clients)
        place.settle()
        with acting_for_nobody():
            user = db.session.get(User, office.officer.id)
            assert user is not None
            self.token = begin_session(user, proven=True)
        slug = place.one("select slug from organisation where id = %s", office.id)
        self.path = f"/o/{slug}/incidents/{self.incident}/board.json"

    def figures(self) -> list[Figure]:
        """Compare by turns, and look at the size of a whole answer."""
        whole = orjson.loads(self.update(""))
        asked = f"?list={whole['list']}"
        if len(whole["tiles"]) != self.clients:
            raise TrialFailed(f"boards: {len(whole['tiles'])} tiles instead of {self.clients}")
        sides: dict[str, Callable[[], object]] = {
            "changed": lambda: self.update(asked), "same": lambda: self.update(f"{asked}&version={whole['version']}"),
            "by hand": lambda: self.place.outside.execute(BY_HAND, (self.incident,)).fetchall(),
        }  # fmt: skip
        millis: dict[str, list[float]] = {name: [] for name in sides}
        for number in range(self.bench_env.rounds + 1):
            for name, call in sides.items():
                taken = self.millis(call)
                if number:  # the first round warms up
                    millis[name].append(taken)
        size, name = len(self.update(asked)) / 1000, f"board, {self.clients:,} clients"
        return [
            compared(f"{name}, changed", "ms", "the same by hand", millis["changed"], millis["by hand"], at_most(4)),
            compared(f"{name}, unchanged", "ms", "the same by hand", millis["same"], millis["by hand"], at_most(3)),
            limited(f"{name}, changed", "ms", MILLISECONDS, millis["changed"]),
            limited(f"{name}, changed", "kB", KILOBYTES, [size] * self.bench_env.rounds),
        ]

    def update(self, query: str) -> bytes:
        """Ask as the page does."""
        return ask(self.place.app, self.path + query, headers={"Cookie": f"{COOKIE}={self.token}"})

    def millis(self, call: Callable[[], object]) -> float:
        """Return the milliseconds of one call, measured over many."""
        begun = time.perf_counter()
        for _ in range(self.times):
            call()
        return (time.perf_counter() - begun) / self.times * 1000

"""Bench of the board: what a page that stays open asks for, at 5,000 clients; against the same read by hand.

A request goes straight into the WSGI app. Its time is that of the processor, in the app and in the database, so that
what else runs on the machine does not count. "Changed" is one row of the list beside the sums and all letters.
"""

import re
import time
from collections.abc import Callable
from pathlib import Path

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
UNKNOWN_ROW = "00000000"
OF_DATABASE = """
    select pid from pg_stat_activity where datname = current_database() and backend_type = 'client backend'"""
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
        rows = "".join(re.findall(r'data-was="(\w+)"', " ".join(whole["rows"])))
        if len(whole["tiles"]) != self.clients:
            raise TrialFailed(f"boards: {len(whole['tiles'])} tiles instead of {self.clients}")
        changed = f"?rows={UNKNOWN_ROW}{rows[len(UNKNOWN_ROW) :]}"
        sides: dict[str, Callable[[], object]] = {
            "changed": lambda: self.update(changed), "all rows": lambda: self.update(""),
            "all rows, compressed": lambda: self.update("", "gzip"),
            "same": lambda: self.update(f"?rows={rows}&version={whole['version']}"),
            "by hand": lambda: self.place.outside.execute(BY_HAND, (self.incident,)).fetchall(),
        }  # fmt: skip
        millis: dict[str, list[float]] = {name: [] for name in sides}
        for number in range(self.bench_env.rounds + 1):
            for name, call in sides.items():
                taken = self.millis(call)
                if number:  # the first round warms up
                    millis[name].append(taken)
        return self.judged(millis, {
            "changed": self.update(changed), "all rows, compressed": self.update("", "gzip"),
        })  # fmt: skip

    def judged(self, millis: dict[str, list[float]], answers: dict[str, bytes]) -> list[Figure]:
        """Return the figures of these rounds, and the sizes of these answers."""
        by_hand, board = millis["by hand"], f"board, {self.clients:,} clients"
        return [
            compared(f"{board}, one row changed", "ms CPU", "the same by hand", millis["changed"], by_hand, at_most(3)),
            compared(f"{board}, unchanged", "ms CPU", "the same by hand", millis["same"], by_hand, at_most(2.5)),
            *(limited(f"{board}, {name}", "ms CPU", MILLISECONDS, millis[name])
              for name in ("changed", "all rows", "all rows, compressed")),
            *(limited(f"{board}, {name}", "kB", KILOBYTES, [len(answer) / 1000] * self.bench_env.rounds)
              for name, answer in answers.items()),
        ]  # fmt: skip

    def update(self, query: str, encoding: str = "identity") -> bytes:
        """Ask as the page does."""
        headers = {"Cookie": f"{COOKIE}={self.token}", "Accept-Encoding": encoding}
        return ask(self.place.app, self.path + query, headers=headers)

    def millis(self, call: Callable[[], object]) -> float:
        """Return the milliseconds of processor time of one call here and in the database: the least of many."""
        call()
        servers = [Path(f"/proc/{pid}/schedstat") for (pid,) in self.place.outside.execute(OF_DATABASE)]

        def spent() -> int:
            return time.process_time_ns() + sum(int(server.read_text().split()[0]) for server in servers)

        taken = []
        for _ in range(self.times):
            begun = spent()
            call()
            taken.append(spent() - begun)
        return min(taken) / 1_000_000

"""Bench of finding things in a register of a million breaches: each kind of search, and each filter, page and database.

The goal is processor time of the app and the database together, in milliseconds; the figure is that of the slowest
question. Titles are of a few words and a name out of 60,000, so that common and rare words both occur.
"""

import time
from pathlib import Path
from uuid import UUID

from service.admission.access import COOKIE
from service.story.client import TrialFailed
from tenants.identity.sessions import begin_session
from tenants.identity.users import PRIVACY_OFFICER, add_user, make_member
from tenants.isolation import acting_for_nobody
from tests.trials.bench.bench_env import BenchEnv, Place
from tests.trials.bench.statistics import Figure, limited
from tests.trials.bench.wsgi import ask
from workflows.running.searches import index_in_time

MILLISECONDS, LOT = 50, 50_000
BREACHES = """
    insert into breach (organisation_id, reference, title, origin, found_at, became_aware_at, alarm_at, due_at,
                        description, facts, risk, decision, decided_at, submitted_at, authority_number, processor_name,
                        created_at)
    select %s, '2026-' || n, concat_ws(' ', (array['Laptop gestolen', 'Mail aan verkeerde ontvanger', 'Ransomware'])
             [1 + n %% 3], 'bij', (array['Bakkerij', 'Garage', 'Tandarts', 'Kapper'])[1 + n / 3 %% 4],
             initcap((array['jans', 'pieter', 'visser', 'mulder', 'smit'])[1 + n %% 5]
                     || translate((n %% 12000)::text, '0123456789', 'aeiouklmnr') || 'en')),
           case when n %% 9 = 0 then 'escalated' else 'own' end, m.at, m.at, m.at + interval '3 days',
           m.at + interval '3 days', 'x', '{}', case when n %% 50 > 0 then 'risk' end,
           case n %% 50 when 0 then null when 1 then 'do_not_notify' else 'notify' end,
           case when n %% 50 > 2 or n %% 50 = 1 then m.at end,
           case when n %% 50 > 2 then m.at + interval '1 hour' * (n %% 80) end,
           case when n %% 50 > 2 then (20260000000 + n)::text end,
           case when n %% 9 = 0 then 'De Linde Accountants' end, m.at
      from generate_series(%s::int, %s::int) n
     cross join lateral (select now() - n * interval '2 minutes' as at) m"""
SEARCHES = {
    "a common word": "laptop", "a rare word": "linde pieteraen", "two common words": "laptop ontvanger",
    "four common words": "bij laptop garage verkeerde", "a typing error": "janseaenn", "another": "tandrats",
    "a beginning": "muld", "two beginnings": "mul gar", "a reference": "2026-777", "a number of the AP": "20260000777",
    "no hit": "zwembad",
}  # fmt: skip
FILTERS = {
    "open": "state=open", "late": "term=late", "in time": "term=in_time", "running": "term=running",
    "to approve": "step=approve", "not notified, a year": "state=not_notified&year=2025",
    "late, of a processor": "term=late&origin=escalated", "words and a state": "q=garage&state=open",
    "rare together": "q=laptop+garage&term=late&state=open",
}  # fmt: skip
OF_DATABASE = """
    select pid from pg_stat_activity where datname = current_database() and backend_type = 'client backend'
       and pid <> pg_backend_pid()"""


def measure(bench_env: BenchEnv) -> list[Figure]:
    """Measure the slowest search and the slowest filter, as pages and in the API."""
    with bench_env.database("bench_search") as place:
        bench = _Finding(bench_env, place)
        return [
            bench.slowest("search", {name: f"search?q={q.replace(' ', '+')}" for name, q in SEARCHES.items()}),
            bench.slowest("register, filtered", {name: f"register?{query}" for name, query in FILTERS.items()}),
        ]


class _Finding:
    """One large register, and a person who looks for something in it."""

    def __init__(self, bench_env: BenchEnv, place: Place) -> None:
        self.bench_env, self.place = bench_env, place
        self.rows = bench_env.size(1_000_000, 20_000)
        organisation = place.organisation()
        self._fill(organisation)
        with acting_for_nobody():
            user = add_user("bench@example.nl", "Bea Bench", "long enough for anybody")
            make_member(user.id, organisation, PRIVACY_OFFICER)
            self.token = begin_session(user, proven=True)
        slug = place.one("select slug from organisation where id = %s", organisation)
        self.base = f"/o/{slug}/"

    def slowest(self, what: str, addresses: dict[str, str]) -> Figure:
        """Ask each question by turns, and return the figure of the one that takes longest."""
        rounds: dict[str, list[float]] = {name: [] for name in addresses}
        for number in range(self.bench_env.rounds + 1):
            for name, address in addresses.items():
                taken = self.millis(self.base + address)
                if number:  # the first round warms up
                    rounds[name].append(taken)
        for name, taken_all in rounds.items():
            self.bench_env.say(f"{what}, {name}: {min(taken_all):.1f} ms CPU")
        worst = max(rounds, key=lambda name: sorted(rounds[name])[len(rounds[name]) // 2])
        return limited(f"{what}, {self.rows:,} breaches, {worst}", "ms CPU", MILLISECONDS, rounds[worst])

    def millis(self, address: str) -> float:
        """Return the milliseconds of processor time of one page, here and in the database."""
        servers = [Path(f"/proc/{pid}/schedstat") for (pid,) in self.place.outside.execute(OF_DATABASE)]

        def spent() -> int:
            return time.process_time_ns() + sum(int(server.read_text().split()[0]) for server in servers)

        begun = spent()
        ask(self.place.app, address, headers={"Cookie": f"{COOKIE}={self.token}"})
        return (spent() - begun) / 1e6

    def _fill(self, organisation: UUID) -> None:
        for first in range(1, self.rows + 1, LOT):
            self.place.outside.execute(BREACHES, (organisation, first, min(first + LOT - 1, self.rows)))
            while index_in_time(60):
                pass
        self.place.settle()
        if self.place.one("select count(*) from search_subject") != self.rows:
            raise TrialFailed("search: not every breach has its words")

"""Bench of finding things in a register of a million breaches: each kind of search, and each filter, page and database.

The goal is processor time of the app and the database together, in milliseconds; the figure is that of the slowest
question. Titles are of a few words and a name out of 60,000, so that common and rare words both occur.
"""

from uuid import UUID

from service.story.client import TrialFailed
from tests.trials.bench.asked_pages import AskedPages
from tests.trials.bench.bench_env import BenchEnv, Place
from tests.trials.bench.statistics import Figure
from workflows.running.searches import index_in_time

LOT = 50_000
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


def measure(bench_env: BenchEnv) -> list[Figure]:
    """Measure the slowest search and the slowest filter, as pages and in the API."""
    with bench_env.database("bench_search") as place:
        organisation, rows = place.organisation(), bench_env.size(1_000_000, 20_000)
        _fill(place, organisation, rows)
        pages, of = AskedPages(bench_env, place, organisation), f"{rows:,} breaches"
        searches = {name: f"search?q={q.replace(' ', '+')}" for name, q in SEARCHES.items()}
        filters = {name: f"register?{query}" for name, query in FILTERS.items()}
        return [pages.slowest("search", of, searches), pages.slowest("register, filtered", of, filters)]


def _fill(place: Place, organisation: UUID, rows: int) -> None:
    for first in range(1, rows + 1, LOT):
        place.outside.execute(BREACHES, (organisation, first, min(first + LOT - 1, rows)))
        while index_in_time(60):
            pass
    place.settle()
    if place.one("select count(*) from search_subject") != rows:
        raise TrialFailed("search: not every breach has its words")

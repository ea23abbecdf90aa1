"""Pages that one person asks for, with the processor time that each takes of the app and the database together."""

import time
from pathlib import Path
from uuid import UUID

from service.admission.access import COOKIE
from tenants.identity.sessions import begin_session
from tenants.identity.users import PRIVACY_OFFICER, add_user, make_member
from tenants.isolation import acting_for_nobody
from tests.trials.bench.bench_env import BenchEnv, Place
from tests.trials.bench.statistics import Figure, limited
from tests.trials.bench.wsgi import ask

MILLISECONDS = 50
OF_DATABASE = """
    select pid from pg_stat_activity where datname = current_database() and backend_type = 'client backend'
       and pid <> pg_backend_pid()"""


class AskedPages:
    """One organisation, and its privacy officer, who asks for pages."""

    def __init__(self, bench_env: BenchEnv, place: Place, organisation: UUID) -> None:
        self.bench_env, self.place = bench_env, place
        with acting_for_nobody():
            user = add_user("bench@example.nl", "Bea Bench", "long enough for anybody")
            make_member(user.id, organisation, PRIVACY_OFFICER)
            self.token = begin_session(user, proven=True)
        self.base = f"/o/{place.one('select slug from organisation where id = %s', organisation)}/"

    def slowest(self, what: str, of: str, addresses: dict[str, str]) -> Figure:
        """Ask for each page by turns, and return the figure of the one that takes longest, against MILLISECONDS."""
        rounds: dict[str, list[float]] = {name: [] for name in addresses}
        for number in range(self.bench_env.rounds + 1):
            for name, address in addresses.items():
                taken = self.millis(self.base + address)
                if number:  # the first round warms up
                    rounds[name].append(taken)
        for name, taken_all in rounds.items():
            self.bench_env.say(f"{what}, {name}: {min(taken_all):.1f} ms CPU")
        worst = max(rounds, key=lambda name: sorted(rounds[name])[len(rounds[name]) // 2])
        return limited(f"{what}, {of}, {worst}", "ms CPU", MILLISECONDS, rounds[worst])

    def millis(self, address: str) -> float:
        """Return the milliseconds of processor time of one page, here and in the database."""
        servers = [Path(f"/proc/{pid}/schedstat") for (pid,) in self.place.outside.execute(OF_DATABASE)]

        def spent() -> int:
            return time.process_time_ns() + sum(int(server.read_text().split()[0]) for server in servers)

        begun = spent()
        ask(self.place.app, address, headers={"Cookie": f"{COOKIE}={self.token}"})
        return (spent() - begun) / 1e6

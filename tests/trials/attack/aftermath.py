"""After the attack a worker and a clock read what it has stored: every organisation must still be served.

The attack has left broken values in names, titles and texts. Now each clock of each organisation is due. Whatever one
organisation's rows do to the machine, the clocks of all of them are heard and their people get their mail.
"""

import time
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import psycopg

from service.embedded.stack import Stack
from tests.trials.attack.judging import Judge
from tests.trials.attack.seeding import Firm

WITHIN_S = 45.0
"""The seconds after the last request within which every organisation must be served; one tick takes a second."""
LOOK_S = 0.5
DUE = """
    update clock c set next_at = now() - interval '1 second' from run r
     where r.organisation_id = c.organisation_id and r.id = c.run_id and c.organisation_id = %s
       and c.state = 'running' and r.state = 'running'
    returning c.id"""
UNHEARD = "select id from clock where id = any (%s) and next_at <= now() and state = 'running'"
NOT_MAILED = """
    select b.organisation_id from (select distinct unnest(%s::uuid[]) as organisation_id) b
     where not exists (select from mail_batch m join recipient r
                          on r.organisation_id = m.organisation_id and r.batch_id = m.id
                        where m.organisation_id = b.organisation_id and m.purpose = 'reminder'
                          and m.created_at >= %s and m.state = 'accepted')"""
NOW = "select clock_timestamp()"


@dataclass
class Aftermath:
    """Runs a worker and a clock on what the attack left. An organisation that they do not serve is counted as unheard.
    """

    stack: Stack
    outside: "psycopg.Connection[Any]"
    judge: Judge
    firms: dict[str, Firm]

    def wait(self) -> None:
        """Make every clock due, and wait until all are heard and every organisation with one has its mail."""
        since = self._ask(NOW)[0][0]
        due = {firm.id: [row[0] for row in self._ask(DUE, firm.id)] for firm in self.firms.values()}
        for kind in ("worker", "clock"):
            self.stack.start(kind, 1)
        deadline = time.monotonic() + WITHIN_S
        while (left := self._left(due, since)) and time.monotonic() < deadline:
            time.sleep(LOOK_S)
        for why, about in left:
            self.judge.count("unheard", why, about, str(about))

    def _left(self, due: dict[UUID, list[UUID]], since: Any) -> list[tuple[str, object]]:
        letters = {firm.id: firm.letter for firm in self.firms.values()}
        clocks = [clock for ids in due.values() for clock in ids]
        unheard = [("a clock was not heard", row[0]) for row in self._ask(UNHEARD, clocks)]
        with_clocks = [organisation for organisation, ids in due.items() if ids]
        rows = self._ask(NOT_MAILED, with_clocks, since)
        return unheard + [("its people got no mail", letters[row[0]]) for row in rows]

    def _ask(self, query: str, *values: Any) -> list[tuple[Any, ...]]:
        return self.outside.execute(query, values).fetchall()

"""Bench of delivery events: signed, thousands through the webhook's route, until every recipient has the right state.
"""

import time
from uuid import uuid4

import orjson

from service.sandbox.keys import ensure_private_key, sign
from service.story.client import TrialFailed
from tests.trials.bench.bench_env import BenchEnv, Place
from tests.trials.bench.people import Telling, written
from tests.trials.bench.statistics import Figure, at_least, at_most, compared
from tests.trials.bench.wsgi import ask
from workflows.catalogue import CATALOGUE
from workflows.engine.drain import drain_steps

PER_POST = 1000
EVENT = "Twilio-Email-Event-Webhook"
WAITING = "update recipient set state = 'accepted', reason = null where about_id = %s"
PEOPLE = "select organisation_id, id, batch_id from recipient where about_id = %s order by id"
COPY = "copy copied (organisation_id, sg_event_id, recipient_id, batch_id, event, at, reason) from stdin"
APPLY = """
    select apply_mail_events(array_agg(organisation_id), array_agg(recipient_id), array_agg(batch_id), array_agg(event),
                             array_agg(at), array_agg(reason))
      from (select *, (row_number() over (order by recipient_id) - 1) / %s as lot from mail_event) kept group by lot"""
UPDATE = "update recipient set state = 'delivered', state_at = now(), reason = 'ok' where about_id = %s"
COUNT = """
    select (select count(*) from recipient where state = 'delivered'), (select count(*) from mail_event),
           (select count(*) from copied)"""


def measure_events(bench_env: BenchEnv) -> list[Figure]:
    """Measure both figures of the events, and draw the plot of their growth."""
    sizes = bench_env.sizes(bench_env.size(100_000, 5_000))
    rounds, grown = [], []
    for size in sizes:
        with bench_env.database("bench_events") as place:
            bench = _Events(bench_env, place, size)
            # only the largest is compared with anything; the first round warms up
            rounds = [bench.round() for _ in range(1 + (bench_env.size(5, 3) if size == sizes[-1] else 1))][1:]
            grown.append((size, sorted(measured["ours"] for measured in rounds)[len(rounds) // 2]))
    bench_env.draw("events", "Events: signed events until every status is right", "events", {"the webhook": grown})
    taken = {name: [measured[name] for measured in rounds] for name in rounds[0]}
    rates = {name: [sizes[-1] / seconds for seconds in durations] for name, durations in taken.items()}
    both, what = [measured["copy"] + measured["update"] for measured in rounds], (f"events, {sizes[-1]:,} signed", "s")
    return [
        compared(*what, "bare COPY of the same rows", taken["ours"], taken["copy"], at_most(5)),
        compared(*what, "bare COPY and UPDATE of the same rows", taken["ours"], both),
        compared(f"status of {sizes[-1]:,} people", "people/s", "one UPDATE of the same rows", rates["status"],
                 rates["update"], at_least(0.5)),
    ]  # fmt: skip


class _Events:
    """A notice that SendGrid has accepted for all its readers."""

    def __init__(self, bench_env: BenchEnv, place: Place, people: int) -> None:
        self.place, self.people = place, people
        self.key = ensure_private_key(bench_env.servers.folder.sandbox_key)
        place.outside.execute("create table copied (like mail_event including all)")
        place.outside.execute("alter table copied add foreign key (organisation_id) references organisation")
        self.telling: Telling = written(place, 1, people)
        self.telling.release()
        drain_steps(self.telling.organisation, CATALOGUE, uuid4())
        place.outside.execute("update mail_batch set state = 'accepted', message_id = 'bench'")
        self.rows = place.outside.execute(PEOPLE, (self.telling.notice,)).fetchall()
        if len(self.rows) != people:
            raise TrialFailed(f"events: {len(self.rows)} of {people} were planned")

    def round(self) -> dict[str, float]:
        """Time the events through the route, then the states alone, a COPY of the rows, and an UPDATE of the
        recipients."""
        posts = self._signed_posts()
        self._from_anew()
        ours = self._seconds(lambda: [ask(self.place.app, "/webhooks/sendgrid", "", *post) for post in posts])
        self._check(self.people, self.people, 0)
        self.place.outside.execute(WAITING, (self.telling.notice,))
        self.place.settle()
        status = self._seconds(lambda: self.place.outside.execute(APPLY, (PER_POST,)))
        self._check(self.people, self.people, 0)
        self._from_anew()
        copy = self._seconds(self._copy)
        self._check(0, 0, self.people)
        self._from_anew()
        update = self._seconds(lambda: self.place.outside.execute(UPDATE, (self.telling.notice,)))
        self._check(self.people, 0, 0)
        return {"ours": ours, "status": status, "copy": copy, "update": update}

    def _signed_posts(self) -> list[tuple[bytes, dict[str, str]]]:
        now, posts = int(time.time()), []
        for first in range(0, self.people, PER_POST):
            events = [
                {"email": "iemand@example.nl", "event": "delivered", "timestamp": now, "sg_event_id": uuid4().hex,
                 "sg_message_id": "bench.1", "response": "250 OK", "n": str(self.telling.notice), "m": str(row[1]),
                 "b": str(row[2])}
                for row in self.rows[first : first + PER_POST]
            ]  # fmt: skip
            body = orjson.dumps(events)
            signed = {f"X-{EVENT}-Signature": sign(self.key, str(now), body), f"X-{EVENT}-Timestamp": str(now)}
            posts.append((body, signed))
        return posts

    def _copy(self) -> None:
        with self.place.outside.transaction(), self.place.outside.cursor().copy(COPY) as copy:
            for organisation, person, batch in self.rows:
                copy.write_row((organisation, uuid4().hex, person, batch, "delivered", "now", "250 OK"))

    def _from_anew(self) -> None:
        self.place.outside.execute("truncate mail_event, copied")
        self.place.outside.execute(WAITING, (self.telling.notice,))
        self.place.settle()

    def _check(self, delivered: int, kept: int, copied: int) -> None:
        row = self.place.outside.execute(COUNT).fetchone()
        if row != (delivered, kept, copied):
            raise TrialFailed(f"events: {row} instead of {(delivered, kept, copied)}")

    def _seconds(self, call: object) -> float:
        begun = time.perf_counter()
        call()  # type: ignore[operator]
        return time.perf_counter() - begun

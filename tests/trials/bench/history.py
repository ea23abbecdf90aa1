"""Bench of the history: its part of a write, and the time and memory to verify a long history.

A breach is recorded by the app's own code, and the same transactions tell which part of them the history takes: from
the end of the fact to the start of the commit (`write`: all that is sent to PostgreSQL, and the answer), and before
that the remembering itself. Nothing is left out for the comparison: the code that runs in production is measured.
Without its commit a write is shorter, and so the history's part of it larger: that figure is printed too.
"""

import os
import time
from datetime import timedelta
from pathlib import Path
from threading import Event, Thread
from uuid import UUID

from sqlalchemy import event

from service.running.app_without_routes import app_without_routes
from service.story.client import TrialFailed
from tenants.database import db
from tenants.history.entries import Actor, Entry, record
from tenants.history.witness import verify
from tenants.isolation import acting_for, database_now
from tests.trials.bench.bench_env import BenchEnv, Place
from tests.trials.bench.statistics import Figure, at_most, compared, limited
from workflows.notification.own_breach import NewBreach, open_breach

PART, VERIFIED_WITHIN_S = 0.2, 60.0
BY = Actor(UUID(int=7), "Bea Bench", "privacy_officer")
WITH_VALUES = 1_000
# As in a long history every entry has its person and its details; the app's own functions chain them.
LENGTHEN = """
    with head as (select * from history_head where organisation_id = %(organisation)s),
    who as (select p.id, sha256(p.salt || convert_to(p.name, 'UTF8')) as actor from history_person p
             where p.organisation_id = %(organisation)s and p.name = 'Bea Bench'),
    entry as (
      select head.organisation_id, head.seq + n as seq, uuidv7() as subject_id, now() + n * interval '1 second' as at,
             'ap_notification.assess' as what, cast(%(by)s as uuid) as actor_id, 'privacy_officer' as role,
             who.id as person, who.actor, '33(1)/2018-05-25' as terms, head.hash as before,
             jsonb_build_object('facts', jsonb_build_object('data', array['name'], 'n', n), 'risk', 'high') as details
        from head, who, generate_series(1, %(many)s) n),
    written as (
      insert into history (organisation_id, seq, subject_kind, subject_id, at, what, actor_id, role, person, actor,
                           version, terms, details, hash)
      select organisation_id, seq, 'breach', subject_id, at, what, actor_id, role, person, actor, 3, terms, details,
             history_chained(before, sha256(history_tag(secret, subject_id, seq) || history_leaf(history_text(
               2, organisation_id, seq, at, 'breach', subject_id, what, actor_id, role, null, actor, 3, terms, details,
               null)))) over (order by seq rows unbounded preceding)
        from entry join history_seal using (organisation_id) returning seq, hash)
    update history_head k set seq = last.seq, hash = last.hash
      from (select seq, hash from written order by seq desc limit 1) last
     where k.organisation_id = %(organisation)s"""


def measure(bench_env: BenchEnv) -> list[Figure]:
    """Measure the history's part of a write, and the verifier at two sizes.

    The app is the one of the command that verifies: none of its statements has a limit of time.
    """
    with bench_env.database("bench_history", app_without_routes) as place:
        return [*_part_of_a_write(bench_env, place), *_verifying(bench_env, place)]


def _part_of_a_write(bench_env: BenchEnv, place: Place) -> list[Figure]:
    many, organisation = bench_env.size(200, 50), place.organisation()
    rounds = [_writes(organisation, many) for _ in range(bench_env.rounds + 1)][1:]
    entries = place.one("select count(*) from history where organisation_id = %s", organisation)
    if entries != many * (bench_env.rounds + 1):
        raise TrialFailed("history: not every breach has its entry")
    history, whole, without_commit = ([1000 * measured[side] / many for measured in rounds] for side in range(3))
    what = "history, of recording a breach", "ms"
    return [
        compared(*what, "the whole write, its commit included", history, whole, at_most(PART)),
        compared(*what, "the write without its commit", history, without_commit),
    ]


def _writes(organisation: UUID, many: int) -> tuple[float, float, float]:
    """Record this many breaches; return the seconds of the history, of the whole, and of the whole without the commit.
    """
    engine, stamps = db.engine, list[float]()

    def commits(connection: object) -> None:
        stamps.append(time.perf_counter())

    history = whole = without_commit = 0.0
    event.listen(engine, "commit", commits)
    try:
        for _ in range(many):
            begun = time.perf_counter()
            with acting_for(organisation):
                aware_at = database_now() - timedelta(hours=1)
                open_breach(NewBreach(title="Laptop gestolen", found_at=aware_at, became_aware_at=aware_at,
                                      description="Uit een auto."), BY)  # fmt: skip
                db.session.flush()
                recorded = time.perf_counter()
            whole += time.perf_counter() - begun
            history += stamps[-1] - recorded
            without_commit += stamps[-1] - begun
    finally:
        event.remove(engine, "commit", commits)
    return history + _remembering(organisation, many), whole, without_commit


def _remembering(organisation: UUID, many: int) -> float:
    """Return the seconds that it takes to remember as many entries as these; the transaction is then rolled back."""
    details = {"became_aware_at": str(time.time()), "facts": {}}
    spent = 0.0
    for _ in range(many):
        try:
            with acting_for(organisation):
                begun = time.perf_counter()
                record([Entry("breach", organisation, "breach.opened", BY, details, {}, 1, "33(1)/2018-05-25")])
                spent += time.perf_counter() - begun
                raise _Undone
        except _Undone:
            continue
    return spent


class _Undone(Exception):
    """Raised to roll back what was remembered."""


def _verifying(bench_env: BenchEnv, place: Place) -> list[Figure]:
    entries = bench_env.size(1_000_000, 20_000)
    small, large = _lengthened(place, 1, entries // 10), _lengthened(place, 2, entries)
    place.settle()
    rounds = [(_verified(place, small, entries // 10), _verified(place, large, entries))
              for _ in range(bench_env.size(3, 3) + 1)][1:]  # fmt: skip
    seconds, memory = [pair[1][0] for pair in rounds], [pair[1][1] for pair in rounds]
    bench_env.draw("history", "History verified", "entries", {
        "seconds": [(entries // 10, rounds[0][0][0]), (entries, rounds[0][1][0])],
    })  # fmt: skip
    name = f"history, {entries:,} entries verified"
    return [
        limited(name, "s", VERIFIED_WITHIN_S, seconds),
        compared(
            f"{name}: memory", "MiB", f"with {entries // 10:,}", memory, [pair[0][1] for pair in rounds], at_most(1.1)
        ),
    ]


def _lengthened(place: Place, number: int, entries: int) -> UUID:
    """Return an organisation with this many entries, the first of which have personal values."""
    organisation = place.organisation(number)
    with acting_for(organisation):
        record(Entry("escalation", organisation, "escalation.called", BY, {"how": "phone"}, {"note": f"Gesprek {n}"})
               for n in range(WITH_VALUES))  # fmt: skip
    left = {"organisation": organisation, "many": entries - WITH_VALUES, "by": BY.id}
    place.outside.execute(LENGTHEN, left)
    return organisation


def _verified(place: Place, organisation: UUID, entries: int) -> tuple[float, float]:
    """Verify, and return the seconds and the most memory in MiB that the program and the server took together."""
    with _Watched(place) as watched:
        begun = time.perf_counter()
        verified = verify(organisation)
        seconds = time.perf_counter() - begun
    if not verified.ok or verified.entries != entries:
        raise TrialFailed(f"history: {verified}")
    return seconds, watched.most / 1024


class _Watched:
    """Samples the private memory, in KiB, of this process and of the servers' backends, all the time."""

    def __init__(self, place: Place) -> None:
        backends = place.outside.execute("select pid from pg_stat_activity where datname = current_database()")
        self._pids = [os.getpid(), *(pid for (pid,) in backends.fetchall() if pid != place.outside.info.backend_pid)]
        self.most, self._done = 0, Event()
        self._thread = Thread(target=self._look, daemon=True)

    def __enter__(self) -> "_Watched":
        self._thread.start()
        return self

    def __exit__(self, *raised: object) -> None:
        self._done.set()
        self._thread.join()

    def _look(self) -> None:
        while not self._done.wait(0.01):
            self.most = max(self.most, sum(map(_own_memory, self._pids)))


def _own_memory(pid: int) -> int:
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return next((int(line.split()[1]) for line in lines if line.startswith("RssAnon")), 0)

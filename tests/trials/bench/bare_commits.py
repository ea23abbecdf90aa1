"""Writes the rows that the engine writes by hand: one transaction per step, no policies, no reading that is not needed.
"""

import time

from tests.trials.bench.bench_env import Place

FIRST = "select organisation_id, run_id, id from step where state = 'ready' order by id"
MARK = "insert into bench_mark (organisation_id, subject_id) select organisation_id, subject_id from run where id = %s"
DONE = """
    update step set state = 'done', attempt = 1, done_at = now(), done_by_name = 'bare'
     where organisation_id = %s and id = %s"""
OPEN = """
    insert into step (organisation_id, run_id, name, kind, state) values (%s, %s, 'second', 'job', 'ready')
    returning id"""
END = "update run set state = 'done', finished_at = now() where organisation_id = %s and id = %s"


def bare_commits(place: Place, runs: int) -> float:
    """Do both steps of every run with a commit each; return the seconds."""
    connection = place.outside
    first_steps = connection.execute(FIRST).fetchall()
    begun = time.perf_counter()
    for organisation, run, first in first_steps[:runs]:
        with connection.transaction():
            connection.execute(MARK, (run,))
            connection.execute(DONE, (organisation, first))
            second = connection.execute(OPEN, (organisation, run)).fetchone()
        assert second is not None
        with connection.transaction():
            connection.execute(MARK, (run,))
            connection.execute(DONE, (organisation, second[0]))
            connection.execute(END, (organisation, run))
    return time.perf_counter() - begun

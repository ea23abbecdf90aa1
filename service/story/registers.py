"""What only the database can count, because nobody has opened some registers yet. Its superuser reads it."""

from dataclasses import dataclass

import psycopg

COUNT = """
select (select count(*) from breach),
       (select count(*) from breach where origin = 'own'),
       (select count(*) from clock),
       (select count(*) from breach b where (select count(*) from run r join clock c
                on c.organisation_id = r.organisation_id and c.run_id = r.id and c.name = 'notify-authority'
             where r.organisation_id = b.organisation_id and r.subject_id = b.id) = 1),
       (select count(*) from breach where became_aware_at is null),
       (select count(*) from history_breaks)"""


@dataclass(frozen=True)
class Registers:
    """All registers together: breaches, those with exactly one clock for the authority, entries that were altered."""

    breaches: int
    own: int
    clocks: int
    with_clock: int
    not_aware: int
    broken: int


def count_registers(superuser_url: str) -> Registers:
    """Count over every organisation at once."""
    with psycopg.connect(superuser_url) as connection:
        row = connection.execute(COUNT).fetchone()
    assert row is not None
    return Registers(*row)

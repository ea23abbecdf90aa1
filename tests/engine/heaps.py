"""Heaps of rows that fail: clocks, steps, mail and notices of one organisation."""

from uuid import UUID, uuid4

from tenants.isolation import acting_for
from tests.conftest import Database
from tests.factories import an_own_breach
from workflows.mail.batches import Addressee, plan


def poison(database: Database, organisation: UUID, table: str) -> None:
    """From now on no row of this organisation can be changed in this table."""
    database.outside("""
        create function poison() returns trigger language plpgsql as
        'begin raise exception ''this row cannot be changed''; end'""")
    database.outside(f"""
        create trigger poisoned before update on {table} for each row
        when (old.organisation_id = '{organisation}') execute function poison()""")


def runs(database: Database, organisation: UUID, how_many: int, workflow: str = "escalation") -> None:
    database.outside("""
        insert into run (organisation_id, workflow, version, subject_id)
        select :o, :workflow, 1, uuidv7() from generate_series(1, :n)""", o=organisation, workflow=workflow, n=how_many)


def clocks(database: Database, organisation: UUID, how_many: int, workflow: str) -> None:
    """Clocks that were due long ago and that nobody can hear: there is none of that name."""
    runs(database, organisation, how_many, workflow)
    database.outside("""
        insert into clock (organisation_id, run_id, name, state, started_at, alarm_at, due_at, moments, next_at)
        select organisation_id, id, 'unheard-of', 'running', now() - interval '9 days', now() - interval '6 days',
               now() - interval '6 days', array[now() - interval '6 days'], now() - interval '6 days'
          from run where organisation_id = :o""", o=organisation)


def steps(database: Database, organisation: UUID, how_many: int, state: str, workflow: str = "escalation") -> None:
    runs(database, organisation, how_many, workflow)
    database.outside(
        """insert into step (organisation_id, run_id, name, kind, state, ready_at, lease_token, lease_until)
           select r.organisation_id, r.id, 'inform', 'job', :state, now() - interval '9 days',
                  case when :state = 'running' then gen_random_uuid() end, now() - interval '8 days'
             from run r where r.organisation_id = :o and not exists (
               select from step s where s.organisation_id = r.organisation_id and s.run_id = r.id)""",
        o=organisation, state=state,
    )  # fmt: skip


def mails(database: Database, organisation: UUID, how_many: int, state: str = "planned") -> None:
    filling = {"organisation": "De Linde", "count": "1", "link": "http://127.0.0.1:8000/"}
    with acting_for(organisation):
        for _ in range(how_many if state == "planned" else 1):
            plan("reminder", "step_failed", filling, [(uuid4(), Addressee("Anna", "anna@client.example"))])
    if state == "sending":
        database.outside(
            """insert into mail_batch (organisation_id, purpose, about_id, text_key, locale, state, token, lease_until)
               select :o, 'reminder', uuidv7(), 'step_failed', 'nl', 'sending', gen_random_uuid(),
                      now() - interval '8 days' from generate_series(1, :n)""",
            o=organisation, n=how_many,
        )  # fmt: skip


def notices(database: Database, organisation: UUID, how_many: int) -> None:
    """Notices at which a clock process should have looked long ago."""
    breach = an_own_breach(organisation)
    database.outside("""
        insert into notice (organisation_id, breach_id, check_code, look_at)
        select :o, :breach, gen_random_uuid()::text, now() - interval '9 days'
          from generate_series(1, :n)""", o=organisation, breach=breach, n=how_many)


def states(database: Database, organisation: UUID, table: str) -> set[str]:
    return {row["state"] for row in database.outside(f"select state from {table} where organisation_id = :o",
                                                     o=organisation)}  # fmt: skip

"""A register with many breaches whose runs have ended: ready, or without any measures recorded."""

from uuid import UUID

from sqlalchemy import text

from tests.conftest import Database

BREACHES = """
    insert into breach (organisation_id, reference, title, origin, found_at, became_aware_at, alarm_at, due_at,
                        description, facts, measures, risk, decision, decided_at, submitted_at, questions_open,
                        created_at)
    select :organisation, '2020-' || :first + n, 'Oud lek ' || n, 'own', m.at, m.at, m.at, m.at + interval '3 days',
           'Lang geleden.', '{}', :measures, case when n % 2 = 0 then 'risk' else 'unlikely' end,
           case when n % 2 = 0 then 'notify' else 'do_not_notify' end, m.at, case when n % 2 = 0 then m.at end,
           case when n % 2 = 0 then 0 end, m.at
      from generate_series(1, :many) n cross join lateral (select now() - n * interval '1 hour' as at) m"""
RUNS = """
    insert into run (organisation_id, workflow, version, subject_id, state, created_at, finished_at)
    select organisation_id, 'ap_notification', 3, id, case when submitted_at is null then 'exempt' else 'done' end,
           created_at, decided_at
      from breach b where organisation_id = :organisation and not exists (
             select from run r where r.organisation_id = b.organisation_id and r.subject_id = b.id)"""


def add_ended(database: Database, organisation: UUID, many: int, measures: str | None = "De map is gewist") -> None:
    """Add so many breaches that were decided, half of them submitted, in one transaction."""
    with database.superuser.begin() as there:
        first = there.scalar(text("select count(*) from breach where organisation_id = :o"), {"o": organisation})
        asked = {"organisation": organisation, "many": many, "first": first, "measures": measures}
        there.execute(text(BREACHES), asked)
        there.execute(text(RUNS), asked)
    with database.superuser.connect().execution_options(isolation_level="AUTOCOMMIT") as there:
        there.execute(text("vacuum analyze breach, run"))

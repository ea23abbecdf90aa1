"""The last line: what the database refuses by itself to have twice or to have half, whatever the code above it does."""

import pytest
from sqlalchemy.exc import IntegrityError

from tests.tenants.conftest import Scene

ONCE = {
    "run": ("run_organisation_id_subject_id_workflow_key", "true", "{}"),
    "step": ("step_organisation_id_run_id_name_round_key", "true", "{}"),
    "clock": ("clock_organisation_id_run_id_name_key", "true", "{}"),
    "escalation": ("escalation_processor_id_incident_id_agreement_id_key", "true", "{}"),
    "breach": ("breach_of_escalation", "origin = 'escalated'", '{"reference": "2099-0001"}'),
    "recipient": ("recipient_once", "purpose = 'notice'", "{}"),
    "mail_event": ("mail_event_pkey", "true", '{"received_at": "2099-01-01"}'),
}
"""What there is one of: what keeps it so, which rows, and in what else a second one would differ."""

HALF = {
    "a step that runs for nobody": ("step", "state = 'running', lease_token = null"),
    "a step that does not run but is held": ("step", "state = 'ready', lease_token = uuidv7()"),
    "a batch that nobody sends": ("mail_batch", "state = 'sending', token = null"),
    "a batch that is not sent but is held": ("mail_batch", "state = 'planned', token = uuidv7()"),
}


@pytest.mark.parametrize("table", ONCE)
def test_the_database_refuses_a_second_row(scene: Scene, table: str):
    kept_by, which, differs = ONCE[table]
    again = f"""
        insert into {table}
        select again.* from (select * from {table} where {which} limit 1) one
         cross join jsonb_build_object('id', uuidv7()) other
         cross join jsonb_populate_record(one::{table}, other || cast(:differs as jsonb)) again"""
    with pytest.raises(IntegrityError, match=kept_by):
        scene.database.outside(again, differs=differs)


@pytest.mark.parametrize("half", HALF)
def test_the_database_refuses_half_a_row(scene: Scene, half: str):
    table, wrong = HALF[half]
    with pytest.raises(IntegrityError, match=f"{table}_check"):
        scene.database.outside(f"update {table} set {wrong}")

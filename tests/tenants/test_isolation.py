"""Isolation, by trying: as the app's own role, somebody reaches for what is another's."""

from typing import Any
from uuid import UUID

import pytest
from psycopg.errors import InsufficientPrivilege, lookup
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from tenants.database import db
from tenants.isolation import acting_for, acting_for_nobody
from tests.tenants.conftest import Scene
from tests.tenants.tables import ALL, BY_DOORS_ALONE, CHANGED, FOR_GOOD, IDENTITY, OWN_MAY_GO, PASSING, SHARED, WALLED

FOREIGN_KEY = lookup("23503")
WRITTEN = """
    select column_name as name from information_schema.columns
     where table_schema = 'public' and table_name = :table and is_generated = 'NEVER'"""
"""The columns that a statement may write."""


def copy_into(scene: Scene, table: str) -> str:
    """Return the statement that inserts the parameter `row`, the JSON of a row of this table."""
    names = ", ".join(row["name"] for row in scene.database.outside(WRITTEN, table=table))
    row = f"jsonb_populate_record(null::{table}, cast(:row as jsonb))"
    return f"insert into {table} ({names}) select {names} from {row}"


def counted(table: str) -> int:
    return int(db.session.scalar(text(f"select count(*) from {table}")) or 0)


def refused(sql: str, because: type[Exception] = InsufficientPrivilege, **values: Any) -> None:
    with pytest.raises(DBAPIError) as fault:
        db.session.execute(text(sql), values)
    assert isinstance(fault.value.orig, because), fault.value.orig


def anothers_row(scene: Scene, table: str) -> dict[str, Any]:
    """A row that is not the stranger's, whole, and whose it is."""
    row = f"select to_jsonb(t)::text as row, {key_of(table)} as owner from {table} t where {key_of(table)} <> :stranger"
    return dict(scene.database.outside(row + " limit 1", stranger=scene.stranger)[0])


def key_of(table: str) -> str:
    return {"organisation": "id"}.get(table, "processor_id" if table in SHARED else "organisation_id")


@pytest.mark.parametrize("table", [name for name in ALL if name not in PASSING])
def test_the_scene_has_a_row_in_every_table(scene: Scene, table: str):
    assert scene.database.outside(f"select from {table} limit 1"), "else the tests below would prove nothing"


@pytest.mark.parametrize("table", WALLED)
def test_a_transaction_without_an_organisation_sees_no_row(scene: Scene, table: str):
    with acting_for_nobody():
        assert counted(table) == 0


@pytest.mark.parametrize("table", WALLED)
def test_one_sees_ones_own_and_no_other(scene: Scene, table: str):
    for organisation in (scene.office.id, scene.controller, scene.other_controller, scene.stranger):
        with acting_for(organisation):
            strange = f"select count(*) from {table} where {key_of(table)} <> :me"
            if table in SHARED:
                strange += " and controller_id <> :me"
            assert db.session.scalar(text(strange), {"me": organisation}) == 0


@pytest.mark.parametrize("table", ["history_checked", "history_breaks"])
def test_a_view_looks_with_the_eyes_of_who_asks(scene: Scene, table: str):
    options = scene.database.outside("select reloptions from pg_class where relname = :table", table=table)
    assert options[0]["reloptions"] == ["security_invoker=true"]


@pytest.mark.parametrize("table", WALLED)
@pytest.mark.parametrize("somebody", ["stranger", "nobody"])
def test_no_row_can_be_written_for_another_organisation(scene: Scene, table: str, somebody: str):
    with acting_for(scene.stranger) if somebody == "stranger" else acting_for_nobody():
        refused(copy_into(scene, table), row=anothers_row(scene, table)["row"])


@pytest.mark.parametrize("table", [name for name in WALLED if name not in FOR_GOOD and name not in BY_DOORS_ALONE])
def test_no_row_of_another_organisation_can_be_changed(scene: Scene, table: str):
    key = key_of(table)
    column = CHANGED.get(table, key)
    with acting_for(scene.stranger):
        update = text(f"update {table} set {column} = {column} where {key} <> :me")
        assert db.session.execute(update, {"me": scene.stranger}).rowcount == 0  # type: ignore[attr-defined]
    with acting_for_nobody():
        update = text(f"update {table} set {column} = {column}")
        assert db.session.execute(update).rowcount == 0  # type: ignore[attr-defined]


@pytest.mark.parametrize("table", [name for name in WALLED if name not in FOR_GOOD and name not in BY_DOORS_ALONE])
def test_no_row_can_be_given_to_another_organisation(scene: Scene, table: str):
    with acting_for(anothers_row(scene, table)["owner"]):
        refused(f"update {table} set {key_of(table)} = :stranger", stranger=scene.stranger)


@pytest.mark.parametrize("table", FOR_GOOD)
def test_what_is_written_once_cannot_be_changed(scene: Scene, table: str):
    with acting_for(scene.office.id):
        refused(f"update {table} set organisation_id = organisation_id")


WAYS_IN = ("login_attempt", "login_session", "passkey", "passkey_challenge", "recovery_code", "user_totp")
"""A factor that somebody gives up, and what lapsed long ago."""
GOES = (*OWN_MAY_GO, "membership", "engine_pulse", "provider_errand", *WAYS_IN)


@pytest.mark.parametrize("table", [name for name in ALL if name not in GOES])
def test_no_row_can_be_deleted(scene: Scene, table: str):
    with acting_for(scene.office.id):
        refused(f"delete from {table}")


@pytest.mark.parametrize("table", ALL)
def test_no_table_can_be_emptied(scene: Scene, table: str):
    with acting_for(scene.office.id):
        refused(f"truncate {table} cascade")


@pytest.mark.parametrize("table", OWN_MAY_GO)
def test_what_can_be_deleted_is_ones_own(scene: Scene, table: str):
    with acting_for(scene.stranger):
        assert db.session.execute(text(f"delete from {table}")).rowcount == 0  # type: ignore[attr-defined]


POINTERS = {
    "incident_client": """insert into incident_client (organisation_id, incident_id, agreement_id)
        select :me, :incident, agreement from (select cast(:agreement as uuid) as agreement) a""",
    "notice": "insert into notice (organisation_id, breach_id, check_code) values (:me, :breach, 'X')",
    "step": """insert into step (organisation_id, run_id, name, kind, state)
        values (:me, :run, 'assess', 'human', 'waiting')""",
    "clock": "insert into clock (organisation_id, run_id, name) values (:me, :run, 'notify-authority')",
    "recipient": """insert into recipient (organisation_id, purpose, about_id, batch_id, sealed, address_hash)
        values (:me, 'notice', :breach, :batch, '', '')""",
}


@pytest.mark.parametrize("table", POINTERS)
def test_no_row_can_point_at_a_row_of_another_organisation(scene: Scene, table: str):
    ids = scene.database.outside(
        """select (select id from incident limit 1) as incident,
                  (select id from processing_agreement limit 1) as agreement,
                  (select id from run where organisation_id = :office limit 1) as run,
                  (select id from mail_batch limit 1) as batch""",
        office=scene.office.id,
    )[0]
    with acting_for(scene.stranger):
        refused(POINTERS[table], FOREIGN_KEY, me=scene.stranger, breach=scene.breach, **ids)


def test_both_parties_see_the_escalation_and_the_agreement(scene: Scene):
    seen = {}
    for organisation in (scene.office.id, scene.controller, scene.stranger):
        with acting_for(organisation):
            seen[organisation] = (counted("escalation"), counted("processing_agreement"), counted("agreed_service"))
    assert seen == {scene.office.id: (2, 2, 2), scene.controller: (1, 1, 1), scene.stranger: (0, 0, 0)}


@pytest.mark.parametrize("table", ["escalation", "processing_agreement"])
def test_the_controller_reads_what_its_processor_writes_and_changes_nothing(scene: Scene, table: str):
    with acting_for(scene.controller):
        update = text(f"update {table} set contacts = '[]'")
        assert db.session.execute(update).rowcount == 0  # type: ignore[attr-defined]


@pytest.mark.parametrize("table", SHARED)
def test_no_agreement_or_escalation_is_made_but_through_a_door(scene: Scene, table: str):
    row = anothers_row(scene, table)["row"]
    with acting_for(scene.office.id):
        refused(copy_into(scene, table), row=row)


def test_the_register_of_the_controller_is_not_its_processors(scene: Scene):
    with acting_for(scene.office.id):
        mine = db.session.scalars(text("select id from breach")).all()
    assert scene.breach not in mine
    with acting_for(scene.controller):
        assert db.session.scalars(text("select id from breach")).all() == [scene.breach]


@pytest.mark.parametrize("table", IDENTITY)
def test_identity_is_the_short_named_list(scene: Scene, table: str):
    with acting_for_nobody():
        assert counted(table) > 0


def test_no_other_role_can_be_taken_on(scene: Scene):
    for role in ("meldketen_owner", "meldketen_door", "postgres"):
        with acting_for(scene.office.id):
            refused(f"set local role {role}")


@pytest.mark.parametrize("wanted", ["stranger", "office"])
def test_a_blank_setting_shows_no_row_and_another_one_only_its_own(scene: Scene, wanted: str):
    organisation: UUID = scene.stranger if wanted == "stranger" else scene.office.id
    with acting_for_nobody():
        db.session.execute(text("select set_config('app.organisation', '', true)"))
        assert counted("breach") == 0
        db.session.execute(text("select set_config('app.organisation', :o, true)"), {"o": str(organisation)})
        assert db.session.scalar(text("select count(*) from organisation")) == 1

"""The doors between organisations: who may open them, and what they do for somebody who is not a party."""

import json
from typing import Any
from uuid import UUID, uuid4

import pytest
from psycopg.errors import InsufficientPrivilege
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from tenants.agreements.processing_agreements import ProcessingAgreement, register_clients
from tenants.database import db
from tenants.history.entries import Actor, crossed
from tenants.identity.users import places_of
from tenants.isolation import acting_for, acting_for_nobody
from tenants.organisations.organisations import Organisation, the_acting_organisation
from tenants.register.escalations import acknowledge_receipt, report_decision
from tenants.register.notices import genuine
from tests.conftest import Database
from tests.factories import a_client, a_member, an_incident, an_organisation
from tests.operating import admit
from tests.tenants.conftest import Scene
from tests.tenants.escalating import OPERATORS_DOORS, open_escalations
from tests.tenants.tables import LAPSING

DOORS = """
    select p.oid::regprocedure::text as door, pg_get_userbyid(p.proowner) as owner, p.proconfig as settings,
           has_function_privilege('public', p.oid, 'execute') as for_everybody,
           has_function_privilege('meldketen_app', p.oid, 'execute') as for_the_app,
           p.prorettype = 'trigger'::regtype as is_called_by_a_table_alone
      from pg_proc p join pg_namespace n on n.oid = p.pronamespace
     where p.prosecdef and n.nspname not in ('pg_catalog', 'information_schema')"""
FOLLOWING = {"agreed_service", "contact_standing", "processing_agreement", "search_pending", "search_subject",
             "search_vocabulary", "search_word", "set_up_link"}  # fmt: skip
EVERYTHING = ("breach", "escalation", "history", "run", "step", "clock", "register_counter", "organisation")


def everything(database: Database) -> dict[str, Any]:
    """All that a door could change."""
    whole = "select md5(coalesce(string_agg(t::text, '|' order by t::text), '')) as all from {} t"
    return {table: database.outside(whole.format(table))[0]["all"] for table in EVERYTHING}


def inform(escalation: UUID) -> int:
    moment = "2026-11-20T12:00Z"
    row = {
        "escalation_id": str(escalation), "informed_at": moment, "informed_how": "phone", "alarm_at": moment,
        "due_at": moment, "terms": {}, "moments": [moment], "clock": "notify-authority",
    }  # fmt: skip
    informed = text("select controllers_informed(cast(:rows as jsonb))")
    crossed()
    return int(db.session.scalar(informed, {"rows": json.dumps([row])}) or 0)


@pytest.fixture
def fresh(scene: Scene) -> dict[str, Any]:
    """An escalation that nobody has been informed of, to the controller of the scene."""
    query = "select * from escalation where incident_id = :incident and controller_id = :controller"
    incident = an_incident(scene.office)
    return dict(scene.database.outside(query, incident=incident.id, controller=scene.controller)[0])


def test_every_door_is_closed_to_the_public_and_finds_its_own_tables(database: Database):
    doors = database.outside(DOORS)
    assert len(doors) >= 11
    for door in doors:
        assert door["owner"] == "meldketen_door", door["door"]
        search_path, *of_the_planner = door["settings"]
        assert search_path == "search_path=public, pg_temp", door["door"]
        assert all(setting.startswith("enable_") for setting in of_the_planner), door["door"]
        assert not door["for_everybody"], door["door"]
        if not door["is_called_by_a_table_alone"]:
            assert door["for_the_app"] != (door["door"].partition("(")[0] in OPERATORS_DOORS), door["door"]


def test_the_app_cannot_store_large_objects(database: Database):
    large = database.outside("""
        select oid::regprocedure::text as function, has_function_privilege('meldketen_app', oid, 'execute') as may
          from pg_proc where pronamespace = 'pg_catalog'::regnamespace
           and (proname like 'lo\\_%' or proname in ('loread', 'lowrite'))""")
    assert len(large) > 10 and [row["function"] for row in large if row["may"]] == []


def test_no_role_can_log_in_as_or_become_the_doorkeeper(database: Database):
    keeper = database.outside("select * from pg_roles where rolname = 'meldketen_door'")[0]
    assert not keeper["rolcanlogin"] and not keeper["rolbypassrls"] and not keeper["rolsuper"]
    members = database.outside("select pg_get_userbyid(member) as who from pg_auth_members where roleid = :door",
                               door=keeper["oid"])  # fmt: skip
    assert {row["who"] for row in members} <= {"meldketen_owner", "postgres"}


def test_the_doorkeeper_may_delete_only_lapsed_rows(database: Database):
    """The pending entries are on their way to the chain; counts to an address are of yesterday.

    An agreement that is planned may be withdrawn; words of searches and the standing of an address follow what they
    are of, and a link that sets up an installation ends once it did. Of a file that was taken its rows that did not fit
    lapse before it does. Of the breaches one that an old register brought,
    when its import is undone: a policy keeps to that.
    """
    rows = database.outside("""
        select table_name, privilege_type from information_schema.role_table_grants
         where grantee = 'meldketen_door' and table_name <> 'history_pending'
           and privilege_type in ('DELETE', 'TRUNCATE', 'TRIGGER')""")
    assert {row["table_name"] for row in rows} == {
        *LAPSING, "mail_to_address", "breach", "uploaded_part", *FOLLOWING,
    }  # fmt: skip
    assert {row["privilege_type"] for row in rows} == {"DELETE"}


def test_the_app_owns_nothing_and_bypasses_nothing(database: Database):
    app = database.outside("select * from pg_roles where rolname = 'meldketen_app'")[0]
    rights = ("rolsuper", "rolbypassrls", "rolcreaterole", "rolcreatedb", "rolreplication")
    assert not any(app[right] for right in rights)
    assert database.outside("select from pg_class where relowner = :app", app=app["oid"]) == []
    assert database.outside("select from pg_proc where proowner = :app", app=app["oid"]) == []
    assert database.outside("select from pg_auth_members where member = :app", app=app["oid"]) == []
    assert not database.outside("select has_schema_privilege('meldketen_app', 'public', 'create') as may")[0]["may"]


@pytest.mark.parametrize("who", ["stranger", "controller", "nobody"])
def test_nobody_escalates_somebody_elses_incident(scene: Scene, who: str):
    before = everything(scene.database)
    with acting_for_nobody() if who == "nobody" else acting_for(getattr(scene, who)):
        assert open_escalations(scene.incident) == 0
    assert everything(scene.database) == before


def test_nobody_escalates_along_somebody_elses_agreement(scene: Scene):
    """The stranger has an incident of its own, and guesses the office's agreement."""
    agreement = scene.database.outside("select id from processing_agreement limit 1")[0]["id"]
    with pytest.raises(DBAPIError, match="incident_client"), acting_for(scene.stranger):
        incident = db.session.scalar(text("""
            insert into incident (organisation_id, reference, title, services, found_at, became_aware_at, description,
                                  contact_name, contact_email, created_by)
            values (:me, '2026-0001', 't', '{payroll_bare}', now(), now(), 'd', 'n', 'e', :me) returning id
            """), {"me": scene.stranger})  # fmt: skip
        db.session.execute(
            text("insert into incident_client (organisation_id, incident_id, agreement_id) values (:me, :i, :a)"),
            {"me": scene.stranger, "i": incident, "a": agreement},
        )


@pytest.mark.parametrize("who", ["stranger", "controller", "nobody"])
def test_only_the_office_informs_for_its_own_escalation(scene: Scene, fresh: dict[str, Any], who: str):
    before = everything(scene.database)
    with acting_for_nobody() if who == "nobody" else acting_for(getattr(scene, who)):
        assert inform(fresh["id"]) == 0
    assert everything(scene.database) == before
    with acting_for(scene.office.id):
        assert inform(fresh["id"]) == 1


def test_informing_again_moves_no_legal_moment(scene: Scene):
    before = everything(scene.database)
    with acting_for(scene.office.id):
        assert inform(scene.escalation) == 0
    assert everything(scene.database) == before


@pytest.mark.parametrize("who", ["stranger", "other_controller", "office", "nobody"])
def test_nobody_acknowledges_or_decides_anothers_breach(scene: Scene, fresh: dict[str, Any], who: str):
    before = everything(scene.database)
    organisations = {"office": scene.office.id, "stranger": scene.stranger, "other_controller": scene.other_controller}
    with acting_for_nobody() if who == "nobody" else acting_for(organisations[who]):
        assert acknowledge_receipt(fresh["breach_id"], Actor(None, "Iemand anders")) is None
        report_decision(fresh["breach_id"], "not_notified")
    assert everything(scene.database) == before
    with acting_for(scene.controller):
        assert acknowledge_receipt(fresh["breach_id"], Actor(None, "Anna")) is not None


def test_a_receipt_is_confirmed_once(scene: Scene):
    before = everything(scene.database)
    with acting_for(scene.controller):
        assert acknowledge_receipt(scene.breach, Actor(None, "Nog eens")) is None
    assert everything(scene.database) == before


@pytest.mark.parametrize("who", ["nobody", "stranger", "controller"])
def test_only_an_admitted_office_registers_clients(scene: Scene, who: str):
    before = everything(scene.database)
    clients = {"clients": json.dumps([a_client(1)])}
    someone = acting_for_nobody() if who == "nobody" else acting_for(getattr(scene, who))
    with pytest.raises(DBAPIError) as fault, someone:
        db.session.execute(text("select register_clients(cast(:clients as jsonb))"), clients)
    assert isinstance(fault.value.orig, InsufficientPrivilege)
    assert everything(scene.database) == before


def test_registering_a_number_that_others_have_makes_a_register_of_ones_own(scene: Scene):
    theirs = scene.database.outside("select * from organisation where id = :id", id=scene.controller)[0]
    mine = an_organisation("Een ander kantoor")
    admit(mine)
    taken = a_client(1, kvk_number=theirs["kvk_number"], name="Overgenomen", financial_undertaking=True)
    with acting_for(mine):
        register_clients([taken])
        own = db.session.scalars(select(ProcessingAgreement)).one()
        assert (own.controller_name, own.controller_id == scene.controller) == ("Overgenomen", False)
    assert scene.database.outside("select * from organisation where id = :id", id=scene.controller)[0] == theirs
    made = scene.database.outside("select * from organisation where id = :id", id=own.controller_id)[0]
    assert (made["made_by"], made["claimed_at"], made["name"]) == (mine, None, "Overgenomen")


def test_a_user_is_told_only_the_places_of_that_user(scene: Scene):
    someone = a_member(scene.stranger, "auditor")
    with acting_for_nobody():
        places = places_of(someone.id or uuid4())
        assert [(place.organisation_id, place.role) for place in places] == [(scene.stranger, "auditor")]
        assert places_of(uuid4()) == []


def test_one_changes_ones_own_organisation_only(scene: Scene):
    with acting_for(scene.stranger):
        the_acting_organisation().fg_name = "Een FG"
        assert db.session.get(Organisation, scene.office.id) is None


def test_a_notice_that_was_not_sent_is_not_genuine_yet(scene: Scene):
    code = scene.database.outside("select check_code from notice")[0]["check_code"]
    with acting_for_nobody():
        assert genuine(code) is None

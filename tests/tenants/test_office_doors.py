"""What an office may not do is refused in the database too, to whoever goes around the rules of the service."""

import json
from typing import Any
from uuid import UUID

import pytest
from psycopg.errors import CheckViolation, InsufficientPrivilege
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from tenants.database import db
from tenants.history.entries import crossed
from tenants.isolation import acting_for
from tenants.organisations.admission import SUSPENDED
from tests.conftest import Database
from tests.factories import a_client, an_office, an_organisation
from tests.operating import admit
from tests.tenants.escalating import an_own_incident, open_escalations, register_of

ONE_MORE = """
    insert into processing_agreement (processor_id, controller_id, client_number, controller_name, in_force_from)
    values (:me, :register, 'X1', 'X', '2020-01-01')"""
MOVED = "update processing_agreement set controller_id = :register where processor_id = :me"
ANSWERED = """
    insert into consent (controller_id, processor_id, state, how, answered_at, ended_at)
    values (:register, :me, :state, 'claimed', case when :state <> 'asked' then now() end,
            case when :state = 'ended' then now() end)"""
HIT = text("""
    insert into incident_client (organisation_id, incident_id, agreement_id)
    select processor_id, :incident, id from processing_agreement""")


@pytest.mark.parametrize("act", [ONE_MORE, MOVED], ids=["insert", "update"])
@pytest.mark.parametrize("state", [None, "asked", "refused", "ended"])
def test_an_agreement_leads_to_a_register_that_the_office_made_only_while_it_is_accepted(
    database: Database, act: str, state: str | None
):  # fmt: skip
    """Whoever opened it decides, whichever answer stands there but that it accepts."""
    office = an_office(clients=1)
    register = register_of(office.id)
    database.outside("update organisation set claimed_at = now() where id = :o", o=register)
    if state:
        database.outside(ANSWERED, register=register, me=office.id, state=state)
    with pytest.raises(DBAPIError, match="did not accept"):
        database.outside(act, me=office.id, register=register)


def test_an_agreement_leads_to_what_the_office_made_while_nobody_opened_it(database: Database):
    office = an_office(clients=1)
    for act in (ONE_MORE, MOVED):
        database.outside(act, me=office.id, register=register_of(office.id))


def test_a_suspended_office_escalates_nothing_that_it_recorded_before(database: Database):
    office = an_office(clients=1)
    incident = an_own_incident(office)
    with acting_for(office.id):
        db.session.execute(HIT, {"incident": incident})
    admit(office.id, SUSPENDED)
    with pytest.raises(DBAPIError, match="not admitted") as refused, acting_for(office.id):
        open_escalations(incident)
    assert isinstance(refused.value.orig, InsufficientPrivilege)
    assert database.outside("select 1 from escalation where processor_id = :o", o=office.id) == []


def test_the_limit_on_clients_holds_for_who_goes_around_the_service(database: Database):
    office: UUID = an_organisation("Klein")
    admit(office)
    admit(office, None, most_clients=2)
    with acting_for(office):
        assert registered([a_client(1), a_client(2)]) == 2
    with pytest.raises(DBAPIError, match="more clients") as refused, acting_for(office):
        registered([a_client(3)])
    assert isinstance(refused.value.orig, CheckViolation)


def registered(clients: list[Any]) -> int:
    """As the service does, after its own rules."""
    door = text("select count(*) from register_clients(cast(:clients as jsonb))")
    count = int(db.session.scalar(door, {"clients": json.dumps(clients)}) or 0)
    crossed()
    return count

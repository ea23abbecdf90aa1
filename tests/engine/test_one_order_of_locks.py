"""Two acts on one office and its client at the same moment: one waits for the other, and neither is aborted."""

from collections.abc import Iterator
from concurrent.futures import Future
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from service.running.operator import as_operator
from tenants.agreements.consents import answer_processor
from tenants.agreements.processing_agreements import register_clients
from tenants.identity.users import OWNER, make_member
from tenants.isolation import acting_for, acting_for_nobody
from tenants.organisations.admission import release_claim
from tenants.organisations.joining import join_register
from tenants.organisations.organisations import the_acting_organisation
from tests.conftest import Database, until
from tests.factories import Office, a_client, a_member, an_incident, an_office, an_organisation, let
from workflows.trust.renaming import rename

CLIENT = (
    "update organisation set kvk_number = :kvk, made_by = :office where id = :client",
    "update organisation set kvk_number = :kvk where id = :beside",
    """insert into consent (controller_id, processor_id, state, how, answered_at)
       values (:client, :office, 'accepted', 'claimed', now())""",
    "update agreed_service set controller_id = :client where processor_id = :office",
    "update processing_agreement set controller_id = :client where processor_id = :office",
    "update organisation set joined_into = :client where made_by = :office and claimed_at is null",
)  # fmt: skip


@dataclass
class Scene:
    """A client that opened its register by the link of its office, and a second register with the same number."""

    database: Database
    office: Office
    client: UUID
    beside: UUID
    owner: Any
    number: str

    def escalates(self) -> object:
        return an_incident(self.office)

    def registers(self) -> object:
        with acting_for(self.office.id):
            return register_clients([a_client(77, kvk_number=self.number)])

    def ends(self) -> object:
        with acting_for(self.client):
            return answer_processor(self.office.id, "ended", None)

    def accepts_elsewhere(self) -> object:
        with acting_for(self.beside):
            return answer_processor(self.office.id, "accepted", None)

    def joins(self) -> object:
        with acting_for(self.beside):
            return join_register(self.client, self.owner.id)

    def releases(self) -> object:
        with acting_for(self.client):
            slug = the_acting_organisation().slug
        with as_operator(self.database.config) as operator:
            return release_claim(operator, slug, "Een vreemde")

    def renames_client(self) -> object:
        url = self.database.config.owner_url()
        return let(url, self.client, "rename", "Uittreksel", lambda act: rename(act, "Een andere naam"))


HELD = {
    "escalates": "select from register_counter where organisation_id = :client for update",
    "registers": """insert into processing_agreement (processor_id, controller_id, client_number, controller_name,
                    in_force_from) values (:office, :client, 'K0077', 'x', '2020-01-01')""",
    "ends": "select from consent where controller_id = :client for update",
    "accepts_elsewhere": "select from run where organisation_id = :client for update",
    "releases": "select from consent where controller_id = :client for update",
}
"""By the act that comes first: what it meets after its first locks, and where it waits while the second one begins."""
SECOND = [*HELD, "joins", "renames_client"]
OF_THESE = {
    "open_escalations", "register_clients", "answer_processor", "move_register", "lock_between", "join_register",
    "release_claim", "lock_for_release", "rename_by_operator",
}  # fmt: skip
OF_ITS_OWN_ROW = {"keep_held", "release_verified_mail", "let_mail_of_today_go", "begin_first_owner"}
"""They lock one organisation, the one that they are about, and write in no other."""


@pytest.fixture(params=["client_made_first", "office_made_first"])
def scene(request: pytest.FixtureRequest, database: Database) -> Iterator[Scene]:
    """Whichever of the two has the lower id."""
    if request.param == "client_made_first":
        client, beside, office = an_organisation(is_verified=False), an_organisation(), an_office(clients=1)
    else:
        office, client, beside = an_office(clients=1), an_organisation(is_verified=False), an_organisation()
    [row] = database.outside("select kvk_number from organisation where made_by = :o", o=office.id)
    values = {"kvk": row["kvk_number"], "office": office.id, "client": client, "beside": beside}
    with database.superuser.begin() as behind:
        behind.execute(text("set local session_replication_role = replica"))
        for statement in CLIENT:
            behind.execute(text(statement), {name: values[name] for name in values if f":{name}" in statement})
    owner = a_member(client, OWNER, "Mal")
    with acting_for_nobody():
        make_member(owner.id, beside, OWNER)
    an_incident(office)
    yield Scene(database, office, client, beside, owner, row["kvk_number"])


def at_once(scene: Scene, first: str, second: str) -> list[Future[object]]:
    """The first act waits in its middle until the second one has ended, or waits as well; then it goes on."""
    with scene.database.superuser.connect() as holder:
        holder.execute(text("set local session_replication_role = replica"))
        values = {"client": scene.client, "office": scene.office.id}
        holder.execute(text(HELD[first]), {name: values[name] for name in values if f":{name}" in HELD[first]})
        one = scene.database.elsewhere(getattr(scene, first))
        until(lambda: scene.database.blocked() >= 1 or one.done())
        assert not one.done(), one.exception()
        other = scene.database.elsewhere(getattr(scene, second))
        until(lambda: scene.database.blocked() >= 2 or other.done())
        holder.rollback()
    return [one, other]


def test_every_function_that_locks_organisations_is_known(database: Database):
    """Whoever adds one tries it below, beside each of the others."""
    found = database.outside(r"""
        select proname as name from pg_proc where pronamespace = 'public'::regnamespace
           and prosrc ~* '\yfrom organisation\y[^;]*\yfor (no key update|update|share|key share)\y'""")
    assert {row["name"] for row in found} == OF_THESE | OF_ITS_OWN_ROW


@pytest.mark.parametrize("second", SECOND)
@pytest.mark.parametrize("first", HELD)
def test_none_of_two_acts_is_aborted(scene: Scene, first: str, second: str):
    faults = [answer.exception(30) for answer in at_once(scene, first, second)]
    twice = first == second == "registers"  # one client is registered once
    assert faults[0] is None and (faults[1] is None or (twice and isinstance(faults[1], IntegrityError))), faults

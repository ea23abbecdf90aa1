"""Two acts on one office and its client at the same moment: one waits for the other, and neither is aborted."""

from concurrent.futures import Future
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from service.running.operator import as_operator
from tenants.agreements.changed_agreements import Terms, put_terms
from tenants.agreements.consents import answer_processor
from tenants.agreements.processing_agreements import register_clients
from tenants.errors import AlreadyDone
from tenants.identity.users import OWNER, make_member
from tenants.isolation import acting_for, acting_for_nobody
from tenants.organisations.admission import release_claim
from tenants.organisations.joining import join_register
from tenants.organisations.organisations import the_acting_organisation
from tests.conftest import Database, until
from tests.factories import (
    Office,
    a_client,
    a_member,
    an_incident,
    an_office,
    an_organisation,
    let,
    proven,
    sendgrid_tells,
)
from workflows.escalation.confirming_contacts import confirm_contact
from workflows.mail.outbox import Outbox
from workflows.running import jobs
from workflows.settings.renaming import rename

DOUBTED = """
    update {table} set contacts = jsonb_set(contacts, '{{0,led_elsewhere_at}}', to_jsonb(now()))
     where processor_id = :office"""
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
    other: Office
    client: UUID
    beside: UUID
    owner: Any
    number: str
    outbox: Outbox

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

    def confirms(self) -> object:
        return self._confirms("K0001")

    def confirms_another(self) -> object:
        """In another agreement of this client the same address is in doubt."""
        return self._confirms("K0078")

    def _confirms(self, client_number: str) -> object:
        [agreement] = self.database.outside(
            "select id, contacts from processing_agreement where processor_id = :o and client_number = :n",
            o=self.office.id, n=client_number)  # fmt: skip
        contact = {"name": "Anna", "email": agreement["contacts"][0]["email"]}
        with acting_for(self.office.id):
            return confirm_contact(agreement["id"], 1, contact, proven(self.office.officer))

    def changes(self) -> object:
        query = "select id from processing_agreement where processor_id = :o and client_number = 'K0001'"
        [agreement] = self.database.outside(query, o=self.office.id)
        roles = {"audit": "processor"}
        terms = Terms(in_force_from=date(2099, 1, 1), in_force_to=None, hours_to_notify=4, services=roles)
        with acting_for(self.office.id):
            return put_terms(agreement["id"], terms)

    def is_delivered(self) -> object:
        return self._worker(self.office)

    def other_is_delivered(self) -> object:
        return self._worker(self.other)

    def _worker(self, office: Office) -> object:
        """It takes a delivery: the runs of the office, its escalations, and the breaches of its clients."""
        done = jobs.drain(str(office.id))
        failed = "select error from step where organisation_id = :o and error is not null"
        assert [row["error"] for row in self.database.outside(failed, o=office.id)] == []
        return done

    def sent(self, office: Office) -> None:
        """An incident of this office, of which the first message was delivered, and that waits for a worker."""
        an_incident(office)
        jobs.drain(str(office.id))
        sendgrid_tells(self.outbox.mails[-1:])

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
    "confirms": "select from escalation where controller_id = :client for update",
    "changes": "select from processing_agreement where processor_id = :office for update",
    "is_delivered": "select from breach where organisation_id = :client for update",
    "other_is_delivered": "select from escalation where processor_id = :other for update",
}
"""By the act that comes first: what it meets after its first locks, and where it waits while the second one begins."""
OF_ONE_OFFICE = [act for act in HELD if act != "other_is_delivered"]
SECOND = [*OF_ONE_OFFICE, "joins", "renames_client", "confirms_another"]
OF_THESE = {
    "open_escalations", "register_clients", "answer_processor", "lock_between", "join_register", "release_claim",
    "lock_for_release", "rename_by_operator", "own_agreement", "take_back_clients",
}  # fmt: skip
OF_ITS_OWN_ROW = {"keep_held", "release_verified_mail", "let_mail_of_today_go", "begin_first_owner",
                  "make_test_client"}  # fmt: skip
"""They lock one organisation, the one that they are about, and write in no other that exists already."""


@pytest.fixture(params=["client_made_first", "office_made_first"])
def scene(request: pytest.FixtureRequest, database: Database, outbox: Outbox) -> Scene:
    """Whichever of the two has the lower id."""
    if request.param == "client_made_first":
        client, beside, office = an_organisation(is_verified=False), an_organisation(), an_office(clients=1)
    else:
        office, client, beside = an_office(clients=1), an_organisation(is_verified=False), an_organisation()
    return of_client(database, outbox, office, client, beside)


def of_client(database: Database, outbox: Outbox, office: Office, client: UUID, beside: UUID) -> Scene:
    """The client accepted the office; a message to its first contact, which is in doubt, was delivered just now."""
    [row] = database.outside("select a.contacts, o.kvk_number from organisation o join processing_agreement a "
                             "on a.controller_id = o.id where o.made_by = :o", o=office.id)  # fmt: skip
    owner = a_member(client, OWNER, "Mal")
    made = Scene(database, office, office, client, beside, owner, row["kvk_number"], outbox)
    with acting_for(office.id):
        register_clients([a_client(78, kvk_number=made.number, contacts=row["contacts"])])
    accepted_by_client(made, office)
    with acting_for_nobody():
        make_member(owner.id, beside, OWNER)
    made.sent(office)
    for table in ("processing_agreement", "escalation"):
        database.outside(DOUBTED.format(table=table), office=office.id)
    return made


def accepted_by_client(scene: Scene, office: Office) -> None:
    values = {"kvk": scene.number, "office": office.id, "client": scene.client, "beside": scene.beside}
    with scene.database.superuser.begin() as behind:
        behind.execute(text("set local session_replication_role = replica"))
        for statement in CLIENT:
            behind.execute(text(statement), {name: values[name] for name in values if f":{name}" in statement})


def at_once(scene: Scene, first: str, second: str, held: str | None = None) -> list[Future[object]]:
    """The first act waits in its middle until the second one has ended, or waits as well; then it goes on."""
    with scene.database.superuser.connect() as holder:
        holder.execute(text("set local session_replication_role = replica"))
        values = {"client": scene.client, "office": scene.office.id, "other": scene.other.id}
        held = held or HELD[first]
        holder.execute(text(held), {name: values[name] for name in values if f":{name}" in held})
        first_call = scene.database.elsewhere(getattr(scene, first))
        until(lambda: scene.database.blocked() >= 1 or first_call.done())
        assert not first_call.done(), first_call.exception()
        other = scene.database.elsewhere(getattr(scene, second))
        until(lambda: scene.database.blocked() >= 2 or other.done())
        holder.rollback()
    return [first_call, other]


def test_every_function_that_locks_organisations_is_known(database: Database):
    """Whoever adds one tries it below, beside each of the others."""
    rows = database.outside(r"""
        select proname as name from pg_proc where pronamespace = 'public'::regnamespace
           and prosrc ~* '\yfrom organisation\y[^;]*\yfor (no key update|update|share|key share)\y'""")
    assert {row["name"] for row in rows} == OF_THESE | OF_ITS_OWN_ROW


@pytest.mark.parametrize("second", SECOND)
@pytest.mark.parametrize("first", OF_ONE_OFFICE)
def test_two_acts_at_the_same_moment_wait_for_each_other(scene: Scene, first: str, second: str):
    faults = [answer.exception(30) for answer in at_once(scene, first, second)]
    twice: dict[str, type[Exception]] = {"registers": IntegrityError, "confirms": AlreadyDone,
                                          "changes": IntegrityError}  # fmt: skip
    kind = twice.get(first) if second.startswith(first) else None  # each of these is done once
    assert faults[0] is None and (faults[1] is None or (kind and isinstance(faults[1], kind))), faults


@pytest.mark.parametrize("first", ["other_is_delivered", "releases"])
def test_a_release_of_two_offices_waits_for_a_worker_of_each(scene: Scene, first: str):
    scene.other = an_office(clients=1)
    accepted_by_client(scene, scene.other)
    scene.sent(scene.other)
    second = "releases" if first == "other_is_delivered" else "other_is_delivered"
    assert [answer.exception(30) for answer in at_once(scene, first, second)] == [None, None]


@pytest.mark.parametrize("first", ["ends", "accepts_elsewhere", "releases"])
def test_who_leads_a_client_elsewhere_and_who_confirms_its_contact_wait(scene: Scene, first: str):
    """The first one is among the messages already, and comes to the agreements after them."""
    answers = at_once(scene, first, "confirms", HELD["confirms"])
    assert [answer.exception(30) for answer in answers] == [None, None]

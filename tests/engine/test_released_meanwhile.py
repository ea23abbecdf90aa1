"""An office escalates at the moment at which the register, in which several offices were accepted, is released."""

from uuid import UUID

from sqlalchemy import text

from service.running.operator import as_operator
from tenants.identity.users import OWNER
from tenants.isolation import acting_for
from tenants.organisations.admission import release_claim
from tenants.organisations.organisations import claim_acting_organisation, the_acting_organisation
from tests.conftest import Database, until
from tests.factories import a_member, an_incident, an_office, an_own_breach

SHARED = (
    """insert into consent (controller_id, processor_id, state, how, answered_at)
       values (:o, :b, 'accepted', 'asked', now())""",
    "update agreed_service set controller_id = :o where processor_id = :b",
    "update processing_agreement set controller_id = :o where processor_id = :b",
)  # fmt: skip


def test_its_breach_comes_where_its_agreement_leads(own_database: Database):
    office, other = an_office(clients=1), an_office(clients=1)
    agreed = "select controller_id from processing_agreement where processor_id = :a"
    register: UUID = own_database.outside(agreed, a=office.id)[0]["controller_id"]
    with acting_for(register):
        claim_acting_organisation()
        slug = the_acting_organisation().slug
    with own_database.superuser.begin() as behind:
        behind.execute(text("set local session_replication_role = replica"))
        for statement in SHARED:
            behind.execute(text(statement), {"o": register, "b": other.id})
    an_own_breach(register, a_member(register, OWNER, "Mal"))

    def release() -> UUID | None:
        with as_operator(own_database.config) as operator:
            return release_claim(operator, slug, "Een vreemde")

    with own_database.superuser.connect() as holder:
        held = text("select from register_counter where organisation_id = :o for update")
        holder.execute(held, {"o": register})  # the office waits for its number here
        escalated = own_database.elsewhere(an_incident, other)
        own_database.wait_until_blocked()
        released = own_database.elsewhere(release)
        until(lambda: released.done() or own_database.blocked() >= 2)
        holder.rollback()
    escalated.result()
    assert released.result() == register
    [row] = own_database.outside("""
        select e.controller_id, a.controller_id as agreed_with
          from escalation e join processing_agreement a on a.id = e.agreement_id""")
    assert row["controller_id"] == row["agreed_with"] != register

"""Organisations of every kind with something on each of their pages, and people of every role who look at them."""

from datetime import timedelta
from uuid import uuid4

from tenants.database import db
from tenants.identity.invitations import new_invitation
from tenants.identity.mailed_links import new_reset
from tenants.identity.sessions import hash_of_token
from tenants.identity.users import APPROVER, FG, HANDLER, OWNER, PRIVACY_OFFICER, ROLES
from tenants.isolation import acting_for, acting_for_nobody, database_now
from tenants.organisations.organisations import claim_acting_organisation, the_acting_organisation
from tenants.register.escalations import board
from tests.conftest import Database
from tests.factories import Office, a_user, an_incident, an_office, an_organisation, an_own_breach
from tests.open_decisions import a_sent_notice, fail_for_good, let_days_pass, send_with_unknown_outcome
from tests.pages.conftest import slug_of, typed_assessment
from tests.pages.worlds import AskedAboutIncident, Login, MailedLink, OneOwner, a_begun_notice
from tests.worlds.calls import record_call
from tests.worlds.rare_states import House, rare_houses
from tests.worlds.waiting_approvals import WaitingApprovals
from workflows.mail.outbox import Outbox

MARK = """
    update processing_agreement set contacts = jsonb_set(contacts, '{0,led_elsewhere_at}', to_jsonb(now()))
     where processor_id = :o"""
SAID_NO = """
    update contact_standing set says_no_at = now(), successor = '{"name": "Bo Bakker", "email": "bo@client.example"}'
     where id = (select id from contact_standing where organisation_id = :o and address like 'bo%' order by id limit 1)
    returning id"""
RETURNED = """
    update contact_standing set bounced_at = now(), bounce_reason = 'no such mailbox'
     where id = (select id from contact_standing where organisation_id = :o and says_no_at is null
                  order by id desc limit 1)"""
ASKED = """
    update contact_standing set asked_at = now(), token_hash = sha256(:token),
                                token_expires_at = now() + interval '1 day'
     where id = (select id from contact_standing where organisation_id = :o order by id limit 1)"""


def every_house(database: Database, outbox: Outbox, reader: Login) -> list[House]:
    """Return an office, its client, controllers, somebody alone, who was asked by an office, and the rare states."""
    rare = rare_houses(database, reader)
    office, client = _an_office_and_its_client(database, outbox)
    asked, alone = AskedAboutIncident(database), OneOwner(reader)
    controllers = _approving(), _deciding(reader), _informing(database, outbox)
    only = House(alone.id, {OWNER: alone.owner})
    return [office, client, *controllers, only, House.of(asked.id, OWNER, privacy_officer=asked.by), *rare]


def _an_office_and_its_client(database: Database, outbox: Outbox) -> tuple[House, House]:
    """Return an office and a client that it called.

    The office has failed steps, mail of unknown fate, contacts that led elsewhere, said no and do not take mail, and an
    incident that may end.
    """
    office = an_office(clients=4)
    house = House.of(office.id, *ROLES, privacy_officer=office.officer)
    base = f"/o/{slug_of(office.id)}"
    an_incident(office, title="Laptop gestolen")
    run = fail_for_good(database, office.id, "escalation", "inform")
    incident = an_incident(office, hours_ago=30)
    with acting_for(office.id):
        row = min(board(incident.id, 9), key=lambda each: each.controller_name)
        record_call(row.id, database_now() - timedelta(hours=1), "phone", office.officer)
    _may_end(office)
    send_with_unknown_outcome(office.id, outbox)
    with acting_for(row.controller_id):
        assert claim_acting_organisation()
    with acting_for(office.id):
        the_acting_organisation().reply_address = "post@delinde.example"
    house.addresses += [f"{base}/runs/{run}/retry", f"{base}/questions", f"{base}/register/{uuid4()}"]
    house.addresses.append(f"{base}/incidents/{incident.id}/escalations/{row.id}")
    with acting_for(office.id):
        _, invitation = new_invitation(office.id, "nieuw@kantoor.example", HANDLER)
        db.session.add(invitation)
    database.outside(MARK, o=office.id)
    [row_of] = database.outside(SAID_NO, o=office.id)
    database.outside(RETURNED, o=office.id)
    house.addresses.append(f"{base}/agreements/contacts/said-no/{row_of['id']}")
    return house, House.of(row.controller_id, OWNER, PRIVACY_OFFICER, APPROVER)


def _may_end(office: Office) -> None:
    """Record an incident whose only client was called."""
    incident = an_incident(office, office.hits[1:2], title="Brief bij de buren")
    with acting_for(office.id):
        [row] = board(incident.id, 9)
        record_call(row.id, database_now(), "phone", office.officer)


def _approving() -> House:
    """Return a controller whose breach and notice wait for approval, with another breach that is new."""
    there = WaitingApprovals()
    an_own_breach(there.id, there.officer)
    return House.of(
        there.id, FG, owner=there.owner, privacy_officer=there.officer, approver=there.approver, handler=there.handler,
        auditor=there.auditor,
    )  # fmt: skip


def _deciding(reader: Login) -> House:
    """Return a controller that has begun a notice, and may submit what was approved of its breach."""
    there = a_begun_notice(reader)
    breach_page = f"{there.base}/breaches/{there.breach}"
    for who, step, form in (
        (there.olga, "assess", typed_assessment()), (there.olga, "draft", {"decision": "notify", "reason": "Risico"}),
        (there.adam, "approve", {"agrees": "true"}),
    ):  # fmt: skip
        who.done(f"{breach_page}/steps/{step}", form, seen=breach_page)
    return House.of(there.id, privacy_officer=there.officer, approver=there.approver, handler=there.handler)


def _informing(database: Database, outbox: Outbox) -> House:
    """Return a controller that sent a notice of which nothing was heard for days."""
    organisation = an_organisation("Bakkerij")
    a_sent_notice(organisation, outbox)
    let_days_pass(database, organisation)
    return House.of(organisation, PRIVACY_OFFICER, HANDLER)


def of_nobody(database: Database) -> list[str]:
    """Return the addresses of pages that ask for no login."""
    link = MailedLink(database).path
    forgot = a_user().id
    with acting_for_nobody():
        reset = new_reset(forgot)
    asking = an_office()
    database.outside(ASKED, o=asking.id, token=b"asked")
    return ["/contact/asked", "/contact/onbekend", "/login", "/password-reset", "/genuine", "/genuine?code=2222-3333",
            "/nergens", "/login/nergens",
            link, link.replace("receipt", "invitation"), "/receipt/onbekend", "/password-reset/onbekend",
            f"/password-reset/{reset}", *_links_for_answers()]  # fmt: skip


def _links_for_answers() -> list[str]:
    """Return a link to confirm where answers go, and one by which somebody did."""
    tokens = ["open-link", "used-link"]
    for token in tokens:
        with acting_for(an_organisation()):
            organisation = the_acting_organisation()
            organisation.reply_address, organisation.reply_link_hash = "post@huis.example", hash_of_token(token)
            organisation.reply_link_ends_at = database_now() + timedelta(days=1)
            if token == "used-link":
                organisation.reply_in_use, organisation.reply_confirmed_at = "post@huis.example", database_now()
    return [f"/reply-address/{token}" for token in tokens]

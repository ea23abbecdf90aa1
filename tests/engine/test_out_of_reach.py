"""Who cannot be mailed stops nobody else's mail, and somebody is told: on the overview, on the call list."""

from uuid import UUID

import pytest

from tenants.history.entries import Actor
from tenants.isolation import acting_for, database_now
from tenants.register.escalations import escalation
from tests.conftest import Database
from tests.factories import Office, a_member, an_incident, an_office, an_organisation, an_own_breach, sendgrid_tells
from workflows.escalation.incident_board import call_list
from workflows.mail.outbox import Outbox
from workflows.mail.reminding import out_of_reach, tell_of_broken_glass
from workflows.mail.sender import Stopped
from workflows.running import jobs

BO = {"name": "Bo", "email": "bo@client.example", "phone": "020 12345"}


def told(outbox: Outbox) -> list[tuple[str, str]]:
    """Who was written to, and how the subject begins."""
    return [(person.name, mail.subject.partition(":")[0]) for mail in outbox.mails for person in mail.people]


def to_call(office: Office, incident: UUID) -> int:
    with acting_for(office.id):
        return len(call_list(incident))


def test_colleagues_of_somebody_with_an_impossible_address_get_their_mail(
    own_database: Database, outbox: Outbox
):
    organisation = an_organisation()
    a_member(organisation, name="Fenna")
    lost = a_member(organisation, name="Rob")
    own_database.outside("update app_user set email = 'rob' where id = :id", id=lost.id)
    an_own_breach(organisation, hours_ago=70)
    with acting_for(organisation):
        assert out_of_reach() == ["Rob"]
        tell_of_broken_glass(organisation, Actor(None, "Iemand"))
    jobs.sweep()
    jobs.drain(str(organisation))
    assert [name for name, _ in told(outbox)] == ["Fenna", "Fenna"]


BY_PHONE = {"name": "Lida", "phone": "010 12345"}


@pytest.mark.parametrize("contacts", [[], [{"name": "Lida", "email": "lida"}], [BY_PHONE]])
def test_a_client_without_an_address_is_called_at_once(
    own_database: Database, outbox: Outbox, contacts: list[dict[str, str]]
):
    office = an_office(contacts=contacts)
    incident = an_incident(office)
    jobs.drain(str(office.id))
    assert outbox.mails == [] and to_call(office, incident.id) == 1


def test_the_second_contact_hears_of_a_first_that_did_not_react_only_where_that_is_so(
    own_database: Database, outbox: Outbox
):
    office = an_office(contacts=[{"name": "Lida", "email": "lida"}, BO])
    incident = an_incident(office)
    jobs.drain(str(office.id))
    [(name, begins)] = told(outbox)
    assert name == "Bo" and begins.startswith("Datalek bij")
    assert to_call(office, incident.id) == 1, "the contact that was passed over hears nothing by mail"


@pytest.mark.parametrize("first", ["lida", "", "lida@", "l ida@client.example", "lida@client.example"])
def test_whose_first_contact_is_passed_over_is_on_the_call_list(own_database: Database, outbox: Outbox, first: str):
    office = an_office(contacts=[{"name": "Lida", "email": first}, BO])
    incident = an_incident(office)
    jobs.drain(str(office.id))
    assert len(outbox.mails) == 1 and to_call(office, incident.id) == (told(outbox)[0][0] != "Lida")


@pytest.mark.parametrize(("event", "subject"), [("bounce", "Datalek bij"), ("processed", "Nog geen reactie")])
def test_who_was_never_reached_is_not_said_to_be_silent(
    own_database: Database, outbox: Outbox, event: str, subject: str
):
    office = an_office()
    an_incident(office, hours_ago=25)
    jobs.drain(str(office.id))
    sendgrid_tells(outbox.mails, event)
    jobs.drain(str(office.id))
    if event == "processed":
        jobs.sweep()
        jobs.drain(str(office.id))
    assert next(begins for name, begins in told(outbox) if name == "Bo").startswith(subject)


def test_mail_that_waits_for_a_person_puts_its_client_on_the_call_list(own_database: Database, outbox: Outbox):
    office = an_office()
    incident = an_incident(office)
    outbox.answer_next(Stopped(401, "the key was refused"))
    jobs.drain(str(office.id))
    assert to_call(office, incident.id) == 1


def test_a_step_that_failed_puts_its_client_on_the_call_list(own_database: Database, outbox: Outbox):
    office = an_office()
    incident = an_incident(office)
    own_database.outside("update step set state = 'failed', lease_token = null where kind = 'job'")
    jobs.sweep()
    assert to_call(office, incident.id) == 1
    with acting_for(office.id):
        [called] = call_list(incident.id)
        assert escalation(called.id).call_needed_at <= database_now()

"""The operator's rename is told: the owners are mailed, and each office that has the organisation as its client."""

from uuid import UUID

import pytest
from sqlalchemy.exc import DBAPIError

from tenants.history.entries import of_subject
from tenants.history.witness import verify_acting_organisation
from tenants.identity.users import APPROVER, OWNER
from tenants.isolation import acting_for
from tenants.organisations.organisations import the_acting_organisation
from tests.conftest import Database
from tests.factories import Office, a_member, an_office, let
from workflows.mail.outbox import Outbox
from workflows.running import jobs
from workflows.settings.renaming import rename

NEW, NOTE = "Bakkerij Jansen B.V.", "Uittreksel van 1 november, gezien door J. Mulder"


def a_client_in_use(database: Database, office: Office) -> UUID:
    """A client of the office, opened, with two owners and an approver."""
    [row] = database.outside(
        "update organisation set claimed_at = now() where made_by = :o returning id", o=office.id)  # fmt: skip
    for name, role in (("Anna", OWNER), ("Bo", OWNER), ("Cas", APPROVER)):
        a_member(row["id"], role, name)
    return UUID(str(row["id"]))


def everybody_reads(outbox: Outbox, *organisations: UUID) -> dict[str, str]:
    """What is mailed about a name, by the name of the reader."""
    for organisation in organisations:
        while jobs.drain(str(organisation)):
            pass
    mails = [mail for mail in outbox.mails if "heet voortaan" in mail.subject]
    return {person.name: " ".join(mail.as_read_by(person)[1].split()) for mail in mails for person in mail.people}


def renamed(database: Database, organisation: UUID, name: str = NEW) -> None:
    let(database.config.owner_url(), organisation, "rename", NOTE, lambda act: rename(act, name))


def test_owners_and_offices_hear_both_names(own_database: Database, outbox: Outbox):
    office = an_office(clients=1)
    client = a_client_in_use(own_database, office)
    with acting_for(client):
        before = the_acting_organisation().name
    renamed(own_database, client)
    read = everybody_reads(outbox, client, office.id)
    assert set(read) == {"Anna", "Bo", "Fenna de Wit"}
    for text in read.values():
        assert before in text and NEW in text and "de beheerder van Meldketen" in text
    assert NOTE in read["Anna"] and "Klopt hij niet?" in read["Anna"]
    assert NOTE not in read["Fenna de Wit"] and "blijft zoals die is" in read["Fenna de Wit"]
    with acting_for(office.id):
        [entry] = [entry for entry in of_subject(client) if entry.what == "client.renamed"]
        assert (entry.details["before"], entry.details["after"]) == (before, NEW)
        assert verify_acting_organisation().ok
    with acting_for(client):
        assert verify_acting_organisation().ok


def test_only_those_concerned_hear_of_the_new_name(own_database: Database, outbox: Outbox):
    office, other = an_office(clients=1), an_office(clients=1)
    [row] = own_database.outside("select id from organisation where made_by = :o", o=office.id)
    renamed(own_database, row["id"])
    assert len(everybody_reads(outbox, other.id)) == 0 and len(everybody_reads(outbox, office.id)) == 1


def test_renaming_to_the_same_name_sends_no_mail(own_database: Database, outbox: Outbox):
    office = an_office(clients=1)
    client = a_client_in_use(own_database, office)
    renamed(own_database, client)
    everybody_reads(outbox, client, office.id)
    outbox.mails.clear()
    renamed(own_database, client)
    assert everybody_reads(outbox, client, office.id) == {}


def test_what_is_taken_back_is_told_to_nobody(own_database: Database, outbox: Outbox):
    """The mail, the history and the office's news stand or fall with the name itself."""
    office = an_office(clients=1)
    client = a_client_in_use(own_database, office)
    with pytest.raises(DBAPIError):
        let(own_database.config.owner_url(), client, "rename", NOTE, lambda act: (rename(act, NEW), rename(act, NEW)))
    assert everybody_reads(outbox, client, office.id) == {}
    counts = "select (select count(*) from news) + (select count(*) from history where what like '%renamed') as n"
    assert own_database.outside(counts) == [{"n": 0}]

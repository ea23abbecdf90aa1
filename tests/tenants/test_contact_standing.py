"""What is known of each address of a contact: kept while it stands in an agreement, marked by mail events."""

from typing import Any
from uuid import UUID, uuid4

import pytest
from alembic import command
from sqlalchemy import select, text

from service.embedded.servers import Embedded
from tenants.agreements.asked_contacts import who_said_no, whose_mail_returned
from tenants.agreements.contact_standing import WORKS, failing
from tenants.agreements.contact_states import contact_counts
from tenants.agreements.processing_agreements import ProcessingAgreement, register_clients
from tenants.agreements.replaced_contacts import replace_contact
from tenants.database import db
from tenants.isolation import acting_for, acting_for_nobody
from tests.conftest import Database, until
from tests.counting import statements_of
from tests.factories import Office, a_client, an_incident, an_office
from tests.tenants.carried import database_at
from workflows.mail.events import record
from workflows.mail.outbox import Outbox
from workflows.mail.sender import Mail
from workflows.running import jobs

BEFORE = (
    """insert into organisation (id, slug, name, claimed_at) values
         (cast(md5('office') as uuid), 'kantoor', 'Kantoor', now())""",
    "insert into organisation (id, slug, name, made_by) values (cast(md5('c') as uuid), 'c', 'C', md5('office')::uuid)",
    """insert into processing_agreement
         (processor_id, controller_id, client_number, controller_name, contacts, in_force_from) values
         (cast(md5('office') as uuid), cast(md5('c') as uuid), 'K1', 'C',
          jsonb_build_array(jsonb_build_object('name', 'Bea', 'email', ' Bea@Boekhouder.example'),
                            jsonb_build_object('name', 'Jan', 'phone', '010'),
                            jsonb_build_object('name', 'Piet', 'email', null)), '2020-01-01')""",
)
"""An office with a client, as statements."""
READ = text("""
    select sum(seq_tup_read + idx_tup_fetch) from pg_stat_xact_user_tables where relname in ('recipient', 'run')""")
AT = 1_795_000_000
SHARED = {"name": "Bea Boekhouder", "email": "Bea@Boekhouder.example", "phone": ""}
ADDRESS = "bea@boekhouder.example"
OTHER = {"name": "Cor", "email": "cor@boekhouder.example"}


@pytest.fixture
def sent() -> list[Mail]:
    """What the workers of this test send."""
    outbox = Outbox()
    jobs.use_mail_sender(outbox)
    return outbox.mails


def an_office_with(*contacts: dict[str, str], clients: int = 1) -> Office:
    return an_office(clients, contacts=list(contacts))


def rows(database: Database, office: Office) -> dict[str, Any]:
    found = database.outside("select * from contact_standing where organisation_id = :o", o=office.id)
    return {row["address"]: row for row in found}


def tell(mails: list[Mail], *events: tuple[str, int], reason: str = "", kind: str = "bounce") -> int:
    """One post of the webhook: for every reader of these mails these events, each so many seconds after AT; how many
    rows of readers and runs were read for it."""
    posted = [
        {**person.custom, "event": event, "sg_event_id": uuid4().hex, "timestamp": AT + after, "reason": reason,
         "type": kind}
        for mail in mails for person in mail.people for event, after in events
    ]  # fmt: skip
    with acting_for_nobody():
        record(posted)
        return int(db.session.scalar(READ) or 0)


def escalated(office: Office, sent: list[Mail]) -> list[Mail]:
    before = len(sent)
    an_incident(office)
    jobs.drain(str(office.id))
    assert len(sent) > before
    return sent[before:]


def test_an_address_of_many_agreements_stands_there_once_without_its_capitals(own_database: Database):
    office = an_office_with(SHARED, clients=3)
    assert list(rows(own_database, office)) == ["bea@boekhouder.example"]


def test_a_contact_without_an_address_has_no_standing(own_database: Database):
    office = an_office_with({"name": "Jan", "email": "  ", "phone": "010"}, {"name": "Piet", "phone": "020"})
    assert rows(own_database, office) == {}


def agreements(office: Office) -> list[tuple[UUID, list[dict[str, Any]]]]:
    with acting_for(office.id):
        return [(row.controller_id, row.contacts) for row in db.session.scalars(
            select(ProcessingAgreement).where(ProcessingAgreement.processor_id == office.id)
            .order_by(ProcessingAgreement.client_number))]  # fmt: skip


def test_what_is_known_of_an_address_goes_with_its_last_agreement(own_database: Database):
    office = an_office_with(SHARED, clients=2)
    before = rows(own_database, office)["bea@boekhouder.example"]["id"]
    for left, (register, contacts) in zip((1, 0), agreements(office), strict=True):
        with acting_for(office.id):
            replace_contact([register], contacts[0], OTHER, ADDRESS)
        there = rows(own_database, office)
        assert ("bea@boekhouder.example" in there) == bool(left) and "cor@boekhouder.example" in there
        assert not left or there["bea@boekhouder.example"]["id"] == before
    assert set(rows(own_database, office)) == {"cor@boekhouder.example"}


def test_an_address_that_comes_while_it_goes_elsewhere_keeps_its_standing(own_database: Database):
    """One transaction registers a client with the address; another one takes it from the only agreement that had it."""
    office = an_office_with(SHARED)
    [(register, contacts)] = agreements(office)

    def let_go() -> None:
        with acting_for(office.id):
            replace_contact([register], contacts[0], OTHER, ADDRESS)

    with acting_for(office.id):
        register_clients([a_client(2, contacts=[SHARED])])
        letting_go = own_database.elsewhere(let_go)
        until(lambda: own_database.blocked() or letting_go.done())
    letting_go.result(30)
    assert set(rows(own_database, office)) == {"bea@boekhouder.example", "cor@boekhouder.example"}


def test_the_same_address_at_another_office_is_a_row_of_that_office(own_database: Database, sent: list[Mail]):
    one, other = an_office_with(SHARED), an_office_with(SHARED)
    tell(escalated(one, sent), ("bounce", 0))
    assert [rows(own_database, office)["bea@boekhouder.example"]["works"] for office in (one, other)] == [False, True]


@pytest.mark.parametrize(("posts", "bounces"), [
    ([[("bounce", 5)]], True),
    ([[("dropped", 5)]], True),
    ([[("deferred", 5)]], False),
    ([[("processed", 1), ("deferred", 5)], [("delivered", 9)]], False),
    ([[("delivered", 5)], [("bounce", 9)]], True),
    ([[("bounce", 9)], [("delivered", 5)]], True),
    ([[("delivered", 5), ("bounce", 5)]], True),
    ([[("bounce", 5)], [("delivered", 9)]], False),
    ([[("delivered", 9)], [("bounce", 5)]], False),
    ([[("bounce", 5)], [("bounce", 5)], [("spamreport", 9)]], True),
])  # fmt: skip
def test_the_newest_of_what_mail_did_counts_in_any_order(
    own_database: Database, sent: list[Mail], posts: list[list[tuple[str, int]]], bounces: bool
):
    office = an_office_with(SHARED)
    mails = escalated(office, sent)
    for post in posts:
        tell(mails, *post)
    row = rows(own_database, office)["bea@boekhouder.example"]
    assert (row["bounces"], row["works"]) == (bounces, not bounces)


@pytest.mark.parametrize(("reason", "bounces"), [
    ("Bounced Address", True), ("Unsubscribed Address", True), ("Spam Reporting Address", True), ("", True),
    ("Invalid SMTPAPI header", False), ("Spam Content (if Spam Checker app is enabled)", False),
    ("Recipient List over Package Quota", False),
])  # fmt: skip
def test_what_is_dropped_for_its_text_or_our_account_says_nothing_of_the_address(
    own_database: Database, sent: list[Mail], reason: str, bounces: bool
):
    office = an_office_with(SHARED)
    tell(escalated(office, sent), ("dropped", 1), reason=reason)
    assert rows(own_database, office)["bea@boekhouder.example"]["bounces"] is bounces


@pytest.mark.parametrize(("posts", "bounces"), [
    ([("blocked", 5)], False), ([("bounce", 1), ("blocked", 5)], True), ([("blocked", 1), ("bounce", 5)], True),
])  # fmt: skip
def test_a_server_that_refuses_for_a_while_says_nothing_of_the_address(
    own_database: Database, sent: list[Mail], posts: list[tuple[str, int]], bounces: bool
):
    """SendGrid calls that a bounce too, of the type "blocked": the message goes to the next contact all the same."""
    office = an_office_with(SHARED, OTHER)
    mails = escalated(office, sent)
    for kind, after in posts:
        tell(mails, ("bounce", after), kind=kind)
    assert rows(own_database, office)["bea@boekhouder.example"]["bounces"] is bounces
    jobs.drain(str(office.id))
    assert [person.address for person in sent[-1].people] == [OTHER["email"]]


def entries(database: Database, office: Office, what: str) -> list[dict[str, Any]]:
    found = database.outside(
        "select details from history where organisation_id = :o and what = :w order by seq", o=office.id, w=what
    )
    return [row["details"] for row in found]


def test_the_history_says_once_at_which_contact_of_which_client_mail_began_to_return(
    own_database: Database, sent: list[Mail]
):
    office = an_office_with({"name": "Jan", "email": "", "phone": "010"}, SHARED, clients=2)
    mails = escalated(office, sent)
    tell(mails, ("bounce", 1))
    tell(mails, ("bounce", 2), ("dropped", 3))
    assert entries(own_database, office, "contact.bounced") == [
        {"client_number": number, "contact": 2} for number in ("K0001", "K0002")
    ]
    tell(mails, ("delivered", 4))
    tell(mails, ("bounce", 5))
    assert len(entries(own_database, office, "contact.bounced")) == 4


def test_correcting_the_address_ends_it(own_database: Database, sent: list[Mail]):
    office = an_office_with(SHARED)
    tell(escalated(office, sent), ("bounce", 1))
    [(register, contacts)] = agreements(office)
    with acting_for(office.id):
        assert failing() == {"bea@boekhouder.example"}
        replace_contact([register], contacts[0], OTHER, ADDRESS)
        assert failing() == frozenset()
        replace_contact([register], OTHER, contacts[0], OTHER["email"])
        assert failing() == {"bea@boekhouder.example"}, "it comes back as it went"


@pytest.mark.parametrize("mark", ["bounced_at = now()", "says_no_at = now(), successor = '{\"name\": \"Bo\"}'"])
def test_a_mark_stands_when_its_address_returns(own_database: Database, mark: str):
    """Out and in again makes no address that failed a clean one; whom it named goes at once."""
    office = an_office_with(SHARED)
    own_database.outside(f"update contact_standing set {mark}")
    before = rows(own_database, office)[ADDRESS]
    [(register, contacts)] = agreements(office)
    with acting_for(office.id):
        replace_contact([register], contacts[0], OTHER, ADDRESS)
    away = rows(own_database, office)[ADDRESS]
    assert away["left_at"] and not away["works"] and away["successor"] is None and away["next_at"] is None
    with acting_for(office.id):
        assert failing() == frozenset() and contact_counts().bounced + contact_counts().said_no == 0
        assert who_said_no(10) == whose_mail_returned(10) == []
        replace_contact([register], OTHER, contacts[0], OTHER["email"])
    again = rows(own_database, office)
    assert set(again) == {ADDRESS}, "an address that works leaves nothing behind"
    kept = ("id", "bounced_at", "says_no_at", "works")
    assert [again[ADDRESS][name] for name in kept] == [before[name] for name in kept]
    assert again[ADDRESS]["left_at"] is None


def test_addresses_of_before_have_their_standing_and_come_up_a_year_after_they_were_registered(servers: Embedded):
    with database_at(servers, "contacts_of_before", "0078") as before:
        with before.superuser.begin() as there:
            for agreement in BEFORE:
                there.execute(text(agreement))
        command.upgrade(before.alembic, "head")
        with before.superuser.begin() as there:
            rows = there.execute(text("select address, next_at - since as waits, works from contact_standing")).all()
            walled = "select relforcerowsecurity from pg_class where relname = 'processing_agreement'"
            assert there.scalar(text(walled)) is True
    assert [(row.address, row.works) for row in rows] == [("bea@boekhouder.example", True)]
    assert rows[0].waits.days in (365, 366)


def test_a_mail_to_the_offices_own_people_is_not_about_a_contact(own_database: Database, sent: list[Mail]):
    office = an_office_with(SHARED)
    escalated(office, sent)
    of_contacts = own_database.outside("select purpose from recipient where contact_id is not null")
    assert {row["purpose"] for row in of_contacts} == {"escalation"}


def test_events_about_a_thousand_contacts_take_as_many_statements_as_about_one(
    own_database: Database, sent: list[Mail]
):
    def statements(clients: int) -> int:
        office = an_office(clients)
        mails = escalated(office, sent)
        with statements_of() as seen:
            tell(mails, ("bounce", 1))
        bouncing = [address for address, row in rows(own_database, office).items() if row["bounces"]]
        assert len(bouncing) == clients, "the first contact of each"
        return len(seen)

    assert statements(1) == statements(300)


def test_events_of_tables_that_have_just_grown_read_no_reader_for_each_run(own_database: Database, sent: list[Mail]):
    """PostgreSQL has not looked at the tables since, as in the first minute of a new installation."""
    office = an_office(200)
    assert 200 < tell(escalated(office, sent), ("bounce", 1)) < 2 * 200 * 200


def test_ten_thousand_clients_are_asked_for_a_working_contact_in_one_pass_each(own_database: Database):
    """The addresses that fail are read once, and not again for each client."""
    office = an_office(0)
    many = [a_client(n, contacts=[{"name": "A", "email": f"a{n}@x.example", "phone": ""}]) for n in range(10_000)]
    with acting_for(office.id):
        register_clients(many)
    own_database.outside("update contact_standing set bounced_at = now()")
    own_database.outside("analyze")
    query = f"select count(*) from processing_agreement where not {WORKS.format(table='processing_agreement')}"
    with acting_for(office.id):
        assert db.session.scalar(text(query)) == 10_000
        lines = db.session.scalars(text(f"explain (analyze, timing off) {query}")).all()
    reads = [line for line in lines if "on contact_standing" in line]
    assert reads and all("loops=1)" in line for line in reads), "\n".join(lines)

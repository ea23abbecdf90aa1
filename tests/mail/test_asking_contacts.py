"""Once a year a contact is asked whether they still are: once, within a limit a day, and reminded once."""

import re
from dataclasses import replace
from uuid import UUID

import pytest

from tenants.agreements.processing_agreements import register_clients
from tenants.isolation import acting_for
from tenants.organisations.admission import SUSPENDED
from tenants.register.escalations import acknowledge_receipt
from tests.conftest import Database
from tests.counting import statements_of
from tests.factories import FENNA, Office, a_client, a_member, an_incident, an_office
from tests.operating import admit
from workflows.escalation import asking_contacts
from workflows.escalation.answering_contacts import is_no_more, office_that_asks, still_is
from workflows.escalation.asking_contacts import ask_contacts, offices_to_ask
from workflows.mail.limits import DROPPED
from workflows.mail.outbox import Outbox
from workflows.mail.sender import Mail
from workflows.running import jobs

MOST = 500
ANNA = {"name": "Anna de Boer", "email": "Anna@client.example", "phone": ""}
LINK = re.compile(r"/contact/([\w-]+)")


@pytest.fixture
def sent(own_database: Database) -> list[Mail]:
    """What the workers of this test send."""
    outbox = Outbox()
    jobs.use_mail_sender(outbox)
    return outbox.mails


@pytest.fixture
def office(own_database: Database) -> Office:
    """Two clients with the same bookkeeper, registered a year and a day ago."""
    made = an_office(2, contacts=[ANNA])
    own_database.outside("update contact_standing set next_at = now() - interval '1 day'")
    return made


def later(database: Database, days: int) -> None:
    """So many days pass for all that is written about contacts, and the day's count of mail is over."""
    moments = ("since", "next_at", "asked_at", "reminded_at", "token_expires_at", "confirmed_at", "says_no_at")
    moved = ", ".join(f"{moment} = {moment} - make_interval(days => :days)" for moment in moments)
    database.outside(f"update contact_standing set {moved}", days=days)
    database.outside("delete from mail_count")
    database.outside("delete from mail_to_address")


def tick(office: Office) -> None:
    """What a clock process and then a worker do."""
    for due in offices_to_ask(MOST):
        ask_contacts(due, MOST)
    jobs.drain(str(office.id))


def asked(sent: list[Mail]) -> list[Mail]:
    return [mail for mail in sent if mail.purpose == "contact_check"]


def token_in(mail: Mail) -> str:
    """The link as the only reader of this mail reads it."""
    [person] = mail.people
    _, plain, _ = mail.as_read_by(person)
    found = LINK.search(plain)
    assert found
    return found[1]


def answered(token: str, *names: dict[str, str]) -> None:
    with acting_for(office_that_asks(token)):
        is_no_more(token, names[0]) if names else still_is(token)


def told(database: Database, office: Office, what: str) -> list[dict[str, object]]:
    rows = database.outside(
        "select details from history where organisation_id = :o and what = :w order by seq", o=office.id, w=what
    )
    return [row["details"] for row in rows]


def test_an_address_of_two_clients_is_asked_once_and_both_histories_of_agreements_say_so(
    own_database: Database, office: Office, sent: list[Mail]
):
    tick(office)
    [mail] = asked(sent)
    [person] = mail.people
    subject, plain, html = mail.as_read_by(person)
    assert person.address == ANNA["email"] and "Client 1 en nog een opdrachtgever" in subject
    assert "De Linde Accountants" in plain and "Fenna de Wit" in plain and mail.reply_to in plain
    assert "Twee weken geleden" not in plain + html
    assert told(own_database, office, "contact.asked") == [
        {"client_number": number, "contact": 1} for number in ("K0001", "K0002")
    ]
    tick(office)
    assert len(asked(sent)) == 1


def test_an_english_office_asks_in_english(own_database: Database, office: Office, sent: list[Mail]):
    own_database.outside("update organisation set locale = 'en', fg_name = 'Gea', fg_email = 'fg@delinde.example'")
    tick(office)
    [mail] = asked(sent)
    subject, plain, _ = mail.as_read_by(mail.people[0])
    assert "Client 1 and one other client" in subject and "Gea" not in plain
    assert mail.reply_to not in (None, "fg@delinde.example"), "nobody confirmed the address of the FG"


def test_answers_go_to_the_confirmed_address_of_the_settings(own_database: Database, office: Office, sent: list[Mail]):
    own_database.outside("""
        update organisation set reply_address = 'post@delinde.example',
               reply_in_use = 'post@delinde.example', sender_name = 'De Linde',
               reply_confirmed_at = now() where id = :o""", o=office.id)  # fmt: skip
    tick(office)
    [mail] = asked(sent)
    assert mail.reply_to == "post@delinde.example" and "De Linde" in str(mail.on_behalf_of)
    assert "post@delinde.example" in mail.as_read_by(mail.people[0])[1]


def test_nobody_is_asked_within_a_year(own_database: Database, sent: list[Mail]):
    fresh = an_office(1, contacts=[ANNA])
    later(own_database, 364)
    tick(fresh)
    assert asked(sent) == []
    later(own_database, 2)
    tick(fresh)
    assert len(asked(sent)) == 1


def test_who_does_not_answer_is_reminded_once_and_asked_again_a_year_later(
    own_database: Database, office: Office, sent: list[Mail]
):
    tick(office)
    later(own_database, 13)
    tick(office)
    assert len(asked(sent)) == 1
    later(own_database, 2)
    tick(office)
    first, again = asked(sent)
    assert "Twee weken geleden" in again.as_read_by(again.people[0])[1]
    assert told(own_database, office, "contact.reminded")[0] == {"client_number": "K0001", "contact": 1}
    for days in (16, 300, 30):
        later(own_database, days)
        tick(office)
        assert len(asked(sent)) == 2
    later(own_database, 30)
    tick(office)
    assert len(asked(sent)) == 3 and "Twee weken" not in asked(sent)[2].as_read_by(asked(sent)[2].people[0])[1]
    assert token_in(first) != token_in(again)


@pytest.mark.parametrize("which", [0, 1])
def test_who_says_yes_in_either_mail_is_asked_a_year_after_that(
    own_database: Database, office: Office, sent: list[Mail], which: int
):
    tick(office)
    later(own_database, 15)
    tick(office)
    answered(token_in(asked(sent)[which]))
    assert len(told(own_database, office, "contact.confirmed")) == 2
    later(own_database, 364)
    tick(office)
    assert len(asked(sent)) == 2
    later(own_database, 2)
    tick(office)
    assert len(asked(sent)) == 3


def test_who_says_no_is_not_asked_again(own_database: Database, office: Office, sent: list[Mail]):
    tick(office)
    answered(token_in(asked(sent)[0]), {"name": "Bo", "email": "bo@client.example"})
    for days in (15, 400):
        later(own_database, days)
        tick(office)
    assert len(asked(sent)) == 1
    [row] = own_database.outside("select works, successor from contact_standing")
    assert row == {"works": False, "successor": {"name": "Bo", "email": "bo@client.example"}}


@pytest.mark.parametrize("why", [
    "update contact_standing set bounced_at = now()",
    "update processing_agreement set in_force_to = current_date - 2",
    """update processing_agreement set contacts = jsonb_set(contacts, '{0,led_elsewhere_at}', '"2026-01-01T00:00Z"')
        where client_number = 'K0002'""",
    "update processing_agreement set contacts = jsonb_set(contacts, '{0,email}', '\"anna at client\"')",
])  # fmt: skip
def test_who_cannot_be_asked_now_is_looked_at_again_later(
    own_database: Database, office: Office, sent: list[Mail], why: str
):
    own_database.outside(why)
    own_database.outside("update contact_standing set next_at = now()")
    tick(office)
    assert asked(sent) == [] and offices_to_ask(MOST) == []
    [row] = own_database.outside("select next_at > now() + interval '29 days' as is_later from contact_standing")
    assert row["is_later"]


def test_an_office_that_was_suspended_asks_nobody(own_database: Database, office: Office, sent: list[Mail]):
    admit(office.id, SUSPENDED)
    tick(office)
    assert asked(sent) == []
    admit(office.id)
    tick(office)
    assert len(asked(sent)) == 1


def test_a_receipt_by_that_address_counts_as_alive(own_database: Database, office: Office, sent: list[Mail]):
    an_incident(office)
    jobs.drain(str(office.id))
    [row] = own_database.outside("select controller_id, breach_id from escalation order by id limit 1")
    with acting_for(row["controller_id"]):
        acknowledge_receipt(row["breach_id"], replace(FENNA, id=None), ANNA["email"])
    tick(office)
    assert asked(sent) == []
    [row] = own_database.outside("select confirmed_at is not null and works as is_alive from contact_standing")
    assert row["is_alive"]


def test_two_clocks_ask_as_one(own_database: Database, office: Office, sent: list[Mail]):
    both = [own_database.elsewhere(ask_contacts, office.id, MOST) for _ in range(2)]
    assert sorted(future.result(20) for future in both) == [0, 1]
    jobs.drain(str(office.id))
    assert len(asked(sent)) == 1


class Killed(BaseException):
    """The process ends between the note that somebody was asked and the mail."""


def test_a_clock_that_dies_before_its_mail_is_planned_has_asked_nobody(
    own_database: Database, office: Office, sent: list[Mail]
):
    def dying() -> None:
        with statements_of() as seen, pytest.raises(Killed), acting_for(office.id):
            asking_contacts.ask_due(MOST)
            assert any("mail_batch" in statement for statement in seen)
            raise Killed

    dying()
    [row] = own_database.outside("select asked_at, (select count(*) from mail_batch) as mails from contact_standing")
    assert row == {"asked_at": None, "mails": 0}
    tick(office)
    assert len(asked(sent)) == 1


def test_more_than_a_days_limit_are_asked_on_the_next_morning(own_database: Database, sent: list[Mail]):
    most = DROPPED["contact_check"].of_organisation
    office = an_office(most + 30)
    own_database.outside("update contact_standing set next_at = now() where address like 'anna%'")
    tick(office)
    assert sum(len(mail.people) for mail in asked(sent)) == most
    assert offices_to_ask(MOST) == []
    put_off = """
        select count(*) as so_many from contact_standing where asked_at is null and next_at < now() + interval '2 days'
           and extract(hour from next_at at time zone 'Europe/Amsterdam') = 9"""
    assert own_database.outside(put_off) == [{"so_many": 30}]
    later(own_database, 2)
    tick(office)
    assert sum(len(mail.people) for mail in asked(sent)) == most + 30


def test_a_heap_of_one_office_delays_no_other(own_database: Database, sent: list[Mail]):
    """Each office has its own transaction, and what cannot be asked is put off at once."""
    heavy, good = an_office(9), an_office(1, contacts=[ANNA])
    own_database.outside("update contact_standing set next_at = now() - interval '1 day'")
    own_database.outside(
        "update organisation_key set wrapped_key = null, destroyed_at = now() where organisation_id = :o", o=heavy.id
    )
    jobs.sweep(8)
    jobs.drain(str(good.id))
    assert [mail.people[0].address for mail in asked(sent)] == [ANNA["email"]]


def statements_to_ask(clients: int, database: Database) -> int:
    office: UUID = an_office(0).id
    with acting_for(office):
        register_clients([a_client(n) for n in range(clients)])
    database.outside("update contact_standing set next_at = now() where organisation_id = :o", o=office)
    with statements_of() as seen:
        assert ask_contacts(office, 20_000) == min(2 * clients, DROPPED["contact_check"].of_organisation)
    return len(seen)


def test_ten_thousand_contacts_take_as_many_statements_as_a_few(own_database: Database, sent: list[Mail]):
    few = statements_to_ask(101, own_database)
    assert statements_to_ask(5_000, own_database) == few


def test_the_mail_names_an_owner_where_no_privacy_officer_and_no_fg_answers(
    own_database: Database, office: Office, sent: list[Mail]
):
    owner = a_member(office.id, "owner", name="Olga Eigenaar")
    own_database.outside("update membership set role = 'handler' where user_id = :u", u=office.officer.id)
    tick(office)
    [mail] = asked(sent)
    assert owner.name in mail.as_read_by(mail.people[0])[1]

"""A contact that comes in the place of another one stands once at a client, whoever puts it there, and hears once."""

import re
from collections.abc import Callable
from typing import Any

import pytest

from tenants.agreements.processing_agreements import register_clients
from tenants.errors import Invalid, NotFound
from tenants.history.entries import of_subject
from tenants.isolation import acting_for
from tenants.register.escalations import escalation
from tests.conftest import Database
from tests.counting import statements_of
from tests.factories import Office, a_client, an_incident, an_office, proven, sendgrid_tells
from workflows.escalation.confirming_contacts import confirm_contact
from workflows.escalation.correcting_contacts import correct_contact
from workflows.escalation.escalation_mail import places_written_to
from workflows.escalation.taking_over_contacts import take_over
from workflows.mail.outbox import Outbox
from workflows.running import jobs

OLD = {"name": "Olav", "email": "olav@client.example", "phone": "0201"}
NEW = {"name": "Nina", "email": "nina@client.example", "phone": "0202"}
LAST = {"name": "Lex", "email": "lex@client.example"}
TYPED = {"name": "Nina", "email": " Nina@client.example "}
LOCKED = re.compile(r"select\s+from (\w+).*for (?:share|no key update)", re.DOTALL)
MARKED = """
    update {table} set contacts = (
      select jsonb_agg(case when c->>'email' = :old then c || '{{"led_elsewhere_at": "2026-01-01T00:00Z"}}' else c end
                       order by nth) from jsonb_array_elements(contacts) with ordinality as x(c, nth))
     where processor_id = :o"""


class Scene:
    """An office with one client and an open message to it; `written`: how many of its contacts were mailed."""

    def __init__(self, database: Database, outbox: Outbox, contacts: list[dict[str, Any]], written: int) -> None:
        self.database, self.outbox, self.office = database, outbox, an_office(1, contacts=contacts)
        an_incident(self.office)
        self.work()
        for _ in range(written - 1):
            sendgrid_tells(self.mails()[-1:], "bounce")
            self.work()
        [row] = database.outside("select id, agreement_id from escalation where processor_id = :o", o=self.office.id)
        self.message, self.agreement = row["id"], row["agreement_id"]
        self.by, self.before = proven(self.office.officer), len(self.mails())

    def work(self) -> None:
        while jobs.drain(str(self.office.id)):
            pass

    def mails(self) -> list[Any]:
        return [mail for mail in self.outbox.mails if mail.purpose == "escalation"]

    def mailed(self) -> list[str]:
        return [person.address for mail in self.mails()[self.before :] for person in mail.people]

    def rung(self) -> int:
        with acting_for(self.office.id):
            return escalation(self.message).rung

    def bounces(self) -> None:
        """None of the mails so far arrived."""
        sendgrid_tells(self.mails(), "bounce")
        self.work()

    def takes_over(self, contact: dict[str, Any]) -> None:
        said_no(self.database, self.office)
        [row] = self.database.outside("select id from contact_standing where address = :a", a=OLD["email"])
        with acting_for(self.office.id):
            take_over(row["id"], contact, self.by)

    def corrects(self, contact: dict[str, Any]) -> None:
        with acting_for(self.office.id):
            place = [each["name"] for each in escalation(self.message).contacts].index(OLD["name"]) + 1
            correct_contact(self.message, place, contact, 1 << 40, self.by)

    def confirms(self, contact: dict[str, Any]) -> None:
        self.marked()
        [row] = self.database.outside("""
            select c.nth from processing_agreement a
             cross join jsonb_array_elements(a.contacts) with ordinality as c(contact, nth)
             where a.id = :a and c.contact->>'email' = :old""", a=self.agreement, old=OLD["email"])  # fmt: skip
        with acting_for(self.office.id):
            confirm_contact(self.agreement, row["nth"], contact, self.by)

    def marked(self) -> None:
        """Mail to the first contact led elsewhere: it waits for a check."""
        for table in ("processing_agreement", "escalation"):
            self.database.outside(MARKED.format(table=table), o=self.office.id, old=OLD["email"])

    def version(self) -> int:
        [row] = self.database.outside("select version from processing_agreement where id = :a", a=self.agreement)
        return int(row["version"])

    def contacts(self) -> list[list[dict[str, Any]]]:
        rows = self.database.outside("""
            select contacts from processing_agreement where processor_id = :o union all
            select contacts from escalation where processor_id = :o""", o=self.office.id)  # fmt: skip
        return [row["contacts"] for row in rows]


def said_no(database: Database, office: Office) -> None:
    database.outside(
        "update contact_standing set says_no_at = now() where organisation_id = :o and address = :a",
        o=office.id, a=OLD["email"],
    )  # fmt: skip


@pytest.fixture
def scene(own_database: Database, outbox: Outbox) -> Callable[..., Scene]:
    return lambda contacts, written=1: Scene(own_database, outbox, contacts, written)


ACTS = {"take over": Scene.takes_over, "correct": Scene.corrects, "confirm": Scene.confirms}


@pytest.mark.parametrize("act", ACTS)
@pytest.mark.parametrize(("before", "after"), [
    ([OLD, NEW, LAST], [NEW, LAST]), ([NEW, OLD, LAST], [NEW, LAST]), ([OLD, LAST, NEW], [NEW, LAST]),
    ([LAST, NEW, OLD], [LAST, NEW]), ([OLD, NEW, NEW], [NEW]),
    ([OLD, LAST], [{"name": "Nina", "email": "nina@client.example"}, LAST]),
])  # fmt: skip
def test_each_address_stands_once_whoever_puts_it_there(
    scene: Callable[..., Scene], act: str, before: list[dict[str, Any]], after: list[dict[str, Any]]
) -> None:
    made = scene(before)
    ACTS[act](made, TYPED | {"email": NEW["email"]})
    assert made.contacts() == [after, after]


@pytest.mark.parametrize("act", ["take over", "confirm"])
def test_who_was_mailed_about_it_already_is_not_mailed_again(scene: Callable[..., Scene], act: str) -> None:
    made = scene([OLD, NEW, LAST], written=2)
    ACTS[act](made, NEW)
    made.work()
    assert (made.mailed(), made.rung()) == ([], 1)
    with acting_for(made.office.id):
        assert places_written_to([made.message]) == {made.message: {1}}
    made.bounces()
    assert made.mailed() == [LAST["email"]], "the next one is mailed once the mail before did not arrive"


@pytest.mark.parametrize("act", ACTS)
def test_who_was_not_mailed_yet_is_mailed_once_and_nobody_is_passed_over(scene: Callable[..., Scene], act: str) -> None:
    made = scene([OLD, LAST, NEW])
    ACTS[act](made, NEW)
    made.work()
    assert made.mailed() == [NEW["email"]]
    made.bounces()
    assert made.mailed() == [NEW["email"], LAST["email"]]
    made.bounces()
    assert made.mailed() == [NEW["email"], LAST["email"]], "nobody is left"


def test_a_later_contact_that_was_mailed_out_of_turn_is_not_mailed_again_by_turn(scene: Callable[..., Scene]) -> None:
    made = scene([OLD, NEW, LAST])
    with acting_for(made.office.id):
        correct_contact(made.message, 3, LAST | {"name": "Lex L."}, 1 << 40, made.by)
    made.takes_over(NEW)
    made.work()
    assert sorted(made.mailed()) == sorted([LAST["email"], NEW["email"]])
    made.bounces()
    assert len(made.mailed()) == 2


def test_a_contact_whose_turn_has_not_come_waits_for_it(scene: Callable[..., Scene]) -> None:
    made = scene([LAST, NEW, OLD])
    made.takes_over({"name": "Pia", "email": "pia@client.example"})
    made.work()
    assert made.mailed() == []
    made.bounces()
    made.bounces()
    assert made.mailed() == [NEW["email"], "pia@client.example"]


def test_the_histories_say_which_place_went(scene: Callable[..., Scene], own_database: Database) -> None:
    made = scene([OLD, NEW, LAST])
    made.takes_over(NEW)
    rows = own_database.outside("select details from history where organisation_id = :o and what in "
                                "('agreement.contact_replaced', 'escalation.contact_corrected')", o=made.office.id)
    assert [row["details"] for row in rows] == [{"place": 1, "stood_at": 2, "removed": [2]}] * 2


@pytest.mark.parametrize("act", [*ACTS, "add", "lead elsewhere"])
def test_whoever_had_the_clients_form_open_reads_what_changed(scene: Callable[..., Scene], act: str) -> None:
    made = scene([OLD, LAST])
    if act == "confirm":
        made.marked()
    seen = made.version()
    if act == "add":
        with acting_for(made.office.id):
            correct_contact(made.message, 3, NEW, 1 << 40, made.by)
    elif act == "lead elsewhere":
        made.database.outside("select lead_with_doubt(processor_id, controller_id, controller_id, null), "
                              "chain_history('[]') from escalation where id = :m", m=made.message)
    else:
        ACTS[act](made, NEW)
    with acting_for(made.office.id):
        entries = [entry for entry in of_subject(made.agreement) if entry.version is not None]
        assert [entry.version >= seen for entry in entries][-1]
        assert all(entry.version < made.version() for entry in entries if entry.version is not None), "read once"


def test_a_form_that_was_open_while_a_place_went_changes_nobody_else(scene: Callable[..., Scene]) -> None:
    """Place 2 of that form was Nina; it is Lex now."""
    made = scene([OLD, NEW, LAST])
    made.takes_over(NEW)
    with acting_for(made.office.id), pytest.raises(Invalid) as refused:
        correct_contact(made.message, 2, {"name": "Nina N.", "email": "n@client.example"}, 0, made.by)
    assert refused.value.key == "contact.changed_meanwhile"
    assert made.contacts()[1] == [NEW, LAST]


def test_an_address_that_is_there_is_not_added_again(scene: Callable[..., Scene], own_database: Database) -> None:
    made = scene([OLD, NEW])
    with acting_for(made.office.id), pytest.raises(Invalid) as refused:
        correct_contact(made.message, 3, TYPED, 1 << 40, made.by)
    assert (refused.value.key, refused.value.field) == ("contact.stands_here", "email")
    own_database.outside("""update escalation set contacts = '[{"name": "Olav", "email": "olav@client.example"}]'""")
    with acting_for(made.office.id):
        correct_contact(made.message, 2, NEW | {"name": "N."}, 1 << 40, made.by)
    assert [[each["email"] for each in contacts] for contacts in made.contacts()] == [[OLD["email"], NEW["email"]]] * 2


def test_another_address_in_doubt_takes_no_place(scene: Callable[..., Scene], own_database: Database) -> None:
    made = scene([OLD, NEW])
    for table in ("processing_agreement", "escalation"):
        own_database.outside(MARKED.format(table=table), o=made.office.id, old=NEW["email"])
    for act in ACTS.values():
        with pytest.raises(Invalid) as refused:
            act(made, NEW)
        assert (refused.value.key, refused.value.field) == ("contact.address_doubted", "email")


def statements_to_take_over(clients: int, outbox: Outbox, database: Database) -> int:
    office = an_office(clients, contacts=[OLD, LAST])
    an_incident(office)
    while jobs.drain(str(office.id)):
        pass
    said_no(database, office)
    [row] = database.outside("select id from contact_standing where organisation_id = :o and says_no_at is not null",
                             o=office.id)  # fmt: skip
    with statements_of() as seen, acting_for(office.id):
        assert take_over(row["id"], NEW, proven(office.officer)) == clients
    locks = [found[1] for statement in seen if (found := LOCKED.search(statement))]
    assert locks == ["organisation", "processing_agreement", "invitation", "escalation"], "each once, in this order"
    [told] = database.outside("""
        select count(*) as so_many from history where what = 'agreement.contact_replaced' and organisation_id in (
          select controller_id from processing_agreement where processor_id = :o)""", o=office.id)  # fmt: skip
    assert told["so_many"] == clients
    return len(seen)


def test_taking_over_at_thirty_clients_takes_as_many_statements_as_at_three(
    own_database: Database, outbox: Outbox
) -> None:
    assert statements_to_take_over(3, outbox, own_database) == statements_to_take_over(30, outbox, own_database)


def test_all_clients_of_one_bookkeeper_keep_their_own_contacts(own_database: Database, outbox: Outbox) -> None:
    office = an_office(0)
    lists = [[OLD, NEW], [OLD | {"name": "O."}, LAST], [LAST, OLD]]
    with acting_for(office.id):
        register_clients([a_client(n, contacts=contacts) for n, contacts in enumerate(lists)])
    said_no(own_database, office)
    [row] = own_database.outside("select id from contact_standing where says_no_at is not null")
    with acting_for(office.id):
        take_over(row["id"], NEW, proven(office.officer))
    rows = own_database.outside("select contacts from processing_agreement order by client_number")
    assert [row["contacts"] for row in rows] == [[NEW], [NEW, LAST], [LAST, NEW]]
    with acting_for(office.id), pytest.raises(NotFound):
        take_over(row["id"], NEW, proven(office.officer))

"""A contact is corrected: the link at the wrong address ends, one form mails once, and a stale form undoes nothing."""

import re
from collections.abc import Callable
from html import unescape
from typing import Any
from uuid import UUID

import pytest

from tenants.agreements.consents import ENDED
from tenants.agreements.processing_agreements import register_clients
from tenants.errors import NotFound
from tenants.history.entries import Actor, of_subject
from tenants.identity.invitations import Invitation, invitation_of, new_invitation
from tenants.identity.users import OWNER
from tenants.isolation import acting_for, acting_for_nobody
from tenants.organisations.organisations import claim_acting_organisation
from tenants.register.escalations import acknowledge_receipt, board, escalation, report_decision
from tests import factories
from tests.conftest import Database, until
from tests.factories import a_member, an_incident, an_office, proven, verified
from tests.pages.calling_desk import Desk
from tests.pages.conftest import Reader, slug_of
from tests.pages.forms import local
from workflows.accounts.inviting import confirm_receipt
from workflows.escalation.correcting_contacts import correct_contact
from workflows.escalation.escalation import inform
from workflows.escalation.incident import ClientHit
from workflows.mail.limits import REFUSED
from workflows.trust.consenting import answer

Login = Callable[[Actor], Reader]
KEES = {"name": "Kees", "email": "kees@nieuw.example", "phone": ""}
BY_TELEPHONE = {"name": "Balie", "email": "", "phone": "0201234567"}
LINKS = """
    select i.email, i.withdrawn_at is not null as ended from invitation i join escalation e on e.breach_id = i.breach_id
     where e.id = :e order by i.created_at"""


@pytest.fixture
def desk(reader: Login) -> Desk:
    """The first contact of its client was mailed; nobody opened the register."""
    made = Desk(reader)
    with acting_for(made.office.id):
        list(inform(board(made.incident, 1)))
    return made


def first_link(database: Database, desk: Desk) -> str:
    """A token for the first contact's link; the real one is in the mail alone."""
    token, row = new_invitation(desk.client, "x@example.nl", OWNER)
    of = "update invitation set token_hash = :h where email = :to and breach_id = " \
         "(select breach_id from escalation where id = :e)"
    database.outside(of, h=row.token_hash, to=desk.contacts[0]["email"], e=desk.client)
    return token


def links(database: Database, desk: Desk) -> list[tuple[str, bool]]:
    return [(row["email"], row["ended"]) for row in database.outside(LINKS, e=desk.client)]


def seen_at(reader: Reader, at: str) -> dict[str, str]:
    """What a form carries of what it saw, as somebody has it open."""
    return dict(re.findall(r'name="(seen|adds)" value="(\d+)"', reader.see(at)))


def contacts(desk: Desk) -> list[dict[str, Any]]:
    with acting_for(desk.office.id):
        return list(escalation(desk.client).contacts)


def test_the_link_at_the_replaced_address_opens_and_confirms_nothing(
    desk: Desk, stranger: Reader, database: Database
) -> None:
    token, old = first_link(database, desk), desk.contacts[0]["email"]
    assert stranger.client.get(f"/receipt/{token}").status_code == 200
    page = desk.fenna.done(f"{desk.at}/contacts/1", KEES)
    assert links(database, desk) == [(old, True), (KEES["email"], False)]
    assert "link naar het oude adres werkt niet meer" in page
    for at in (f"/receipt/{token}", f"/invitation/{token}"):
        said = unescape(stranger.see(at, 404))
        assert "Deze link kwam van " in said and "Bel " in said and "op een nummer dat u zelf kent" in said
        assert desk.office_name in said
    database.outside("update invitation set withdrawn_at = null, expires_at = now()")
    said = unescape(stranger.see(f"/receipt/{token}", 404))
    assert f"Deze link kwam van {desk.office_name} en is verlopen" in said
    with acting_for(desk.office.id):
        assert escalation(desk.client).acknowledged_at is None


def test_a_used_link_stays_and_so_does_one_to_an_address_that_stays(desk: Desk, database: Database) -> None:
    old = desk.contacts[0]["email"]
    desk.fenna.done(f"{desk.at}/contacts/1", {"name": "Anders", "email": old.upper(), "phone": "0201234567"})
    assert [ended for _, ended in links(database, desk)] == [False, False], "the same address, written otherwise"
    desk.fenna.done(f"{desk.at}/contacts/1", KEES)
    database.outside("update invitation set used_at = now() where email = :to", to=KEES["email"])
    desk.fenna.done(f"{desk.at}/contacts/1", BY_TELEPHONE)
    ended = {address: is_ended for address, is_ended in links(database, desk)}
    assert ended == {old: True, KEES["email"]: False}, "a used link stays as it was"


def test_an_address_that_is_replaced_goes_wherever_this_client_has_it(
    reader: Login, stranger: Reader, database: Database
) -> None:
    """Two agreements of one client, with another telephone number and spelling beside the wrong address."""
    wrong, office = "oud@client.example", an_office(clients=0)
    shared = {"name": "Balie", "email": f" {wrong.upper()}", "phone": "+31 3"}
    spellings = [[{"name": "Oud", "email": wrong, "phone": "+31 1"}, shared], [{"name": "Oude C.", "email": wrong}]]
    with acting_for(office.id):
        terms = factories.a_client(1)
        clients = [terms | {"client_number": f"LP{n}", "contacts": c} for n, c in enumerate(spellings, 1)]
        register_clients(clients, office.officer)
    incidents = [an_incident(office, [ClientHit(1, number, 5, 5)]) for number in ("LP1", "LP2")]
    with acting_for(office.id):
        first, second = (board(incident.id, 1)[0] for incident in incidents)
        assert first.controller_id == second.controller_id
        list(inform([first, second]))
    token, row = new_invitation(first.controller_id, wrong, OWNER, first.breach_id)
    database.outside("update invitation set token_hash = :h where breach_id = :b", h=row.token_hash, b=first.breach_id)
    assert stranger.client.get(f"/receipt/{token}").status_code == 200
    at = f"/o/{slug_of(office.id)}/incidents/{incidents[1].id}/escalations/{second.id}/contacts/1"
    reader(office.officer).done(at, KEES)
    assert stranger.client.get(f"/receipt/{token}").status_code == 404
    open_links = database.outside("select email from invitation where organisation_id = :c and withdrawn_at is null",
                                  c=first.controller_id)
    assert [link["email"] for link in open_links] == [KEES["email"]]
    kept = database.outside("""select contacts from processing_agreement where controller_id = :c union all
                               select contacts from escalation where controller_id = :c""", c=first.controller_id)
    kees = {name: part for name, part in KEES.items() if part}
    without = {"name": "Balie", "phone": "+31 3"}
    assert sorted(map(str, (row["contacts"] for row in kept))) == sorted(map(str, 2 * [[kees], [kees, without]]))
    with acting_for(office.id):
        [entry] = [entry for entry in of_subject(first.id) if entry.what == "escalation.contact_corrected"]
        assert entry.details["before"] == spellings[0][0], "what stood there stays in the history"


def test_a_receipt_that_waits_for_the_correction_is_not_confirmed(desk: Desk, database: Database) -> None:
    """Who read the link before the correction was there, and gets the message's lock after it."""
    token = first_link(database, desk)
    with acting_for_nobody():
        read = invitation_of(token)
        client = read.organisation_id

    def confirm() -> None:
        with acting_for(client):
            held = invitation_of(token)
            waiting.append(held)
            confirm_receipt(held, "Vreemde")

    waiting: list[Invitation] = []
    with acting_for(desk.office.id):
        contact = {name: part for name, part in KEES.items() if part}
        correct_contact(desk.client, 1, contact, 0, desk.office.officer)
        late = database.elsewhere(confirm)
        until(lambda: bool(waiting) and database.outside(
            "select from pg_stat_activity where wait_event_type = 'Lock' and state = 'active'"))
    with pytest.raises(NotFound, match=r"invitation\.replaced"):
        late.result(10)
    with acting_for(desk.office.id):
        assert escalation(desk.client).acknowledged_at is None


def test_a_form_that_is_sent_twice_mails_once(desk: Desk, reader: Login, database: Database) -> None:
    at = f"{desk.at}/contacts/3"
    form, readers = KEES | seen_at(desk.fenna, at), [reader(desk.office.officer) for _ in range(3)]
    sent = [database.elsewhere(one.send, at, form) for one in readers]
    assert [answer.result(20).status_code for answer in sent] == [303] * 3
    assert desk.fenna.send(at, form).status_code == 303
    assert links(database, desk)[1:] == [(KEES["email"], False)]
    assert [contact["name"] for contact in contacts(desk)][2:] == ["Kees"]
    desk.fenna.done(at, KEES)
    assert len(links(database, desk)) == 3, "who opens the form anew, and sends it, asks for another mail"
    without = desk.fenna.send(at, KEES | {"seen": ""})
    assert without.status_code == 428 and len(links(database, desk)) == 3


def test_a_stale_form_undoes_nothing_and_keeps_what_was_typed(desk: Desk, database: Database) -> None:
    at = f"{desk.at}/contacts/1"
    stale = seen_at(desk.fenna, at)
    other = Actor(desk.office.officer.id, "Sanne", desk.office.officer.role, proven_at=desk.office.officer.proven_at)
    with acting_for(desk.office.id):
        correct_contact(desk.client, 1, {"name": "Juist", "email": "juist@client.example"}, 0, other)
    before = links(database, desk)
    typed = desk.contacts[0] | {"phone": "0209876543"}
    refused = desk.fenna.send(at, typed | stale)
    said = unescape(re.sub("[\u2066-\u2069]", "", refused.text))
    assert refused.status_code == 422 and "wijzigde dit contact intussen" in said and "juist@client.example" in said
    assert 'href="#f-name"' in said and 'value="0209876543"' in said
    assert links(database, desk) == before and contacts(desk)[0]["name"] == "Juist"
    known = dict(re.findall(r'name="(seen)" value="(\d+)"', refused.text))
    assert desk.fenna.send(at, typed | known).status_code == 303, "knowing that, they may"
    assert contacts(desk)[0]["phone"] == "0209876543"


def test_a_contact_that_is_added_replaces_none_that_was_added_meanwhile(desk: Desk) -> None:
    at = f"{desk.at}/contacts/3"
    stale = seen_at(desk.fenna, at)
    desk.fenna.done(at, BY_TELEPHONE)
    desk.fenna.done(at, KEES | stale)
    assert [contact["name"] for contact in contacts(desk)][2:] == ["Balie", "Kees"]


def test_there_are_no_more_contacts_than_an_agreement_may_have(desk: Desk) -> None:
    for number in range(3, 21):
        desk.fenna.done(f"{desk.at}/contacts/{number}", KEES | {"email": f"balie{number}@nieuw.example"})
    refused = desk.fenna.send(f"{desk.at}/contacts/21", KEES)
    assert refused.status_code == 422 and "hoogstens 20 contacten" in refused.text and 'value="Kees"' in refused.text
    assert len(contacts(desk)) == 20
    page = desk.fenna.see(desk.at)
    assert "Voeg een contact toe" not in page and "Meer dan 20 kan niet" in page
    desk.fenna.done(f"{desk.at}/contacts/20", KEES)


def test_one_address_is_mailed_a_limited_number_of_times_a_day(desk: Desk, database: Database) -> None:
    at, most = f"{desk.at}/contacts/1", REFUSED["contact"].to_address
    for _ in range(most):
        desk.fenna.done(at, KEES)
    refused = desk.fenna.send(at, KEES | {"name": "Bo"})
    assert refused.status_code == 422 and "al te vaak" in refused.text and 'href="#f-email"' in refused.text
    assert len(links(database, desk)) == most + 1 and contacts(desk)[0]["name"] == "Kees"
    desk.fenna.done(at, BY_TELEPHONE)


def test_contacts_without_an_address_are_changed_a_limited_number_of_times_a_day(desk: Desk) -> None:
    at, most = f"{desk.at}/contacts/3", REFUSED["contact"].to_address
    for number in range(most):
        desk.fenna.done(at, BY_TELEPHONE | {"phone": f"020 123 45 {number:02}"})
    refused = desk.fenna.send(at, BY_TELEPHONE | {"phone": "020 999 99 99"})
    assert refused.status_code == 422 and "al te vaak zonder e-mailadres gewijzigd" in refused.text
    assert 'href="#f-phone"' in refused.text and contacts(desk)[2]["phone"] == f"020 123 45 {most - 1:02}"
    desk.fenna.done(at, KEES)


MAILS = """
    select b.text_key, b.common->>'why_you' as why from mail_batch b
      join recipient r on r.organisation_id = b.organisation_id and r.batch_id = b.id where r.about_id = :e
     order by b.created_at, b.id"""


def test_the_mail_after_a_correction_is_true_of_now(desk: Desk, database: Database) -> None:
    with acting_for(desk.office.id):
        about = escalation(desk.client)
        register, breach = about.controller_id, about.breach_id
    owner = proven(a_member(register, OWNER, "Els"))
    with acting_for(register):
        acknowledge_receipt(breach, owner)
    desk.fenna.done(f"{desk.at}/contacts/1", KEES)
    last = database.outside(MAILS, e=desk.client)[-1]
    assert last["text_key"] == "escalation" and last["why"].startswith("Iemand heeft de ontvangst")
    with acting_for(register):
        assert claim_acting_organisation()
        report_decision(breach, "notified")
    page = desk.fenna.done(f"{desk.at}/contacts/1", KEES | {"email": "later@nieuw.example"})
    assert "de opdrachtgever heeft al over dit datalek beslist" in page
    assert len(database.outside(MAILS, e=desk.client)) == 2 and contacts(desk)[0]["email"] == "later@nieuw.example"


def test_no_mail_goes_to_a_register_that_ended_the_office(desk: Desk, database: Database) -> None:
    with acting_for(desk.office.id):
        register = escalation(desk.client).controller_id
    owner = proven(a_member(register, OWNER, "Els"))
    with acting_for(register):
        assert claim_acting_organisation()
    verified(database.config.owner_url(), register)
    with acting_for(register):
        answer(desk.office.id, ENDED, owner)
    page = desk.fenna.done(f"{desk.at}/contacts/1", KEES)
    assert "waarvoor uw kantoor niet meer werkt" in page
    assert len(database.outside(MAILS, e=desk.client)) == 1 and contacts(desk)[0]["email"] == KEES["email"]


def test_the_same_conversation_sent_at_once_is_recorded_once(desk: Desk, reader: Login, database: Database) -> None:
    made = {"outcome": "nobody", "called_at": local(1), "note": "dubbelklik"}
    form = made | seen_at(desk.fenna, desk.at)
    readers = [reader(desk.office.officer) for _ in range(3)]
    sent = [database.elsewhere(one.send, desk.at, form) for one in readers]
    assert sorted(answer.result(20).status_code for answer in sent) == [303, 409, 409]
    assert calls_of(database, desk.client) == 1
    assert desk.fenna.send(desk.at, made).status_code == 409, "the page asks whether the same is meant again"
    assert calls_of(database, desk.client) == 1


def calls_of(database: Database, client: UUID) -> int:
    of = "select count(*) as n from history where subject_id = :e and what = 'escalation.called'"
    return int(database.outside(of, e=client)[0]["n"])

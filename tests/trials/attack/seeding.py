"""Fills three organisations with data that cannot be mistaken: an office, and two controllers that its incident hits.

Every name, reason and address is a canary: a word that occurs once, and that only some organisations may read. It does
not matter in which row or on which page a canary stands, only who reads it.
"""

import random
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from io import BytesIO
from typing import Any
from uuid import UUID, uuid4

import psycopg

from service.config import Config
from service.files.receiving import Upload, receive
from service.running.operator import as_operator
from tenants.agreements.new_clients import NewClient
from tenants.agreements.processing_agreements import register_clients
from tenants.database import db
from tenants.form_drafts import About, Page, save_draft
from tenants.history.entries import Actor
from tenants.identity.api_tokens import add_token
from tenants.identity.deputies import add_deputy
from tenants.identity.invitations import new_invitation
from tenants.identity.sessions import begin_session
from tenants.identity.totp import enrol_totp
from tenants.identity.users import APPROVER, AUDITOR, HANDLER, OWNER, PRIVACY_OFFICER, ROLES, User, make_member
from tenants.isolation import acting_for, acting_for_nobody, database_now
from tenants.organisations.admission import ADMITTED, Decision, decide
from tenants.organisations.organisations import claim_acting_organisation, found_organisation, the_acting_organisation
from tenants.register.escalations import board
from tests.trials.attack.facts import ASSESSED, DRAFTED, STOLEN, TEXT
from workflows.decisions.breaking_glass import break_glass
from workflows.engine.advance import complete
from workflows.escalation.incident import ClientHit, NewIncident, open_incident
from workflows.mail.batches import Addressee
from workflows.mail.outbox import Outbox
from workflows.notice.bulk_notice import BULK_NOTICE, begin_by_choice, upload_recipients
from workflows.notification.ap_notification import AP_NOTIFICATION
from workflows.notification.own_breach import NewBreach, open_breach
from workflows.running import jobs

OFFICE, CONTROLLERS, SECOND = "a", ("b", "c"), "d"
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
DEPUTY = "deputy"
REASON = "Niemand anders was er vannacht nog, en het kon niet wachten tot morgen"


class Canaries:
    """Words that occur nowhere else, each with the organisations that may read it."""

    def __init__(self, seed: int) -> None:
        self._chance = random.Random(seed)
        self.readers: dict[str, frozenset[str]] = {}

    def new(self, readers: str) -> str:
        """Return a new word that these organisations may read."""
        word = f"zq{self._chance.getrandbits(48):012x}{readers}"
        self.readers[word] = frozenset(readers)
        return word

    def add(self, word: object, readers: str) -> None:
        """Add an id that exists already, with the organisations that may read it."""
        self.readers[str(word).lower()] = frozenset(readers)


@dataclass
class Firm:
    """One organisation as the attack knows it: its address, its people, and its ids by parameter."""

    letter: str
    id: UUID
    slug: str
    people: dict[str, Actor] = field(default_factory=dict)
    key: str = ""
    ids: dict[str, list[str]] = field(default_factory=dict)


@dataclass(frozen=True)
class SecondOffice:
    """An office without a relation to the others, and a person with a seat at this office and at one neighbour."""

    firm: Firm
    of_two: UUID


def second_office(config: Config, canaries: Canaries, neighbour: Firm) -> SecondOffice:
    """Make an admitted office with its people. One of them also approves at the neighbour, with an app and a session.
    """
    with acting_for_nobody():
        name = f"Kantoor {canaries.new('abcd')}"
        firm = Firm(SECOND, found_organisation("kantoor-d", name), "kantoor-d")
    with as_operator(config) as operator:
        decide(operator, Decision(firm.slug, ADMITTED, "The second office of the attack"))
    _seat(firm, canaries)
    for asking in (firm, neighbour):  # an asker is named at each organisation of that person
        canaries.add(asking.people[OWNER].name, firm.letter + neighbour.letter)
    with acting_for_nobody():
        user = User(email=f"{canaries.new('cd')}@beide.example", name=canaries.new("cd"), password_hash="!")
        db.session.add(user)
        db.session.flush()
        for organisation in (firm.id, neighbour.id):
            make_member(user.id, organisation, APPROVER)
        enrol_totp(user.id, SECRET)
        begin_session(user, True)
        return SecondOffice(firm, user.id)


def fill(seed: int, config: Config) -> tuple[dict[str, Firm], Canaries]:
    """Make all three organisations in the database of the app whose context is active."""
    jobs.use_mail_sender(Outbox())
    canaries = Canaries(seed)
    with acting_for_nobody():
        office = Firm(OFFICE, found_organisation("kantoor-a", f"Kantoor {canaries.new('abc')}"), "kantoor-a")
    with as_operator(config) as operator:
        decide(operator, Decision(office.slug, ADMITTED, "The office of the attack"))
    with acting_for(office.id):
        register_clients([_client(letter, canaries) for letter in CONTROLLERS])
    firms = {OFFICE: office}
    _seat(office, canaries)
    _incident(firms, canaries)
    for firm in firms.values():
        _own_register(firm, canaries)
    return firms, canaries


def _client(letter: str, canaries: Canaries) -> NewClient:
    both = f"a{letter}"
    contacts = [{"name": canaries.new(both), "email": f"{canaries.new(both)}@klant.example", "phone": "010 12345"}]
    return {
        "slug": f"klant-{letter}", "name": f"Klant {canaries.new(both)}", "kvk_number": f"0000000{ord(letter) % 10}",
        "client_number": f"K{letter}", "financial_undertaking": False, "hours_to_notify": 24, "contacts": contacts,
        "services": {"payroll_bare": "processor"}, "in_force_from": "2020-01-01", "in_force_to": None,
    }  # fmt: skip


def _seat(firm: Firm, canaries: Canaries) -> None:
    """Make a person in each role, and an auditor who stands in for the approver."""
    with acting_for_nobody():
        for role in (*ROLES, DEPUTY):
            name, address = canaries.new(firm.letter), f"{canaries.new(firm.letter)}@firm.example"
            user = User(email=address, name=name, password_hash="!")
            db.session.add(user)
            db.session.flush()
            make_member(user.id, firm.id, AUDITOR if role == DEPUTY else role)
            firm.people[role] = Actor(user.id, user.name, AUDITOR if role == DEPUTY else role, proven_at=database_now())
    with acting_for(firm.id):
        now, of, by = database_now(), firm.people[APPROVER], firm.people[OWNER]
        deputy = firm.people[DEPUTY]
        assert of.id and by.id and deputy.id
        add_deputy(of.id, deputy.id, now, now + timedelta(days=2), canaries.new(firm.letter), by.id)
        firm.key = add_token(canaries.new(firm.letter), ["read"], 30, by.id)[0]
        _, waits = new_invitation(firm.id, f"{canaries.new(firm.letter)}@firm.example", AUDITOR)
        waits.invited_by = by.id
        db.session.add(waits)


def _incident(firms: dict[str, Firm], canaries: Canaries) -> None:
    """Record one incident at the office that hits both controllers: each gets a breach in its register."""
    office = firms[OFFICE]
    with acting_for(office.id):
        then = database_now() - timedelta(hours=2)
        word = partial(canaries.new, "abc")
        new = NewIncident(
            title=word(), description=word(), cause=word(), consequences=word(), measures=word(),
            services=["payroll_bare"], found_at=then, became_aware_at=then, facts=STOLEN,
            contact_name=word(), contact_email=f"{word()}@kantoor.example",
            clients=[ClientHit(n, f"K{letter}", 5, 5) for n, letter in enumerate(CONTROLLERS, 2)],
        )  # fmt: skip
        incident = open_incident(new, office.people[PRIVACY_OFFICER])
    _work(office.id)
    with acting_for(office.id):
        rows = {row.controller_id: row for row in board(incident.id, 10)}
    for letter in CONTROLLERS:
        hit = next(row for row in rows.values() if row.contacts[0]["name"] in _readable_by(canaries, letter))
        with acting_for(hit.controller_id):
            claim_acting_organisation()
            firms[letter] = Firm(letter, hit.controller_id, the_acting_organisation().slug)
        _seat(firms[letter], canaries)
        _work(hit.controller_id)


def _own_register(firm: Firm, canaries: Canaries) -> None:
    """Record two breaches of its own: one is only begun; the owner decided the other alone, with a notice to people."""
    with acting_for(firm.id):
        first, _ = (open_breach(_new(firm, canaries, database_now()), firm.people[HANDLER]) for _ in range(2))
        notice = begin_by_choice(first, firm.people[PRIVACY_OFFICER])
        people = [Addressee(canaries.new(firm.letter), f"{canaries.new(firm.letter)}@mens.example") for _ in range(3)]
        upload_recipients(notice.id, people, firm.people[PRIVACY_OFFICER], PRIVACY_OFFICER)
        text = {part: canaries.new(firm.letter) for part in TEXT}
        complete(BULK_NOTICE, notice.id, "text", firm.people[PRIVACY_OFFICER], PRIVACY_OFFICER, text)
        owner = firm.people[OWNER]
        assert owner.id
        typed = {"description": [canaries.new(firm.letter)]}
        save_draft(About(owner.id, "own_breach"), Page(uuid4(), 0, uuid4()), typed)
        lines = f"nummer;omschrijving\nZ-1;{canaries.new(firm.letter)}\n"
        receive(Upload(f"{canaries.new(firm.letter)}.csv", BytesIO(lines.encode())), "register", None, owner)
        reason = {"reason": canaries.new(firm.letter)}
        complete(AP_NOTIFICATION, first.id, "assess", owner, OWNER, ASSESSED | reason)
        complete(AP_NOTIFICATION, first.id, "draft", owner, OWNER, DRAFTED | reason)
        why = f"{REASON} {canaries.new(firm.letter)}"
        break_glass(AP_NOTIFICATION, first.id, "approve", owner, why, {"agrees": True})
    _work(firm.id)


def _new(firm: Firm, canaries: Canaries, now: datetime) -> NewBreach:
    then, word = now - timedelta(hours=1), partial(canaries.new, firm.letter)
    return NewBreach(
        title=word(), description=word(), cause=word(), measures=word(), found_at=then, became_aware_at=then,
        facts=STOLEN,
    )  # fmt: skip


def _work(organisation: UUID) -> None:
    while jobs.drain(str(organisation)):
        pass


def _readable_by(canaries: Canaries, letter: str) -> set[str]:
    return {word for word, readers in canaries.readers.items() if readers == {"a", letter}}


IDS: dict[str, str] = {
    "breach_id": "select id from breach where organisation_id = %s",
    "processor_id": "select processor_id from consent where controller_id = %s",
    "register_id": "select id from organisation where id = %s",
    "notice_id": "select id from notice where organisation_id = %s",
    "incident_id": "select id from incident where organisation_id = %s",
    "escalation_id": "select id from escalation where processor_id = %s",
    "agreement_id": "select id from processing_agreement where processor_id = %s",
    "contact_id": "select id from contact_standing where organisation_id = %s order by says_no_at nulls last",
    "batch_id": "select id from mail_batch where organisation_id = %s",
    "run_id": "select id from run where organisation_id = %s",
    "glass_id": "select id from broken_glass where organisation_id = %s",
    "appointment_id": "select id from deputy where organisation_id = %s",
    "token_id": "select id from api_token where organisation_id = %s",
    "invitation_id": "select id from invitation where organisation_id = %s and breach_id is null",
    "user_id": "select user_id from membership where organisation_id = %s",
    "subject_id": "select id from breach where organisation_id = %s",
    "draft_id": "select id from form_draft where organisation_id = %s",
    "file_id": "select id from uploaded_file where organisation_id = %s",
    "session_id": "select s.id from login_session s join membership m using (user_id) where m.organisation_id = %s",
    "passkey_id": "select p.id from passkey p join membership m using (user_id) where m.organisation_id = %s",
}
"""The query that finds the values of each parameter of a route."""
PASSKEY = """
    insert into passkey (user_id, credential_id, public_key, sign_count, name)
    select m.user_id, sha256(m.user_id::text::bytea), 'x', 0, %s from membership m
     where m.organisation_id = %s and m.role = 'owner'"""
SAID_NO = """
    update contact_standing set says_no_at = now(), successor = jsonb_build_object('name', %s::text)
     where id = (select id from contact_standing where organisation_id = %s order by id limit 1)"""
UNKNOWN_FATE = """
    update mail_batch set state = 'unknown', answered_at = now() - interval '61 minutes', token = null,
           lease_until = null, error = 'TimeoutError'
     where id = (select id from mail_batch where organisation_id = %s and state <> 'listed' order by id limit 1)"""


def note_ids(outside: "psycopg.Connection[Any]", firms: dict[str, Firm], canaries: Canaries) -> None:
    """Note the ids that each organisation has. Only what two parties share may be shown to another organisation."""
    for firm in firms.values():
        outside.execute(PASSKEY, (canaries.new(firm.letter), firm.id))
        outside.execute(UNKNOWN_FATE, (firm.id,))
        outside.execute(SAID_NO, (canaries.new(firm.letter), firm.id))
    for firm in firms.values():
        for name, query in IDS.items():
            firm.ids[name] = [str(row[0]) for row in outside.execute(query, (firm.id,))]
            for row_id in firm.ids[name]:
                canaries.add(row_id, firm.letter)
    canaries.add(firms[OFFICE].id, "abc")
    pairs = "select id, incident_id, controller_id, breach_id from escalation"
    for escalation, incident, controller, breach in outside.execute(pairs).fetchall():
        letter = next(firm.letter for firm in firms.values() if firm.id == controller)
        canaries.add(escalation, f"a{letter}")
        canaries.add(incident, "abc")
        canaries.add(breach, f"a{letter}")
        canaries.add(controller, f"a{letter}")
    for agreement, controller in outside.execute("select id, controller_id from processing_agreement").fetchall():
        letters = "".join(firm.letter for firm in firms.values() if firm.id == controller)
        canaries.add(agreement, f"a{letters}")

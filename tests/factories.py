"""Things to test with: plain functions with defaults. What is made without a session lives in memory only."""

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any
from uuid import UUID, uuid4

import psycopg

from tenants.agreements.processing_agreements import register_clients
from tenants.database import db
from tenants.history.entries import Actor
from tenants.identity.users import PRIVACY_OFFICER, User, make_member
from tenants.isolation import acting_for, acting_for_nobody, database_now
from tenants.organisations.organisations import found_organisation
from tenants.register.breaches import Breach
from tenants.register.escalations import Escalation
from tenants.register.incidents import Incident
from tenants.register.notices import Notice
from tests.operating import admit, know
from workflows.escalation.incident import ClientHit, NewIncident, open_incident
from workflows.law import gdpr
from workflows.mail.events import record
from workflows.mail.sender import Mail
from workflows.notification.own_breach import NewBreach, open_breach
from workflows.trust.verifying import prove_by_operator

FRIDAY_EVENING = datetime(2026, 11, 20, 18, 40, tzinfo=UTC)
FENNA = Actor(UUID(int=1), "Fenna de Wit")
BRAM = Actor(UUID(int=2), "Bram Jansen")
JORIS = Actor(UUID(int=3), "Joris Mulder")
STOLEN_TAPE = {
    "nature": ["confidentiality"], "data": ["name", "bsn", "iban"], "groups": ["employees"], "protection": "none",
    "taken": "yes", "recipients": "unknown", "malicious": False, "misused": False,
}  # fmt: skip
FACTS: dict[str, dict[str, Any]] = {
    "unlikely": STOLEN_TAPE | {"protection": "encrypted", "key_safe": True},
    "risk": STOLEN_TAPE | {"data": ["name", "purchases"]},
    "high": STOLEN_TAPE,
}
"""What happened to five people, by the risk that the advice sees in it."""
_number = count(1)
NOTICE_TEXT = {
    "subject": "Uw gegevens zijn kwijtgeraakt",
    "nature": "Een back-up is kwijt.",
    "contact": "Fenna de Wit, 010 123 45 67",
    "consequences": "Iemand kan zich voordoen als u.",
    "measures": "Wij hebben de sloten vervangen.",
}


def an_assessment(risk: str = "risk", /, **more: Any) -> dict[str, Any]:
    """What a person fills in who sees the risk that the advice sees in FACTS[risk]."""
    values = {"facts": FACTS[risk], "people_min": 5, "people_max": 5, "risk": risk, "reason": "Een tape met BSN."}
    return values | more


def a_breach(aware_at: datetime | None = FRIDAY_EVENING, **facts: Any) -> Breach:
    """A breach in memory; its controller is aware since Friday evening."""
    period = gdpr.authority_period(aware_at) if aware_at else None
    values: dict[str, Any] = {
        "organisation_id": uuid4(), "id": uuid4(), "reference": "2026-0001", "title": "Back-upstation kwijt",
        "origin": "own", "found_at": FRIDAY_EVENING, "became_aware_at": aware_at, "description": "Weg na verhuizing",
        "alarm_at": period and period.alarm_at, "due_at": period and period.due_at, "facts": {}, "contacts": [],
        "version": 1,
    }  # fmt: skip
    return Breach(**values | facts)


def a_notice(**facts: Any) -> Notice:
    """A notice in memory that nothing was written in yet."""
    values = {"organisation_id": uuid4(), "id": uuid4(), "breach_id": uuid4(), "check_code": "7K4M-2QXP", "version": 1}
    return Notice(**values | {"created_at": FRIDAY_EVENING} | facts)


def an_escalation(**facts: Any) -> Escalation:
    """An escalation in memory: 24 hours agreed, two contacts, nobody told yet."""
    contacts = [{"name": "Anna", "email": "anna@client.example"}, {"name": "Bo", "email": "bo@client.example"}]
    values: dict[str, Any] = {
        "processor_id": uuid4(), "id": uuid4(), "controller_id": uuid4(), "breach_id": uuid4(),
        "controller_name": "Bakkerij", "hours_agreed": 24, "became_aware_at": FRIDAY_EVENING,
        "contacts": contacts, "rung": 0,
    }  # fmt: skip
    return Escalation(**values | facts)


def an_organisation(name: str = "Kantoor", is_verified: bool = True) -> UUID:
    """One that is in use, without people; the operator knows who it is."""
    with acting_for_nobody():
        made = found_organisation(f"o-{uuid4().hex[:12]}", name)
    if is_verified:
        know(made)
    return made


def verified(owner_url: str, organisation: UUID, note: str = "KvK-uittreksel gezien") -> None:
    """The operator has seen a proof that the organisation is who it says."""
    let(owner_url, organisation, "verify", note, prove_by_operator)


def let(
    owner_url: str, organisation: UUID, act: str, note: str, verb: Callable[[UUID], Any], about: UUID | None = None
) -> Any:  # fmt: skip
    """What the operator lets happen, as the owner of the database."""
    with psycopg.connect(owner_url.replace("+psycopg", "", 1)) as connection:
        row = connection.execute("select operator_acts(%s, %s, %s, %s)", [organisation, act, note, about]).fetchone()
    assert row
    with acting_for(organisation):
        return verb(row[0])


def a_user(name: str = "Iemand") -> User:
    """Somebody with an account and an address of their own; the password is unusable, hashing one takes long."""
    with acting_for_nobody():
        user = User(email=f"u{next(_number)}@example.nl", name=name, password_hash="!")
        db.session.add(user)
    return user


def a_member(organisation: UUID, role: str = PRIVACY_OFFICER, name: str = "Iemand") -> Actor:
    """Somebody with a role in this organisation, who gave a second factor just now."""
    user = a_user(name)
    with acting_for_nobody():
        make_member(user.id, organisation, role)
        return Actor(user.id, user.name, role, proven_at=database_now())


def proven(actor: Actor, at: datetime | None = None) -> Actor:
    """The same person, who gave a second factor at this moment, or just now: within a transaction."""
    return replace(actor, proven_at=at or database_now())


@dataclass(frozen=True)
class Office:
    """An accountancy office with clients K0001, K0002 and so on."""

    id: UUID
    officer: Actor
    clients: int

    @property
    def hits(self) -> list[ClientHit]:
        """Every client, five people each."""
        return [ClientHit(n + 1, f"K{n:04d}", 5, 5) for n in range(1, self.clients + 1)]


def an_office(clients: int = 1, **terms: Any) -> Office:
    """An admitted office, its privacy officer, and an agreement of 24 hours with each client."""
    office = an_organisation("De Linde Accountants")
    admit(office)
    officer = a_member(office, name="Fenna de Wit")
    with acting_for(office):
        register_clients([a_client(n, **terms) for n in range(1, clients + 1)])
    return Office(office, officer, clients)


def a_client(number: int, **terms: Any) -> Any:
    """A new client with two contacts, as an office registers it."""
    unique = next(_number)
    contacts = [
        {"name": "Anna", "email": f"anna{unique}@client.example", "phone": "010 12345"},
        {"name": "Bo", "email": f"bo{unique}@client.example", "phone": "020 12345"},
    ]
    values: dict[str, Any] = {
        "slug": f"c-{unique}", "name": f"Client {number}", "kvk_number": f"{10_000_000 + unique}",
        "client_number": f"K{number:04d}", "financial_undertaking": False, "hours_to_notify": 24, "contacts": contacts,
        "services": {"payroll_bare": "processor"}, "in_force_from": "2020-01-01", "in_force_to": None,
    }  # fmt: skip
    return values | terms


def an_incident(office: Office, hits: list[ClientHit] | None = None, hours_ago: float = 1, **facts: Any) -> Incident:
    """One incident that hits the office's clients, of which it became aware so many hours ago."""
    with acting_for(office.id):
        aware_at = database_now() - timedelta(hours=hours_ago)
        values: dict[str, Any] = {
            "title": "Back-upstation kwijt", "services": ["payroll_bare"], "found_at": aware_at,
            "became_aware_at": aware_at, "description": "Weg na verhuizing", "facts": {"data": ["name", "bsn"]},
            "contact_name": "Fenna de Wit", "contact_email": "fg@delinde.example",
        }  # fmt: skip
        new = NewIncident(**values | facts, clients=office.hits if hits is None else hits)
        return open_incident(new, office.officer)


def an_own_breach(organisation: UUID, by: Actor = FENNA, hours_ago: float = 1, **facts: Any) -> UUID:
    """A breach that an organisation found itself, in its register."""
    with acting_for(organisation):
        aware_at = database_now() - timedelta(hours=hours_ago)
        values: dict[str, Any] = {
            "title": "Verkeerd verstuurd", "found_at": aware_at, "became_aware_at": aware_at,
            "description": "Een mail aan de verkeerde", "facts": {"data": ["name"]},
        }  # fmt: skip
        return open_breach(NewBreach(**values | facts), by).id


def delivery_events(mails: Iterable[Mail], event: str = "delivered") -> list[dict[str, Any]]:
    """What SendGrid would tell about every reader of these mails."""
    return [
        {"sg_event_id": uuid4().hex, "event": event, "timestamp": int(time.time()), "email": person.address,
         **person.custom}
        for mail in mails for person in mail.people
    ]  # fmt: skip


def sendgrid_tells(mails: Iterable[Mail], event: str = "delivered") -> None:
    """The webhook's own transaction, for every reader of these mails."""
    with acting_for_nobody():
        record(delivery_events(mails, event))

"""An incident is checked before it goes out: who gets a message, within which hours, how they read it, what is odd.

The incident is opened as it will be, and that is undone. So the check shows what happens, by the code that does it.
What is sent later is compared with what was checked.
"""

import hashlib
import json
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Select, select

from tenants.agreements.client_list import numbers_of
from tenants.database import db
from tenants.errors import Invalid
from tenants.history.entries import Actor
from tenants.isolation import acting_organisation, database_now
from tenants.register.breaches import Breach
from tenants.register.escalations import LED_ELSEWHERE, Escalation
from tenants.register.incidents import Incident
from workflows.escalation.escalation_mail import first_message
from workflows.escalation.incident import ClientHit, NewIncident, open_incident
from workflows.escalation.people_in_all import PeopleInAll, people_in_all
from workflows.mail.batches import addressee
from workflows.mail.evidence import newest_outcomes, outcomes_at
from workflows.mail.preview import Letter

MOST_NAMED = 10


@dataclass(frozen=True)
class AgreedHours:
    """The clients with the same contract hours (None: without undue delay), and when those end."""

    hours: int | None
    ends_at: datetime
    clients: int


@dataclass(frozen=True)
class Sample:
    """The message as one client will read it, and why this client is shown: "first", "largest", "oddest".

    Without an address there is no letter: the office must call.
    """

    reasons: tuple[str, ...]
    controller_name: str
    people_min: int | None
    people_max: int | None
    people_estimate: bool
    alarm_at: datetime
    to_name: str
    to_address: str
    letter: Letter | None


@dataclass(frozen=True)
class Oddity:
    """Something odd: its kind, how many clients it is about, and the names of the first MOST_NAMED."""

    kind: str
    clients: int
    names: list[str]


@dataclass(frozen=True)
class ToWhom:
    """One client and the contact who is written to first; without an address the one to call. None: not known.

    `came_back`: the newest mail to this address about an earlier incident of this client did not arrive.
    """

    controller_name: str
    client_number: str
    contact_name: str | None
    address: str | None
    phone: str | None
    came_back: bool


@dataclass(frozen=True)
class Check:
    """What happens when this incident is sent now.

    `hours` begins with those that end first. `digest` says whether something changed since. `is_test`: it hits the test
    client.
    """

    clients: int
    typed: int
    people: PeopleInAll
    records_own_breach: bool
    hours: list[AgreedHours]
    to_whom: list[ToWhom]
    samples: list[Sample]
    oddities: list[Oddity]
    now: datetime
    digest: str
    is_test: bool


def check_incident(new: NewIncident, by: Actor) -> Check:
    """Return what happens when this incident is recorded now; records nothing. Raises as `open_incident` does."""
    with _opened_and_undone(new, by) as incident:
        return _checked(incident, new)


def to_whom_of(new: NewIncident, client_numbers: list[str], by: Actor) -> list[ToWhom]:
    """Return whom the messages to these clients of the incident go to, in this order: a part of a long list.

    The incident is opened at these clients alone, and that is undone. A client that gets no message any more is left
    out. Raises as `open_incident` does.
    """
    clients = [ClientHit(line, client_number) for line, client_number in enumerate(client_numbers, 1)]
    with _opened_and_undone(replace(new, clients=clients), by) as incident:
        rows = {to.client_number: to for to in _to_whom(_opened(incident))}
    return [rows[client_number] for client_number in client_numbers if client_number in rows]


@contextmanager
def _opened_and_undone(new: NewIncident, by: Actor) -> Iterator[Incident]:
    savepoint = db.session.begin_nested()
    try:
        yield open_incident(new, by)
    finally:
        savepoint.rollback()


def open_checked(new: NewIncident, by: Actor, incident_id: UUID, digest: str) -> Incident:
    """Record an incident as it was checked.

    Raises Invalid when a client, an agreement or a contact changed since the check, and as `open_incident` does.
    """
    incident = open_incident(new, by, incident_id)
    if _digest(new, _opened(incident)) != digest:
        raise Invalid("incident.changed_since_check")
    return incident


def _opened(incident: Incident) -> list[Escalation]:
    mine = (Escalation.processor_id == acting_organisation()) & (Escalation.incident_id == incident.id)
    return list(db.session.scalars(select(Escalation).where(mine).order_by(Escalation.alarm_at, Escalation.id)))


def _digest(new: NewIncident, opened: Iterable[Escalation]) -> str:
    bound = sorted(
        [str(e.agreement_id), e.controller_name, e.hours_agreed, e.alarm_at.isoformat(), e.contacts] for e in opened
    )
    words = json.dumps([asdict(new), bound], sort_keys=True, default=str)
    return hashlib.sha256(words.encode()).hexdigest()


def _checked(incident: Incident, new: NewIncident) -> Check:
    opened, now = _opened(incident), database_now()
    to_whom = _to_whom(opened)
    own = select(Breach.id).where(Breach.organisation_id == acting_organisation(), Breach.incident_id == incident.id)
    return Check(
        clients=len(opened), typed=len(new.clients), people=people_in_all(opened),
        records_own_breach=db.session.scalar(own) is not None, hours=_hours(opened),
        oddities=[*_oddities(opened, len(new.clients), now), *_came_back(to_whom)], to_whom=to_whom,
        digest=_digest(new, opened), now=now, is_test=incident.is_test,
        samples=[_sample(incident, e, reasons, now) for e, reasons in shown_as_examples(opened)],
    )  # fmt: skip


def _hours(opened: list[Escalation]) -> list[AgreedHours]:
    agreed = Counter((e.alarm_at, e.hours_agreed) for e in opened)
    tightest_first = sorted(agreed.items(), key=lambda group: group[0][0])
    return [AgreedHours(hours, ends_at, clients) for (ends_at, hours), clients in tightest_first]


def shown_as_examples(opened: list[Escalation]) -> list[tuple[Escalation, tuple[str, ...]]]:
    """Return the first client (the tightest time), the largest (most people) and the oddest, each once, with why.

    Nobody is the largest while no number of people is known.
    """
    if not opened:
        return []
    usual = Counter(e.hours_agreed for e in opened).most_common(1)[0][0]
    chosen = {
        "first": opened[0], "largest": max(opened, key=_most_people),
        "oddest": max(opened, key=lambda e: _oddness(e, usual)),
    }  # fmt: skip
    if not any(_most_people(e) for e in opened):
        del chosen["largest"]
    reasons: dict[UUID, list[str]] = {}
    for reason, escalation in chosen.items():
        reasons.setdefault(escalation.id, []).append(reason)
    return [(e, tuple(reasons.pop(e.id))) for e in chosen.values() if e.id in reasons]


def _most_people(escalation: Escalation) -> int:
    return escalation.people_max or escalation.people_min or 0


def _oddness(escalation: Escalation, usual_hours: int | None) -> tuple[bool, bool, bool, bool, int]:
    """Without mail first, then contacts in doubt, then told before, then other hours, then the longest name."""
    return (
        not _has_address(escalation), bool(escalation.doubted), escalation.informed_at is not None,
        escalation.hours_agreed != usual_hours, len(escalation.controller_name),
    )  # fmt: skip


def _has_address(escalation: Escalation) -> bool:
    return any(addressee(c.get("name") or "", c.get("email") or "") is not None for c in escalation.contacts)


def _has_phone(escalation: Escalation) -> bool:
    return any((c.get("phone") or "").strip() for c in escalation.contacts)


def _oddities(opened: list[Escalation], typed: int, now: datetime) -> Iterable[Oddity]:
    """Yield what is odd. Several numbers may lead to one client, or to the office's own register."""
    of_kind = {
        "late": [e for e in opened if e.alarm_at <= now],
        "unreachable": [e for e in opened if not _has_address(e) and not _has_phone(e)],
        "by_phone_alone": [e for e in opened if not _has_address(e) and _has_phone(e)],
        "no_phone": [e for e in opened if _has_address(e) and not _has_phone(e)],
        "doubted": [e for e in opened if e.doubted],
        "told_before": [e for e in opened if e.informed_at is not None],
        "people_not_known": [e for e in opened if (e.people_min, e.people_max) == (None, None)],
    }
    for kind, of in of_kind.items():
        if of:
            yield Oddity(kind, len(of), [e.controller_name for e in of[:MOST_NAMED]])
    if typed > len(opened):
        yield Oddity("no_message_of_their_own", typed - len(opened), [])


def _came_back(to_whom: list[ToWhom]) -> Iterable[Oddity]:
    names = [to.controller_name for to in to_whom if to.came_back]
    if names:
        yield Oddity("came_back", len(names), names[:MOST_NAMED])


def _to_whom(opened: list[Escalation]) -> list[ToWhom]:
    """Return whom each client's message goes to: first where mail came back, where there is no address, no telephone.
    """
    newest = newest_outcomes("escalation", earlier_about(e.agreement_id for e in opened))
    contacts = [(e, first_contact(e)) for e in opened]
    outcomes = outcomes_at(newest, {contact["email"] for _, contact in contacts if contact.get("email")})
    numbers = numbers_of(e.agreement_id for e in opened)
    rows = [
        ToWhom(e.controller_name, numbers[e.agreement_id], contact.get("name"), contact.get("email") or None,
               contact.get("phone") or None, outcomes.get(contact.get("email") or "") == "failed")
        for e, contact in contacts
    ]  # fmt: skip
    return sorted(rows, key=lambda to: (not to.came_back, to.address is not None, to.phone is not None))


def earlier_about(agreement_ids: Iterable[UUID]) -> Select[Any]:
    """Return the ids of everything that was escalated under these agreements, as a part of a larger statement."""
    mine = Escalation.processor_id == acting_organisation()
    return select(Escalation.id).where(mine, Escalation.agreement_id.in_(list(agreement_ids)))


def first_contact(escalation: Escalation) -> dict[str, Any]:
    """Return the contact who is written to first; without any address the first one with a telephone; {}: nobody."""
    known = [c for c in escalation.contacts if LED_ELSEWHERE not in c]
    by_mail = (c for c in known if addressee(c.get("name") or "", c.get("email") or "") is not None)
    by_phone = (c for c in known if (c.get("phone") or "").strip())
    return next(by_mail, None) or next(by_phone, None) or {}


def _sample(incident: Incident, escalation: Escalation, reasons: tuple[str, ...], now: datetime) -> Sample:
    message = first_message(incident, escalation, now)
    to, letter = message or (None, None)
    return Sample(
        reasons, escalation.controller_name, escalation.people_min, escalation.people_max,
        escalation.people_estimate, escalation.alarm_at, to.name if to else "", to.address if to else "", letter,
    )  # fmt: skip

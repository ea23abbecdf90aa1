"""Recording an incident: an escalation for each client, and a breach of the office's own where it is controller itself.

All of it is one transaction: everything or nothing.
"""

import json
from dataclasses import dataclass, field, fields
from datetime import date, datetime
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import text

from tenants.agreements.processing_agreements import Term, agreements_as_typed, roles_in
from tenants.database import db
from tenants.errors import AlreadyDone, Invalid, ManyInvalid
from tenants.files.taken_hits import use_hits
from tenants.history.entries import Actor, Entry, record
from tenants.isolation import acting_organisation
from tenants.organisations.admission import refuse_unless_admitted
from tenants.register.incidents import Incident
from tenants.register.references import next_reference
from workflows.engine.hints import hint_after_commit
from workflows.engine.progress import moments_of
from workflows.escalation.escalation import ESCALATION
from workflows.escalation.own_people import OWN_PEOPLE
from workflows.escalation.passing_on import message_passed_on, record_passing_on
from workflows.law import gdpr
from workflows.law.order_of_moments import impossible
from workflows.law.periods import AMSTERDAM
from workflows.law.vocabulary import COUNTS, refuse_unknown_facts
from workflows.notification.ap_notification import AP_NOTIFICATION
from workflows.notification.own_breach import NewBreach, WhatHappened, open_breach

OPEN = text("select open_escalations(:incident, cast(:terms as jsonb), cast(:plan as jsonb))")
# An agreement that is changed or ended at this moment ends first.
OFFICE = text("select from organisation where id = :office for share")
KEEP = text("""
    insert into incident_client (organisation_id, incident_id, agreement_id, people_min, people_max,
                                 people_estimate, informed_at, informed_how)
    select :organisation, :incident, given.* from unnest(
      cast(:agreements as uuid[]), cast(:least as integer[]), cast(:most as integer[]),
      cast(:estimates as boolean[]),
      cast(:informed as timestamptz[]), cast(:how as text[])) as given""")
OF_A_TEST = "PROEF-"
"""How the reference of a test begins."""
OF_CLIENTS = frozenset({"clients", "clients_files"})
COPIED = tuple(field.name for field in fields(WhatHappened))


@dataclass(frozen=True)
class ClientHit:
    """One client as it was entered: where (line or row), its number, and what is known. None: not yet known.

    `source`: the field that it came in. `file`: the name of the list that it stands in; "" for one without a name.
    """

    line: int
    client_number: str
    people_min: int | None = None
    people_max: int | None = None
    people_estimate: bool = False
    informed_at: datetime | None = None
    informed_how: str | None = None
    source: str = "clients"
    file: str = ""


@dataclass(frozen=True, kw_only=True)
class NewIncident(WhatHappened):
    """An incident to be recorded: which services were hit, whom clients can ask, and which clients it hits.

    `clients_files`: the files that these clients came from. `from_breach`: the message of the office's own processor
    that it passes on to them.
    """

    services: list[str]
    contact_name: str
    contact_email: str
    contact_phone: str | None = None
    clients: list[ClientHit]
    clients_files: list[UUID] = field(default_factory=list)
    from_breach: UUID | None = None


class Hit(NamedTuple):
    """A client that is hit, the agreement that binds, and the office's roles in the services that were hit."""

    agreement: Term
    roles: frozenset[str]
    client: ClientHit


def open_incident(new: NewIncident, by: Actor, incident_id: UUID | None = None) -> Incident:
    """Record an incident and open it at every client.

    `incident_id`: chosen before, so that sending the same form twice records once. Raises NotAllowed when the operator
    did not admit this office, ManyInvalid with each fault at its line, AlreadyDone when that incident is recorded.
    """
    refuse_unless_admitted()
    _refuse_impossible(new)
    refuse_unknown_facts(new.facts)
    db.session.execute(OFFICE, {"office": acting_organisation()})
    message = message_passed_on(new.from_breach, new.became_aware_at) if new.from_breach else None
    hits = agreements_hit(new.clients, new.services, new.found_at.astimezone(AMSTERDAM).date())
    # Each client has its own number of people; that of all together is no fact of any of them.
    facts = {name: fact for name, fact in new.facts.items() if name not in COUNTS}
    columns = {name: value for name, value in vars(new).items() if name not in OF_CLIENTS} | {"facts": facts}
    is_test = any(hit.agreement.is_test for hit in hits)
    reference = f"{OF_A_TEST}{next_reference('test')}" if is_test else next_reference("incident")
    own = {
        "organisation_id": acting_organisation(), "reference": reference, "created_by": by.id, "is_test": is_test,
    }  # fmt: skip
    # After the lock of the counter: of two that send the same form, the second sees the first one's incident.
    refuse_recorded(incident_id)
    own |= {"id": incident_id} if incident_id else {}
    incident = Incident(**columns | own)
    db.session.add(incident)
    db.session.flush()
    _keep_clients(incident, hits)
    details: dict[str, Any] = {"clients": len(hits), "became_aware_at": incident.became_aware_at}
    details |= _used_files(new.clients_files, incident.id) if new.clients_files else {}
    details |= record_passing_on(message, incident, by) if message else {}
    record([Entry("incident", incident.id, "incident.recorded", by, details)])
    _open_own_breach(incident, [hit.client for hit in hits if "controller" in hit.roles], by)
    # Last: it locks the histories of all whom it tells.
    _escalate(incident, {hit.agreement.hours_to_notify for hit in hits}, by)
    hint_after_commit(acting_organisation())
    return incident


def _used_files(files: list[UUID], incident_id: UUID) -> dict[str, Any]:
    """Return the SHA-256 of each file that the clients came from, how many rows they had, how many of these did not
    fit, and how many proposals were accepted in place of what they said; they are used by this incident alone."""
    used = [use_hits(file_id, incident_id) for file_id in sorted(set(files))]
    accepted = sum(file.accepted for file in used)
    counts = {"rows": sum(file.rows for file in used), "wrong_rows": sum(file.wrong_rows for file in used)}
    return {"files": [file.hash for file in used], **counts} | ({"accepted": accepted} if accepted else {})


def refuse_recorded(incident_id: UUID | None) -> None:
    """Raise AlreadyDone when the acting office recorded the incident with this id."""
    if incident_id is not None and db.session.get(Incident, (acting_organisation(), incident_id)) is not None:
        raise AlreadyDone("incident.recorded_before")


def _refuse_impossible(new: NewIncident) -> None:
    faults = impossible(new.moments)
    for client in new.clients:
        moments = {"became_aware_at": new.became_aware_at, "informed_at": client.informed_at}
        faults += [_at(client, fault.key, **fault.values) for fault in impossible(moments)]
    if faults:
        raise ManyInvalid(faults)


def refuse_unknown(numbers: list[tuple[int, str]]) -> None:
    """Raise ManyInvalid for each client number that no client of the acting office has, at its row or line."""
    known = agreements_as_typed(number for _, number in numbers)
    faults = [
        Invalid("client.unknown", "clients", line=line, client_number=number)
        for line, number in numbers if number not in known
    ]  # fmt: skip
    if faults:
        raise ManyInvalid(faults)


def agreements_hit(clients: list[ClientHit], services: list[str], day: date) -> list[Hit]:
    """Return the agreement in force for each client.

    Raises ManyInvalid for a client number that is unknown, entered twice, without an agreement in force or for this
    service, that belongs to several clients whose numbers differ by capitals alone, or that is the test client's beside
    other clients.
    """
    known = agreements_as_typed(client.client_number for client in clients)
    roles = roles_in(services, [a.id for agreements in known.values() for a in agreements])
    faults = [] if clients else [Invalid("incident.no_clients", "clients")]
    hits: list[Hit] = []
    firsts: dict[str, ClientHit] = {}
    for client in clients:
        agreements = known.get(client.client_number, [])
        in_force = [a for a in agreements if a.in_force_on(day)]
        number = agreements[0].client_number if agreements else client.client_number
        first = firsts.setdefault(number, client)
        fault = _fault(_doubled(client, first), agreements, in_force, roles)
        if fault is None and agreements[0].is_test and len(clients) > 1:
            fault = "client.test_alone"
        if fault is None:
            hits.append(Hit(in_force[-1], frozenset(roles[in_force[-1].id]), client))
        else:
            values = {"client_number": client.client_number, "first": first.line, "numbers": _numbers(agreements)}
            faults.append(_at(client, fault, **values, file=first.file))
    if faults:
        raise ManyInvalid(faults)
    return hits


def _at(client: ClientHit, key: str, **values: Any) -> Invalid:
    """Return a fault of a client at the field that it came in, with the list that it stands in."""
    return Invalid(key, client.source, **{**values, "line": client.line, "list": client.file})


def _doubled(client: ClientHit, first: ClientHit) -> str | None:
    """Return the key of the fault of a client that stands in two places, None for one that stands in one."""
    if client is first:
        return None
    if client.source == first.source != "clients_files":  # a client stands in a file once
        return "client.doubled"
    return "client.doubled_in_list" if client.file else "client.doubled_typed"


def _fault(
    doubled: str | None, known: list[Term], in_force: list[Term], roles: dict[UUID, set[str]]
) -> str | None:  # fmt: skip
    if doubled:
        return doubled
    if not known:
        return "client.unknown"
    if len({agreement.client_number for agreement in known}) > 1:
        return "client.ambiguous"
    if not in_force:
        return "client.agreement_not_in_force"
    if not roles.get(in_force[-1].id):
        return "client.not_this_service"
    return None


def _numbers(known: list[Term]) -> str:
    """Return the client numbers of these agreements, each once."""
    return ", ".join(sorted({agreement.client_number for agreement in known}))


def _keep_clients(incident: Incident, hits: list[Hit]) -> None:
    clients = [hit.client for hit in hits]
    values = {
        "organisation": incident.organisation_id, "incident": incident.id, "agreements": [h.agreement.id for h in hits],
        "least": [c.people_min for c in clients], "most": [c.people_max for c in clients],
        "estimates": [c.people_estimate for c in clients],
        "informed": [c.informed_at for c in clients], "how": [c.informed_how for c in clients],
    }  # fmt: skip
    db.session.execute(KEEP, values)


def _escalate(incident: Incident, hours_agreed: set[int | None], by: Actor) -> None:
    office_clock = ESCALATION.clocks[0]
    terms = []
    for hours in hours_agreed:
        period = gdpr.contract_period(incident.became_aware_at, hours)
        moments = [m.isoformat() for m in moments_of(office_clock, period)]
        terms.append({"hours": hours, "alarm_at": period.alarm_at.isoformat(), "moments": moments})
    plan = {
        "office": {"workflow": ESCALATION.name, "version": ESCALATION.version,
                   "step": ESCALATION.steps[0].name, "clock": office_clock.name},
        "controller": {"workflow": AP_NOTIFICATION.name, "version": AP_NOTIFICATION.version,
                       "step": AP_NOTIFICATION.steps[0].name, "clock": AP_NOTIFICATION.clocks[0].name},
        "own_people": {"workflow": OWN_PEOPLE.name, "version": OWN_PEOPLE.version, "step": OWN_PEOPLE.steps[0].name},
        "actor_id": str(by.id), "actor_name": by.name, "role": by.role, "for_id": by.for_id and str(by.for_id),
    }  # fmt: skip
    values = {"incident": incident.id, "terms": json.dumps(terms), "plan": json.dumps(plan)}
    db.session.execute(OPEN, values)


def _open_own_breach(incident: Incident, own: list[ClientHit], by: Actor) -> None:
    """Record a breach in the office's own register where, by client and service, the office is controller itself."""
    if own:
        least, most = [c.people_min for c in own], [c.people_max for c in own]
        same = {name: getattr(incident, name) for name in COPIED}
        people: dict[str, Any] = {
            "people_min": _sum(least), "people_max": _sum(most),
            "people_estimate": any(client.people_estimate for client in own),
        }  # fmt: skip
        open_breach(NewBreach(**same, incident_id=incident.id, **people), by)


def _sum(counts: list[int | None]) -> int | None:
    """Return the sum; None when one of the numbers is not known, because an unknown number is not zero."""
    return None if None in counts else sum(count for count in counts if count is not None)

"""The forms that make or decide something: what somebody types into each, and where it is sent."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from tests.conftest import Database
from tests.factories import Office, an_incident, an_office, an_own_breach
from tests.pages.conftest import slug_of
from tests.pages.forms import an_incident_form, local
from tests.service.stating import a_stated_awareness

TYPED: dict[str, dict[str, Any]] = {
    "web.agreements.register": {
        "name": "Bakkerij Zonder", "kvk_number": "12345678", "client_number": "Z-1", "hours_to_notify": "24",
        "services.audit": "processor", "in_force_from": "2026-01-01", "contacts.0.name": "Kees",
        "contacts.0.email": "kees@zonder.example",
    },
    "web.breaches.record": {
        "title": "Map zonder sleutel", "description": "Een map is weg.", "found_at": local(3),
        "became_aware_at": local(2),
    },
    "web.call_list.record": {
        "outcome": "spoken", "called_at": local(0.5), "other_name": "Kees Zonder", "note": "Gebeld zonder sleutel",
    },
    "web.client_forms.end": {"last_day": "2031-12-31", "reason": "Overgestapt zonder sleutel"},
    "web.deputies.begin": {"reason": "Vakantie zonder sleutel", "starts_at": local(1), "ends_at": local(-24)},
    "web.facts_and_term.move": {
        "until": local(-200), "reason": "Storing bij de AP", "source": "Pagina van de AP",
    },
    "web.facts_and_term.state_own_awareness": {"aware_at": local(2), "reason": "Toen las de directie het"},
    "web.incidents.record": an_incident_form(title="Station zonder sleutel") | {"clients.0.client_number": "K0001"},
    "web.people.ask": {"email": "nieuw@zonder.example", "role": "auditor"},
    "web.tokens.make": {"name": "Programma zonder", "days": "30", "scopes": ["read"]},
}  # fmt: skip
"""What somebody types into each form that makes or decides something."""
COUNTED = """
    select (select count(*) from processing_agreement) as clients, (select count(*) from breach) as breaches,
           (select count(*) from incident) as incidents, (select count(*) from invitation) as invited,
           (select count(*) from api_token) as tokens, (select count(*) from deputy) as deputies,
           (select count(*) from history) as entries"""


@dataclass(frozen=True)
class Scene:
    """Whose form it is, where it is sent, and the page that it is on."""

    organisation_id: UUID
    at: str
    seen: str


def scene_of(endpoint: str, office: Office, database: Database) -> Scene:
    """Where the form of this endpoint is: at the office, or at an organisation that is made for it."""
    if endpoint in SCENES:
        return SCENES[endpoint](office, database)
    at = f"/o/{slug_of(office.id)}{PATHS[endpoint]}"
    return Scene(office.id, at, at)


def _of_a_call(office: Office, database: Database) -> Scene:
    incident = an_incident(office)
    [row] = database.outside("select id from escalation where incident_id = :id limit 1", id=incident.id)
    at = f"/o/{slug_of(office.id)}/incidents/{incident.id}/escalations/{row['id']}"
    return Scene(office.id, at, at)


def _of_an_end(_: Office, database: Database) -> Scene:
    office = an_office(1)
    [row] = database.outside("select id from processing_agreement where processor_id = :id", id=office.id)
    at = f"/o/{slug_of(office.id)}/clients/{row['id']}/end"
    return Scene(office.id, at, at)


def _of_a_term(office: Office, _: Database) -> Scene:
    at = f"/o/{slug_of(office.id)}/breaches/{an_own_breach(office.id)}/term"
    return Scene(office.id, at, at)


def _of_an_awareness(_: Office, __: Database) -> Scene:
    stated = a_stated_awareness(hours_ago=1, found_before=4)
    at = f"/o/{slug_of(stated.id)}/breaches/{stated.breach}/awareness"
    return Scene(stated.id, at, at)


SCENES: dict[str, Callable[[Office, Database], Scene]] = {
    "web.call_list.record": _of_a_call,
    "web.client_forms.end": _of_an_end,
    "web.facts_and_term.move": _of_a_term,
    "web.facts_and_term.state_own_awareness": _of_an_awareness,
}
PATHS = {
    "web.agreements.register": "/agreements/new", "web.breaches.record": "/breaches/new",
    "web.deputies.begin": "/deputies", "web.incidents.record": "/incidents/new", "web.people.ask": "/people",
    "web.tokens.make": "/tokens",
}  # fmt: skip
"""The address of each other form, within the office."""

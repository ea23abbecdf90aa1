"""Incidents and escalations as programs write them that go around the rules of this product."""

import json
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import select, text

from tenants.agreements.processing_agreements import ProcessingAgreement
from tenants.database import db
from tenants.isolation import acting_for
from tests.factories import Office

OPERATORS_DOORS = (
    "decide_admission", "operator_acts", "held_mail", "offices_decided", "release_claim", "found_by_operator",
    "closed_with", "goes_on_at", "make_set_up_link",
)  # fmt: skip
"""For the owner of the database, who is no part of the service."""


def register_of(office: UUID) -> UUID:
    with acting_for(office):
        return db.session.scalars(select(ProcessingAgreement.controller_id).limit(1)).one()


def an_own_incident(office: Office) -> UUID:
    """As a program would write it that goes around the rules."""
    with acting_for(office.id):
        escalation_id: UUID = db.session.scalar(text("""
            insert into incident (organisation_id, reference, title, services, found_at, became_aware_at, description,
                                  contact_name, contact_email, created_by)
            values (:me, '2026-9999', 't', '{payroll_bare}', now(), now(), 'd', 'n', 'e', :me) returning id
            """), {"me": office.id})  # fmt: skip
        return escalation_id


def a_plan() -> dict[str, Any]:
    words = {"workflow": "escalation", "version": 1, "step": "inform", "clock": "inform-controller"}
    return {"office": words, "controller": words, "actor_id": str(uuid4()), "actor_name": "Iemand"}


def open_escalations(incident: UUID) -> int:
    terms = [{"hours": 24, "alarm_at": "2026-11-21T12:00Z", "moments": ["2026-11-21T12:00Z"]}]
    opened = text("select open_escalations(:incident, cast(:terms as jsonb), cast(:plan as jsonb))")
    values = {"incident": incident, "terms": json.dumps(terms), "plan": json.dumps(a_plan())}
    return int(db.session.scalar(opened, values) or 0)

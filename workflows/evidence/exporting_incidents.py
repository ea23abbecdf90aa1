"""The file of an office's incidents with their escalations, which people take away: one transaction, with the history
entry that says who took how many rows."""

from typing import Any

from sqlalchemy import Select, and_, func, select

from tenants.agreements.processing_agreements import ProcessingAgreement
from tenants.database import db
from tenants.history.entries import Actor, Entry, record
from tenants.isolation import acting_organisation
from tenants.register.escalations import Escalation
from tenants.register.incident_ends import IncidentEnd
from tenants.register.incidents import Incident, in_state_and_year
from workflows.evidence.exporting import PAGE, Write, filter_said

OF_INCIDENT = (
    "reference", "title", "services", "found_at", "became_aware_at", "happened_from", "happened_until", "is_test",
)  # fmt: skip
OF_ESCALATION = (
    "controller_name", "people_min", "people_max", "people_estimate", "hours_agreed", "alarm_at", "informed_at",
    "informed_how", "call_needed_at", "acknowledged_at", "acknowledged_by", "decision", "decided_at", "decided_alone",
)  # fmt: skip
COLUMNS = (*OF_INCIDENT, "ended_at", "client_number", *OF_ESCALATION)


def export_incidents(by: Actor, write: Write, state: str | None = None, year: int | None = None) -> int:
    """Write a row for each escalation of the acting office, with its incident, the newest first, and record it. Returns
    how many.

    `state`: one of INCIDENT_STATES, `year`: in which they were found; None: all. An incident without escalations has
    one row.
    """
    count = 0
    for row in db.session.execute(_statement(state, year), execution_options={"yield_per": PAGE}).mappings():
        write(dict(row))
        count += 1
    details = {"rows": count, "filter": filter_said({"state": state, "year": year})}
    record([Entry("organisation", acting_organisation(), "incidents.exported", by, details)])
    return count


def rows_of_incidents(state: str | None = None, year: int | None = None) -> int:
    """Return how many rows `export_incidents` would write."""
    rows = _statement(state, year).order_by(None).subquery()
    return db.session.scalar(select(func.count()).select_from(rows)) or 0


def _statement(state: str | None, year: int | None) -> Select[Any]:
    office = acting_organisation()
    escalated = and_(Escalation.processor_id == office, Escalation.incident_id == Incident.id)
    agreed = and_(ProcessingAgreement.processor_id == office, ProcessingAgreement.id == Escalation.agreement_id)
    ended = select(IncidentEnd.ended_at).where(
        IncidentEnd.organisation_id == office, IncidentEnd.incident_id == Incident.id, IncidentEnd.reopened_at.is_(None)
    )
    return (
        select(*(getattr(Incident, name) for name in OF_INCIDENT), ended.scalar_subquery().label("ended_at"),
               ProcessingAgreement.client_number, *(getattr(Escalation, name) for name in OF_ESCALATION))
        .outerjoin(Escalation, escalated).outerjoin(ProcessingAgreement, agreed)
        .where(Incident.organisation_id == office, *in_state_and_year(state, year))
        .order_by(Incident.found_at.desc(), Incident.id.desc(), Escalation.alarm_at, Escalation.id)
    )  # fmt: skip

"""The mails that the office sent to one client about an incident: to whom, when, the text, and what became of them."""

from uuid import UUID

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from service.admission.access import may
from tenants.errors import NotFound
from tenants.isolation import database_now
from tenants.register.escalations import escalation
from tenants.register.incidents import incident
from workflows.mail.sent import mails_about

blueprint = Blueprint(
    "sent_mails", __name__, url_prefix="/o/<organisation>/incidents/<uuid:incident_id>/escalations"
)  # fmt: skip


@blueprint.get("/<uuid:escalation_id>/mails")
@may("read")
def shown(incident_id: UUID, escalation_id: UUID) -> ResponseReturnValue:
    """Show every mail to the contacts of one client, oldest first. Raises NotFound, also of another incident."""
    of = escalation(escalation_id)
    if of.incident_id != incident_id:
        raise NotFound("escalation.unknown")
    mails = mails_about("escalation", escalation_id)
    return render_template(
        "sent_mails.html", escalation=of, incident=incident(incident_id), mails=mails, now=database_now()
    )

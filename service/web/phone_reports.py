"""The call list of an incident: whom to call, who is calling whom, and what came of the last call."""

from uuid import UUID

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from service.admission.access import may
from tenants.agreements.client_standing import standing_among
from tenants.isolation import database_now
from tenants.register.incidents import incident
from workflows.escalation.calling import callers
from workflows.escalation.conversations import conversations
from workflows.escalation.ending import open_parts
from workflows.escalation.incident_board import call_list, sums

blueprint = Blueprint("phone_reports", __name__, url_prefix="/o/<organisation>/incidents/<uuid:incident_id>")
MOST = 100


@blueprint.get("/calls")
@may("read")
def listed(incident_id: UUID) -> ResponseReturnValue:
    """List the controllers to call, those with the least time left first."""
    waiting, counts = call_list(incident_id, MOST), sums(incident_id)
    return render_template(
        "calls.html", incident=incident(incident_id), waiting=waiting, total=counts["call"], now=database_now(),
        standing=standing_among(row.controller_id for row in waiting),
        callers=callers(incident_id), conversations=conversations(row.id for row in waiting),
        not_informed=open_parts(counts).not_informed,
    )  # fmt: skip

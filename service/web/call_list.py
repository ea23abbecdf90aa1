"""The call list of an incident: whom to call, who is calling whom, and what came of the last call."""

from typing import Any
from uuid import UUID

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from service.admission.access import may, unattended
from service.web.live_parts import answer
from tenants.agreements.client_standing import standing_among
from tenants.isolation import database_now
from tenants.register.incidents import incident
from workflows.escalation.calling import callers
from workflows.escalation.conversations import conversations
from workflows.escalation.ending import open_parts
from workflows.escalation.incident_board import call_list, sums

blueprint = Blueprint("call_list", __name__, url_prefix="/o/<organisation>/incidents/<uuid:incident_id>")
MOST = 100


@blueprint.get("/calls")
@may("read")
def listed(incident_id: UUID) -> ResponseReturnValue:
    """List the controllers to call, those with the least time left first."""
    return render_template("calls.html", **_shown(incident_id))


@blueprint.get("/calls.json")
@may("read")
@unattended
def live(incident_id: UUID) -> ResponseReturnValue:
    """Return the call list as HTML, for a page that stays open; who is calling whom is apart in it.

    So a reader who stands on the list with the keyboard sees a call that a colleague begins.
    """
    shown = _shown(incident_id)
    callers_of = {
        f"caller-{row.id}": render_template("calls_caller.html", caller=shown["callers"].get(row.id))
        for row in shown["waiting"]
    }  # fmt: skip
    return answer({"list": render_template("calls_waiting.html", **shown), **callers_of})


def _shown(incident_id: UUID) -> dict[str, Any]:
    waiting, counts = call_list(incident_id, MOST), sums(incident_id)
    return {
        "incident": incident(incident_id), "waiting": waiting, "total": counts["call"], "now": database_now(),
        "standing": standing_among(row.controller_id for row in waiting), "callers": callers(incident_id),
        "conversations": conversations(row.id for row in waiting),
        "not_informed": open_parts(counts).not_informed,
    }  # fmt: skip

"""One controller that must be told (Art. 33(2)): how far its escalation is, and a call that was made."""

from typing import Any
from uuid import UUID

from flask_smorest import Blueprint

from service.admission.access import actor, may
from service.admission.idempotency import idempotent
from service.admission.viewer import viewer
from service.api.answers import all_columns
from service.api.routes import OF_ORGANISATION, Resource
from service.schemas.escalation import CallSchema, EscalationAnswer
from workflows.dossiers.escalation import escalation_dossier_of
from workflows.escalation.phone_reports import record_call

blueprint: Blueprint = Resource("escalations", __name__, url_prefix=f"{OF_ORGANISATION}/escalations")


@blueprint.route("/<uuid:escalation_id>")
@blueprint.response(200, EscalationAnswer)
@may("read")
def show_escalation(escalation_id: UUID) -> dict[str, Any]:
    """Return one escalation with its dossier."""
    return _whole(escalation_id)


@blueprint.route("/<uuid:escalation_id>/call", methods=["POST"])
@idempotent
@blueprint.arguments(CallSchema)
@blueprint.response(200, EscalationAnswer)
@may("call")
def record_call_made(payload: dict[str, Any], escalation_id: UUID) -> dict[str, Any]:
    """Record that the controller was told by telephone or letter. It counts as informed from that moment."""
    record_call(escalation_id, payload["informed_at"], payload["how"], actor(), payload["note"])
    return _whole(escalation_id)


def _whole(escalation_id: UUID) -> dict[str, Any]:
    dossier = escalation_dossier_of(escalation_id, viewer())
    return all_columns(dossier.escalation) | {"run": dossier.run} | dossier.standing

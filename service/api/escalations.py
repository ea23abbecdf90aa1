"""One controller that must be told (Art. 33(2)): how far its escalation is, and the conversations with it."""

from typing import Any
from uuid import UUID

from flask_smorest import Blueprint

from service.admission.access import actor, may
from service.admission.idempotency import idempotent
from service.admission.viewer import viewer
from service.api.answers import all_columns
from service.api.routes import OF_ORGANISATION, Resource
from service.schemas.escalation import ConversationSchema, EscalationAnswer, TakeBackSchema
from workflows.dossiers.escalation import escalation_dossier_of
from workflows.escalation.conversations import Conversation, record_conversation, take_back

blueprint: Blueprint = Resource("escalations", __name__, url_prefix=f"{OF_ORGANISATION}/escalations")


@blueprint.route("/<uuid:escalation_id>")
@blueprint.response(200, EscalationAnswer)
@may("read")
def show_escalation(escalation_id: UUID) -> dict[str, Any]:
    """Return one escalation with its dossier."""
    return _whole(escalation_id)


@blueprint.route("/<uuid:escalation_id>/conversations", methods=["POST"])
@idempotent
@blueprint.arguments(ConversationSchema)
@blueprint.response(200, EscalationAnswer)
@may("call")
def record_call_made(made: Conversation, escalation_id: UUID) -> dict[str, Any]:
    """Record what came of a call or letter. The controller is informed by it when somebody was told."""
    record_conversation(escalation_id, made, actor())
    return _whole(escalation_id)


@blueprint.route("/<uuid:escalation_id>/conversations/<int:seq>/take-back", methods=["POST"])
@idempotent
@blueprint.arguments(TakeBackSchema)
@blueprint.response(200, EscalationAnswer)
@may("call")
def take_call_back(payload: dict[str, Any], escalation_id: UUID, seq: int) -> dict[str, Any]:
    """Take back a conversation that was recorded by mistake. Its entry stays in the history."""
    take_back(escalation_id, seq, payload["reason"], actor())
    return _whole(escalation_id)


def _whole(escalation_id: UUID) -> dict[str, Any]:
    dossier = escalation_dossier_of(escalation_id, viewer())
    of = {"conversations": dossier.conversations, "caller": dossier.caller}
    return all_columns(dossier.escalation) | {"run": dossier.run} | dossier.standing | of

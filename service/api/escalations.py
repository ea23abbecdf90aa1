"""One controller that must be told (Art. 33(2)): how far its escalation is, its contacts, and who calls it."""

from typing import Any
from uuid import UUID

from flask_smorest import Blueprint

from service.admission.access import actor, may
from service.admission.idempotency import idempotent
from service.admission.viewer import viewer
from service.api.answers import all_columns
from service.api.routes import OF_ORGANISATION, Resource
from service.schemas.escalation import (
    ContactsAnswer,
    ConversationSchema,
    CorrectedContactAnswer,
    CorrectedContactSchema,
    EscalationAnswer,
    SeenSchema,
    TakeBackSchema,
)
from tenants.register.escalations import escalation
from workflows.dossiers.escalation import escalation_dossier_of
from workflows.escalation.calling import let_go, take
from workflows.escalation.conversations import Conversation, record_conversation, take_back
from workflows.escalation.correcting_contacts import correct_contact, newest_change

blueprint: Blueprint = Resource("escalations", __name__, url_prefix=f"{OF_ORGANISATION}/escalations")


@blueprint.route("/<uuid:escalation_id>")
@blueprint.response(200, EscalationAnswer)
@may("read")
def show_escalation(escalation_id: UUID) -> dict[str, Any]:
    """Return one escalation with its dossier."""
    return _whole(escalation_id)


@blueprint.route("/<uuid:escalation_id>/conversations", methods=["POST"])
@idempotent
@blueprint.arguments(SeenSchema, location="query")
@blueprint.arguments(ConversationSchema)
@blueprint.response(200, EscalationAnswer)
@may("call")
def record_call_made(asked: dict[str, Any], made: Conversation, escalation_id: UUID) -> dict[str, Any]:
    """Record what came of a call or letter. The controller is informed by it when somebody was told."""
    record_conversation(escalation_id, made, actor(), asked["seen"])
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


@blueprint.route("/<uuid:escalation_id>/caller", methods=["PUT"])
@idempotent
@blueprint.arguments(SeenSchema, location="query")
@blueprint.response(200, EscalationAnswer)
@may("call")
def take_client(asked: dict[str, Any], escalation_id: UUID) -> dict[str, Any]:
    """Say that you are calling this client; colleagues see it for fifteen minutes."""
    take(escalation_id, asked["seen"], actor())
    return _whole(escalation_id)


@blueprint.route("/<uuid:escalation_id>/caller", methods=["DELETE"])
@blueprint.response(200, EscalationAnswer)
@may("call")
def let_client_go(escalation_id: UUID) -> dict[str, Any]:
    """Say that you are not calling this client any more. A colleague's call goes on."""
    let_go(escalation_id, actor())
    return _whole(escalation_id)


@blueprint.route("/<uuid:escalation_id>/contacts")
@blueprint.response(200, ContactsAnswer)
@may("read")
def list_contacts(escalation_id: UUID) -> dict[str, Any]:
    """Return the contacts of this client, and the newest change of them."""
    return _contacts(escalation_id)


@blueprint.route("/<uuid:escalation_id>/contacts/<int:nth>", methods=["PUT"])
@idempotent
@blueprint.arguments(CorrectedContactSchema)
@blueprint.response(200, CorrectedContactAnswer)
@may("register_clients")
def put_contact(payload: dict[str, Any], escalation_id: UUID, nth: int) -> dict[str, Any]:
    """Correct the contact at this place, or add one at the place after the last; the link to its register is mailed
    there."""
    seen = payload.pop("seen")
    outcome = correct_contact(escalation_id, nth, payload, seen, actor())
    return _contacts(escalation_id) | {"outcome": outcome}


def _contacts(escalation_id: UUID) -> dict[str, Any]:
    about = escalation(escalation_id)
    return {"contacts": about.contacts, "seen": newest_change(about)}


def _whole(escalation_id: UUID) -> dict[str, Any]:
    dossier = escalation_dossier_of(escalation_id, viewer())
    newest = max((entry.seq for entry in dossier.history), default=0)
    of = {"conversations": dossier.conversations, "caller": dossier.caller, "newest_entry": newest,
          "is_test": dossier.incident.is_test}  # fmt: skip
    return all_columns(dossier.escalation) | {"run": dossier.run} | dossier.standing | of

"""Processors: who processes for this organisation, who asks to, and how this organisation answers them."""

from datetime import datetime
from typing import Any
from uuid import UUID

from flask_smorest import Blueprint

from service.admission.access import actor, may
from service.admission.idempotency import idempotent
from service.api.routes import OF_ORGANISATION, Resource
from service.schemas.processor import AnsweredAnswer, AnswerSchema, ProcessorsAnswer, ReceivedAnswer
from workflows.trust.consenting import answer, confirm_receipt, processors_with_clocks

blueprint: Blueprint = Resource("processors", __name__, url_prefix=f"{OF_ORGANISATION}/processors")


@blueprint.route("")
@blueprint.response(200, ProcessorsAnswer)
@may("read")
def list_processors() -> dict[str, Any]:
    """List who was accepted, refused or ended, and who asks. An office may only ask a verified organisation."""
    return {"items": processors_with_clocks()}


@blueprint.route("/<uuid:processor_id>/answer", methods=["POST"])
@idempotent
@blueprint.arguments(AnswerSchema)
@blueprint.response(200, AnsweredAnswer)
@may("see_to_processors")
def answer_processor(payload: dict[str, str], processor_id: UUID) -> dict[str, int]:
    """Accept a processor (its messages move into the register in one act), refuse it, or end an acceptance."""
    return {"breaches": answer(processor_id, payload["answer"], actor())}


@blueprint.route("/<uuid:processor_id>/messages/<uuid:breach_id>/receipt", methods=["POST"])
@idempotent
@blueprint.response(200, ReceivedAnswer)
@may("confirm_receipt")
def confirm_receipt_of_message(processor_id: UUID, breach_id: UUID) -> dict[str, datetime]:
    """Confirm receipt of a message of a processor that is not accepted yet. This does not accept the processor."""
    return {"acknowledged_at": confirm_receipt(processor_id, breach_id, actor())}

"""Processors: who processes for this organisation, who asks to, and what it answers them."""

from typing import Any
from uuid import UUID

from flask_smorest import Blueprint

from service.access import actor, may
from service.api.doors import OF_ORGANISATION, Resource
from service.idempotency import idempotent
from service.schemas.processor import AnsweredAnswer, AnswerSchema, ProcessorsAnswer
from tenants.consents import processors
from workflows.consenting import answer

blueprint: Blueprint = Resource("processors", __name__, url_prefix=f"{OF_ORGANISATION}/processors")


@blueprint.route("")
@blueprint.response(200, ProcessorsAnswer)
@may("read")
def list_processors() -> dict[str, Any]:
    """Who was accepted, refused or ended, and who asks. A verified organisation is asked by each office that has it."""
    return {"items": processors()}


@blueprint.route("/<uuid:processor_id>/answer", methods=["POST"])
@idempotent
@blueprint.arguments(AnswerSchema)
@blueprint.response(200, AnsweredAnswer)
@may("see_to_processors")
def answer_processor(given: dict[str, str], processor_id: UUID) -> dict[str, int]:
    """Accept it (its messages move into the register in one act), refuse it, or end what was accepted."""
    return {"breaches": answer(processor_id, given["answer"], actor())}

"""Deputies: an owner lets somebody stand in for a colleague for a period."""

from typing import Any
from uuid import UUID

from flask_smorest import Blueprint

from service.admission.access import actor, may
from service.admission.idempotency import idempotent
from service.api.routes import OF_ORGANISATION, Resource
from service.schemas.deputy import DeputiesAnswer, DeputyAnswer, DeputySchema
from tenants.identity.deputies import Deputy, deputies
from workflows.accounts.deputising import appoint, end_early

blueprint: Blueprint = Resource("deputies", __name__, url_prefix=f"{OF_ORGANISATION}/deputies")


@blueprint.route("")
@blueprint.response(200, DeputiesAnswer)
@may("read")
def list_deputies() -> dict[str, Any]:
    """List who stands in for whom now, who did before, and who will later."""
    return {"items": deputies()}


@blueprint.route("", methods=["POST"])
@idempotent
@blueprint.arguments(DeputySchema)
@blueprint.response(201, DeputyAnswer)
@may("appoint_deputy")
def appoint_deputy(payload: dict[str, Any]) -> Deputy:
    """Appoint a deputy. From its first moment the deputy may act as the colleague, in the name of both.

    The appointment ends by itself at its last moment.
    """
    return appoint(**payload, by=actor())


@blueprint.route("/<uuid:appointment_id>/end", methods=["POST"])
@idempotent
@blueprint.response(200, DeputyAnswer)
@may("appoint_deputy")
def end_deputy(appointment_id: UUID) -> Deputy:
    """End the appointment now, before its last moment."""
    return end_early(appointment_id, actor())

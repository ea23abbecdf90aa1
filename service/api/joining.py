"""One organisation that has two registers: finding the other one, and joining it into this one."""

from typing import Any
from uuid import UUID

from flask_smorest import Blueprint

from service.admission.access import actor, may
from service.admission.idempotency import idempotent
from service.api.routes import OF_ORGANISATION, Resource
from service.schemas.joining import JoinablesAnswer, JoinedAnswer
from workflows.trust.joining import join, joinable

blueprint: Blueprint = Resource("joining", __name__, url_prefix=f"{OF_ORGANISATION}/registers")


@blueprint.route("")
@blueprint.response(200, JoinablesAnswer)
@may("read")
def list_registers_to_join() -> dict[str, Any]:
    """List other registers with the same KvK number that this person owns too.

    The list is empty for whoever owns none.
    """
    return {"items": joinable(actor())}


@blueprint.route("/<uuid:register_id>/join", methods=["POST"])
@idempotent
@blueprint.response(200, JoinedAnswer)
@may("join_registers")
def join_register(register_id: UUID) -> dict[str, int]:
    """Join a register into this one.

    Agreements and accepted processors come along; the joined register is read only.
    """
    return {"agreements": join(register_id, actor())}

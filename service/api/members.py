"""Who belongs to an organisation, and in which role."""

from typing import Any
from uuid import UUID

from flask_smorest import Blueprint

from service.admission.access import actor, may, place, user
from service.admission.idempotency import idempotent
from service.api.routes import OF_ORGANISATION, Resource
from service.schemas.person import DepartureSchema, FactorRemovalAnswer, MembersAnswer, RoleSchema
from tenants.errors import Invalid
from tenants.identity.users import AskedToGo, members_of, owners_to_end, waiting_seats
from workflows.accounts import lost_factor, seating
from workflows.accounts.ending_owners import ask_to_end, object_to_end
from workflows.accounts.membership import change_role, leave, take_out

blueprint: Blueprint = Resource("members", __name__, url_prefix=f"{OF_ORGANISATION}/members")


@blueprint.route("")
@blueprint.response(200, MembersAnswer)
@may("read")
def list_members() -> dict[str, Any]:
    """List everybody with a role in this organisation."""
    return _all()


@blueprint.route("/<uuid:user_id>/role", methods=["PUT"])
@idempotent
@blueprint.arguments(RoleSchema)
@blueprint.response(200, MembersAnswer)
@may("see_to_people")
def put_role(payload: dict[str, str], user_id: UUID) -> dict[str, Any]:
    """Give a member another role, from the next request on. The last owner keeps theirs."""
    change_role(user_id, payload["role"], actor())
    return _all()


@blueprint.route("/<uuid:user_id>", methods=["DELETE"])
@blueprint.response(204)
@may("see_to_people")
def take_member_out(user_id: UUID) -> None:
    """Remove a member, from the next request on. The last owner stays."""
    take_out(user_id, actor())


@blueprint.route("/<uuid:user_id>/agreement", methods=["POST"])
@idempotent
@blueprint.response(200, MembersAnswer)
@may("see_to_people")
def agree_to_seat(user_id: UUID) -> dict[str, Any]:
    """Confirm, as a second owner, that you know this person. Their decisions count from now, without waiting a day."""
    seating.agree(user_id, actor())
    return _all()


@blueprint.route("/<uuid:user_id>/second-factor/removal", methods=["POST"])
@idempotent
@blueprint.response(200, FactorRemovalAnswer)
@may("see_to_people")
def ask_factor_removal(user_id: UUID) -> dict[str, bool]:
    """Ask that a lost second factor is removed, or agree with it.

    An owner of each organisation of the person must agree.
    """
    return {"removed": lost_factor.ask(user_id, actor())}


@blueprint.route("/<uuid:user_id>/second-factor/removal", methods=["DELETE"])
@blueprint.response(204)
@may("see_to_people")
def stop_factor_removal(user_id: UUID) -> None:
    """Stop the removal of a second factor. Nothing is removed."""
    lost_factor.stop(user_id, actor())


@blueprint.route("/me/departure", methods=["POST"])
@idempotent
@blueprint.arguments(DepartureSchema)
@blueprint.response(204)
@may("leave")
def leave_organisation(payload: dict[str, str]) -> None:
    """Leave this organisation, from the next request on. The last owner stays; seats elsewhere stay as they are.

    422 (Invalid) when the body does not name the organisation as its address does.
    """
    if payload["organisation"] != place().slug:
        raise Invalid("member.name_it", "organisation")
    leave(actor(), user().password_at)


@blueprint.route("/<uuid:user_id>/ending", methods=["POST"])
@idempotent
@blueprint.response(200, MembersAnswer)
@may("see_to_people")
def ask_owner_to_go(user_id: UUID) -> dict[str, Any]:
    """Ask that another owner's seat may end or get a lower role, or agree with who asked.

    After a day it may happen, unless that owner objects.
    """
    ask_to_end(user_id, actor())
    return _all()


@blueprint.route("/<uuid:user_id>/ending", methods=["DELETE"])
@blueprint.response(204)
@may("see_to_people")
def object_to_going(user_id: UUID) -> None:
    """Object as this owner, or withdraw your own request. The request stands while another owner asks too."""
    object_to_end(user_id, actor())


def _asked_to_go(asked: AskedToGo | None) -> dict[str, Any]:
    if asked is None:
        return {"ends_from": None, "end_asked_by": []}
    return {"ends_from": asked.ends_from, "end_asked_by": list(asked.asked_by)}


def _all() -> dict[str, Any]:
    here = place().organisation_id
    waiting, ending = waiting_seats(here), owners_to_end(here)
    return {
        "items": [
            {
                "id": user.id, "name": user.name, "email": user.email, "role": role,
                "counts_from": waiting.get(user.id), **_asked_to_go(ending.get(user.id)),
            }
            for user, role in members_of(here)
        ]
    }  # fmt: skip

"""Who belongs to an organisation, and as what."""

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
    """Everybody with a role here."""
    return _all()


@blueprint.route("/<uuid:user_id>/role", methods=["PUT"])
@idempotent
@blueprint.arguments(RoleSchema)
@blueprint.response(200, MembersAnswer)
@may("see_to_people")
def put_role(payload: dict[str, str], user_id: UUID) -> dict[str, Any]:
    """Another role, from the next request on. The last owner stays one."""
    change_role(user_id, payload["role"], actor())
    return _all()


@blueprint.route("/<uuid:user_id>", methods=["DELETE"])
@blueprint.response(204)
@may("see_to_people")
def take_member_out(user_id: UUID) -> None:
    """Somebody does not belong here any more, from the next request on. The last owner stays."""
    take_out(user_id, actor())


@blueprint.route("/<uuid:user_id>/agreement", methods=["POST"])
@idempotent
@blueprint.response(200, MembersAnswer)
@may("see_to_people")
def agree_to_seat(user_id: UUID) -> dict[str, Any]:
    """A second owner knows this person: what they decide counts from now, not from a day later."""
    seating.agree(user_id, actor())
    return _all()


@blueprint.route("/<uuid:user_id>/second-factor/removal", methods=["POST"])
@idempotent
@blueprint.response(200, FactorRemovalAnswer)
@may("see_to_people")
def ask_factor_removal(user_id: UUID) -> dict[str, bool]:
    """Ask that a lost second factor is taken away, or agree. An owner of each organisation of the person must."""
    return {"removed": lost_factor.ask(user_id, actor())}


@blueprint.route("/<uuid:user_id>/second-factor/removal", methods=["DELETE"])
@blueprint.response(204)
@may("see_to_people")
def stop_factor_removal(user_id: UUID) -> None:
    """This is not right: nothing is taken away."""
    lost_factor.stop(user_id, actor())


@blueprint.route("/me/departure", methods=["POST"])
@idempotent
@blueprint.arguments(DepartureSchema)
@blueprint.response(204)
@may("leave")
def leave_organisation(payload: dict[str, str]) -> None:
    """You do not belong here any more, from the next request on. The last owner stays; no seat elsewhere changes."""
    if payload["organisation"] != place().slug:
        raise Invalid("member.name_it", "organisation")
    leave(actor(), user().password_at)


@blueprint.route("/<uuid:user_id>/ending", methods=["POST"])
@idempotent
@blueprint.response(200, MembersAnswer)
@may("see_to_people")
def ask_owner_to_go(user_id: UUID) -> dict[str, Any]:
    """Ask that another owner's seat may end or be lowered, or join who asked: it may a day later.

    Unless that owner objects."""
    ask_to_end(user_id, actor())
    return _all()


@blueprint.route("/<uuid:user_id>/ending", methods=["DELETE"])
@blueprint.response(204)
@may("see_to_people")
def object_to_going(user_id: UUID) -> None:
    """This owner stays; or who asked takes it back, and it stands while another owner asks too."""
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

"""Mailed links: to join an organisation, to open one's register, to confirm receipt without an account."""

from typing import Any
from uuid import UUID

from flask_smorest import Blueprint

from service.admission.access import actor, by_token, may, with_own_register
from service.admission.browsers import browser_words
from service.admission.idempotency import idempotent
from service.api.routes import OF_ORGANISATION, Resource
from service.schemas.breach import ReceiptSchema
from service.schemas.person import (
    AcceptanceSchema,
    InvitationAnswer,
    InvitationSchema,
    PendingInvitationsAnswer,
    SessionAnswer,
)
from service.schemas.register import ReceiptAnswer
from service.words.texts import locale
from tenants.identity.invitations import Invitation, has_account, pending
from tenants.identity.sessions import begin_session
from tenants.identity.users import Place, places_of
from tenants.register.breaches import breach
from workflows.accounts import inviting
from workflows.accounts.invitation_mail import inviter_words
from workflows.accounts.signing_in import standing
from workflows.mail.limits import held_now

blueprint: Blueprint = Resource("invitations", __name__, url_prefix="/api")
OWN = OF_ORGANISATION.removeprefix("/api") + "/invitations"


@blueprint.route(OWN, methods=["POST"])
@idempotent
@blueprint.arguments(InvitationSchema)
@blueprint.response(201, InvitationAnswer)
@blueprint.alt_response(202, schema=InvitationAnswer)
@may("see_to_people")
def invite(payload: dict[str, str]) -> tuple[dict[str, Any], int]:
    """Invite somebody to this organisation. A link is mailed to them alone. 202: the mail waits, see `held`."""
    return _sent(inviting.invite(payload["email"], payload["role"], actor()))


@blueprint.route(OWN)
@blueprint.response(200, PendingInvitationsAnswer)
@may("see_to_people")
def list_invitations() -> dict[str, Any]:
    """List the people who were invited to this organisation and did not answer yet, the newest first."""
    return {"items": pending()}


@blueprint.route(f"{OWN}/<uuid:invitation_id>/again", methods=["POST"])
@idempotent
@blueprint.response(201, InvitationAnswer)
@blueprint.alt_response(202, schema=InvitationAnswer)
@may("see_to_people")
def resend_invitation(invitation_id: UUID) -> tuple[dict[str, Any], int]:
    """Mail a new link to the same person. The old link opens nothing from now on. 202: the mail waits, see `held`."""
    return _sent(inviting.invite_again(invitation_id, actor()))


@blueprint.route(f"{OWN}/<uuid:invitation_id>", methods=["DELETE"])
@blueprint.response(204)
@may("see_to_people")
def withdraw_invitation(invitation_id: UUID) -> None:
    """Withdraw an invitation. Its link opens nothing from now on, and says so."""
    inviting.withdraw_invitation(invitation_id, actor())


@blueprint.route("/invitations/<token>")
@by_token
@blueprint.response(200, InvitationAnswer)
def show_invitation(invitation: Invitation) -> dict[str, Any]:
    """Return what the link stands for, and whether its address has an account. Only the holder of the link can ask."""
    return _told(invitation) | {"has_account": has_account(invitation)}


@blueprint.route("/invitations/<token>", methods=["POST"])
@by_token
@with_own_register
@blueprint.arguments(AcceptanceSchema)
@blueprint.response(201, SessionAnswer)
def accept_invitation(payload: dict[str, str], invitation: Invitation, own: Place | None) -> dict[str, Any]:
    """Make an account and join. This also confirms receipt of the message that had the link."""
    user = inviting.accept_invitation(invitation, payload["name"] or "", payload["password"], own)
    places = places_of(user.id)
    return {
        "token": begin_session(user, browser=browser_words()), "user": user, "organisations": places,
        "second_factor": standing(user.id, False, places),
    }  # fmt: skip


@blueprint.route("/receipts/<token>", methods=["POST"])
@by_token
@blueprint.arguments(ReceiptSchema)
@blueprint.response(200, ReceiptAnswer)
def confirm_receipt_by_link(payload: dict[str, str], invitation: Invitation) -> dict[str, Any]:
    """Confirm receipt by the mailed link, without an account. The first time stands.

    null: an earlier link of this office went to somebody else, so this is kept as a statement and does not count.
    """
    return {"acknowledged_at": inviting.confirm_receipt(invitation, payload["name"])}


def _sent(invitation: Invitation) -> tuple[dict[str, Any], int]:
    answer = _told(invitation) | {"held": held_now("invitation")}
    return answer, 202 if answer["held"] else 201


def _told(invitation: Invitation) -> dict[str, Any]:
    about = breach(invitation.breach_id) if invitation.breach_id else None
    return {
        "id": invitation.id, "organisation": inviting.called(invitation), "email": invitation.email,
        "role": invitation.role, "invited_by": inviter_words(invitation, locale()),
        "expires_at": invitation.expires_at, "used": invitation.used_at is not None,
        "breach": {"title": about.title, "processor_name": about.processor_name} if about else None,
    }  # fmt: skip

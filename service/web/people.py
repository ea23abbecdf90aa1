"""Who may do what here, and inviting a colleague."""

from collections.abc import Callable
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from service.admission.access import actor, allowed, may, place, user
from service.admission.sent_forms import makes_new
from service.schemas.person import InvitationSchema, RoleSchema
from service.web.confirming import confirm_page
from service.web.forms import Form
from service.web.layout import label
from service.words.moments import local_moment
from service.words.texts import t
from tenants.errors import NotFound
from tenants.identity.invitations import LASTS, Invitation, pending
from tenants.identity.refusals import latest_refusals
from tenants.identity.users import APPROVER, OWNER, ROLES, members_of, owners_to_end, waiting_seats
from tenants.isolation import database_now
from workflows.accounts import lost_factor, seating
from workflows.accounts.crew import FOR_GOOD, crew_here
from workflows.accounts.ending_owners import ask_again_from, ask_to_end, object_to_end
from workflows.accounts.factor_removal import owns_somewhere
from workflows.accounts.inviting import invite, invite_again, withdraw_invitation
from workflows.accounts.lost_factor import Asked
from workflows.accounts.membership import change_role, take_out
from workflows.engine.progress import is_fresh
from workflows.mail.limits import held_now
from workflows.roles import DECIDERS, PEOPLE_OF_A_DECISION, WORKERS

blueprint = Blueprint("people", __name__, url_prefix="/o/<organisation>/people")
TAKES_AN_APPROVER = ("factor_removed", "member_out")
"""Acts after which perhaps nobody else can approve."""
BEGINNING = {"role": APPROVER}
"""The values with which the form of an invitation begins."""


@blueprint.get("")
@may("read")
def listed() -> ResponseReturnValue:
    """List everybody with a role."""
    return _page(Form.beginning_with(BEGINNING))


@blueprint.post("")
@may("see_to_people")
@makes_new
def ask() -> ResponseReturnValue:
    """Mail an invitation to somebody."""
    form = Form.posted()
    values = form.load(InvitationSchema())
    invited = form.attempt(lambda: invite(values["email"], values["role"], actor())) if values else None
    return _invited(form, invited)


@blueprint.post("/invitations/<uuid:invitation_id>/again")
@may("see_to_people")
def ask_again(invitation_id: UUID) -> ResponseReturnValue:
    """Mail a new link to the same person, because the first did not arrive or will lapse soon."""
    form = Form.posted()
    return _invited(form, form.attempt(lambda: invite_again(invitation_id, actor())))


@blueprint.post("/invitations/<uuid:invitation_id>/withdrawal")
@may("see_to_people")
def withdraw(invitation_id: UUID) -> ResponseReturnValue:
    """Withdraw the invitation."""
    form = Form.posted()
    withdrawn = form.attempt(lambda: withdraw_invitation(invitation_id, actor()))
    return _back("people.withdrawn", email=withdrawn.email) if withdrawn else (_page(form), form.status)


@blueprint.get("/<uuid:user_id>/second-factor/removal")
@may("see_to_people")
def confirm_factor_removal(user_id: UUID) -> ResponseReturnValue:
    """Show what happens, before a second factor is removed."""
    return _confirm("factor_removed", user_id, Form.beginning_with({}))


@blueprint.post("/<uuid:user_id>/second-factor/removal")
@may("see_to_people")
def ask_removal(user_id: UUID) -> ResponseReturnValue:
    """Ask for a new second factor for somebody who lost phone and codes, or agree with who asked."""
    form = Form.posted()
    is_gone = form.attempt(lambda: lost_factor.ask(user_id, actor()))
    if is_gone is None:
        return _confirm("factor_removed", user_id, form)
    asked = "people.factor_asked_owner" if owns_somewhere(user_id) else "people.factor_asked"
    return _back("people.factor_gone" if is_gone else asked)


@blueprint.post("/<uuid:user_id>/second-factor/removal/stop")
@may("see_to_people")
def stop_removal(user_id: UUID) -> ResponseReturnValue:
    """Stop the removal of a second factor that was asked for wrongly."""
    form = Form.posted()
    with form.showing_refusals():
        lost_factor.stop(user_id, actor())
    return (_page(form), form.status) if form.faults else _back("people.factor_stopped")


@blueprint.get("/<uuid:user_id>/agreement")
@may("see_to_people")
def confirm_agreement(user_id: UUID) -> ResponseReturnValue:
    """Show what happens, before a new member may decide at once."""
    return _confirm("seat_agreed", user_id, Form.beginning_with({}))


@blueprint.post("/<uuid:user_id>/agreement")
@may("see_to_people")
def agree_to_seat(user_id: UUID) -> ResponseReturnValue:
    """Confirm as a second owner that you know this person. What they decide counts from now."""
    return _confirmed("seat_agreed", user_id, lambda: seating.agree(user_id, actor()), "people.agreed")


@blueprint.get("/<uuid:user_id>/ending")
@may("see_to_people")
def confirm_ending(user_id: UUID) -> ResponseReturnValue:
    """Show what happens, before another owner is asked to leave."""
    return _confirm("owner_ends", user_id, Form.beginning_with({}))


@blueprint.post("/<uuid:user_id>/ending")
@may("see_to_people")
def ask_ending(user_id: UUID) -> ResponseReturnValue:
    """Ask that another owner leaves; that owner has a day to object."""
    return _confirmed("owner_ends", user_id, lambda: ask_to_end(user_id, actor()), "people.end_asked")


@blueprint.post("/<uuid:user_id>/ending/objection")
@may("see_to_people")
def object_to_ending(user_id: UUID) -> ResponseReturnValue:
    """Object, so that this owner stays."""
    form = Form.posted()
    is_over = form.attempt(lambda: object_to_end(user_id, actor()))
    stays = "people.end_refused_own" if user_id == user().id else "people.end_refused"
    done = stays if is_over else "people.end_taken_back"
    return (_page(form), form.status) if form.faults else _back(done)


@blueprint.post("/<uuid:user_id>/role")
@may("see_to_people")
def give_role(user_id: UUID) -> ResponseReturnValue:
    """Give a member another role, from now on."""
    form = Form.posted()
    values = form.load(RoleSchema())
    if values is not None:
        with form.showing_refusals():
            change_role(user_id, values["role"], actor())
    return (_page(form), form.status) if form.faults else _back("people.changed")


@blueprint.get("/<uuid:user_id>/removal")
@may("see_to_people")
def confirm_removal(user_id: UUID) -> ResponseReturnValue:
    """Show what happens, before a member is removed."""
    return _confirm("member_out", user_id, Form.beginning_with({}))


@blueprint.post("/<uuid:user_id>/removal")
@may("see_to_people")
def remove(user_id: UUID) -> ResponseReturnValue:
    """Remove a member from the organisation."""
    return _confirmed("member_out", user_id, lambda: take_out(user_id, actor()), "people.taken_out")


def _confirmed(act: str, user_id: UUID, verb: Callable[[], object], words: str) -> ResponseReturnValue:
    form = Form.posted()
    with form.showing_refusals():
        verb()
    return _confirm(act, user_id, form) if form.faults else _back(words)


def _confirm(act: str, user_id: UUID, form: Form) -> ResponseReturnValue:
    members = members_of(place().organisation_id)
    person, role = next(((person, role) for person, role in members if person.id == user_id), (None, ""))
    if person is None:
        raise NotFound("member.unknown")
    names = {"name": person.name, "email": person.email, "organisation": place().name, "role": label("role", role)}
    back = url_for(".listed", organisation=place().slug)
    after = [t("people.factor_after")] if act == "factor_removed" else []
    return confirm_page(act, form, back, names, warnings=after + _who_approves_after(act, user_id))


def _who_approves_after(act: str, user_id: UUID) -> list[str]:
    """Return a sentence when nobody but the reader could approve after this act."""
    if act not in TAKES_AN_APPROVER:
        return []
    back_from = database_now() + seating.A_DAY if act == "factor_removed" else None
    moment = crew_here().only_one_until(actor().id, user_id, back_from)
    if moment is None:
        return []
    if moment == FOR_GOOD:
        return [t("people.only_you", organisation=place().name)]
    return [t("people.only_you_until", organisation=place().name, moment=local_moment(moment, "whole"))]


def _invited(form: Form, invited: Invitation | None) -> ResponseReturnValue:
    if invited is None:
        return _page(form), form.status
    waits = held_now("invitation")
    later = "people.invited_waits" if waits and waits.until else "people.invited_held"
    return _back(later if waits else "people.invited", email=invited.email)


def _back(words: str, **values: str) -> ResponseReturnValue:
    flash(t(words, **values))
    return redirect(url_for(".listed", organisation=place().slug), 303)


def _asked() -> dict[UUID, Asked]:
    """Return the open requests about members, and how far each is. Only owners see them."""
    return lost_factor.asked_here() if allowed("see_to_people") else {}


def _page(form: Form) -> str:
    members = members_of(place().organisation_id)
    too_few = sum(role in WORKERS | DECIDERS for _, role in members) < PEOPLE_OF_A_DECISION
    refused = latest_refusals() if allowed("see_to_people") else []
    return render_template(
        "people.html", members=members, roles=ROLES, form=form, beginning=BEGINNING, too_few=too_few, refused=refused,
        link_days=LASTS.days, pending=pending() if allowed("see_to_people") else [],
        asked=_asked(), waiting=waiting_seats(place().organisation_id),
        ending=owners_to_end(place().organisation_id), now=database_now(), me=user().id,
        asks_again=ask_again_from(user().id) if allowed("see_to_people") else {},
        sole_owner=[person.id for person, role in members if role == OWNER] == [user().id],
        fresh=is_fresh(actor(), database_now()), back=url_for(".listed", organisation=place().slug),
    )  # fmt: skip

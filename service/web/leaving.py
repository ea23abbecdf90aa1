"""Leaving one's own seat: a page that says what happens, and asks for the name of the organisation.

There are two ways to it: from the account, with a fresh second factor (or the password of somebody without one); and,
for somebody who lost the second factor, by the link in their mailbox, as `service/web/lost_factor.py` does.
"""

from collections.abc import Callable

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from service.admission.access import actor_at, step_by_step, user
from service.admission.proving import demand_fresh_proof
from service.web.forms import Form
from service.web.login import attempt
from service.words.texts import t
from tenants.errors import Invalid, NotFound
from tenants.identity.users import Place
from tenants.isolation import acting_for
from workflows.accounts.membership import is_last_owner, leave, leave_by_link, refuse_before_link

blueprint = Blueprint("leaving", __name__)
ACCOUNT, BY_LINK = "web.account.shown", "web.lost_factor.ask"
"""The page before each of the two ways, to which it returns."""


@blueprint.get("/account/seats/<slug>")
@step_by_step
def confirm_leaving(slug: str) -> ResponseReturnValue:
    """Show what leaving does, before somebody leaves."""
    demand_fresh_proof()
    return _page(Form.beginning_with({}), _seat(slug), ACCOUNT)


@blueprint.post("/account/seats/<slug>")
@step_by_step
def left(slug: str) -> ResponseReturnValue:
    """End the seat at once."""
    demand_fresh_proof()
    seat = _seat(slug)
    return _left(seat, ACCOUNT, lambda: _leave(seat))


@blueprint.get("/proof/lost/seats/<slug>")
@step_by_step
def confirm_leaving_by_link(slug: str) -> ResponseReturnValue:
    """Show what leaving does to somebody without a second factor."""
    refuse_before_link(user())
    return _page(Form.beginning_with({}), _seat(slug), BY_LINK)


@blueprint.post("/proof/lost/seats/<slug>")
@step_by_step
def left_by_link(slug: str) -> ResponseReturnValue:
    """End the seat at once. The wait for a new second factor goes on."""
    seat = _seat(slug)
    return _left(seat, BY_LINK, lambda: leave_by_link(user(), seat.organisation_id))


def _seat(slug: str) -> Place:
    match = next((seat for seat in user().places if seat.slug == slug), None)
    if match is None:
        raise NotFound("organisation.unknown")
    return match


def _leave(seat: Place) -> None:
    by = actor_at(user(), seat.organisation_id, "leave")
    assert by is not None, "everybody may leave"
    with acting_for(seat.organisation_id):
        leave(by, user().password_at)


def _left(seat: Place, back: str, verb: Callable[[], None]) -> ResponseReturnValue:
    form = Form.posted()
    attempt(form, lambda: _refuse_unless_named(form, seat))
    if not form.faults:
        attempt(form, verb)
    if form.faults:
        return _page(form, seat, back)
    flash(t("leaving.done", organisation=seat.name))
    return redirect(url_for(back), 303)


def _refuse_unless_named(form: Form, seat: Place) -> None:
    """Raise Invalid unless the name was typed as on the page. Capitals and extra spaces do not matter."""
    typed, name = (" ".join(words.split()).casefold() for words in (form.value("organisation"), seat.name))
    if typed != name:
        raise Invalid("member.type_name", "organisation", name=seat.name)


def _page(form: Form, seat: Place, back: str) -> ResponseReturnValue:
    with acting_for(seat.organisation_id):
        is_last = is_last_owner(user().id)
    page = render_template(
        "leaving.html", form=form, seat=seat, back=url_for(back), by_link=back == BY_LINK, is_last=is_last
    )
    return page, form.status

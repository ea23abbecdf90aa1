"""The first page: what waits for this reader."""

from datetime import datetime

from flask import Blueprint, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from service.admission.access import actor_for, allowed, may, place, places, user
from service.web.failed_steps import address_of
from service.web.layout import readers
from tenants.agreements.client_numbers import clients_not_reached
from tenants.agreements.doubted_contacts import count_doubted
from tenants.identity.users import OWNER, Place, members_of, owners_to_end
from tenants.isolation import database_now
from tenants.organisations.organisations import the_acting_organisation
from tenants.register.broken_glass import to_review
from workflows.catalogue import CATALOGUE
from workflows.decisions.open_decisions import failed_steps, people_asked
from workflows.decisions.overview import chains, tasks
from workflows.decisions.unheard_clocks import unheard_clocks
from workflows.engine.failed import failed_kinds
from workflows.mail.reminding import out_of_reach
from workflows.roles import MAY
from workflows.trust.consenting import processors_to_see_to
from workflows.trust.first_steps import first_steps

blueprint = Blueprint("home", __name__)


@blueprint.get("/")
def choose_place() -> ResponseReturnValue:
    """Redirect to the only organisation, or show a choice."""
    mine = places()
    if len(mine) == 1:
        return redirect(url_for("web.home.overview", organisation=mine[0].slug), 303)
    return render_template("places.html", places=mine)


@blueprint.get("/o/<organisation>/")
@may("read")
def overview() -> ResponseReturnValue:
    """Show the open steps, the call lists and the nearest clocks of one organisation."""
    open_tasks = tasks(actor_for)
    mine, waiting = [task for task in open_tasks if task.mine], [task for task in open_tasks if not task.mine]
    stuck = [task for task in waiting if task.turn is None or task.turn.way_out]
    others = [task for task in waiting if task not in stuck]
    failed, failed_in_all = failed_steps()
    alone = to_review(but_by=readers())
    own_alone = to_review() - alone
    return render_template(
        "overview.html", mine=mine, stuck=stuck, others=others, chains=chains(), now=database_now(), failed=failed,
        failed_in_all=failed_in_all, address_of=address_of, asked=people_asked(), alone=alone,
        own_alone=own_alone, clocks=unheard_clocks(), out_of_reach=out_of_reach(), goes_on_in=_goes_on_in(),
        doubted=count_doubted(), others_review=not own_alone or _others_review(),
        first_steps=first_steps(user().id) if allowed("see_to_people") else (),
        going=owners_to_end(place().organisation_id).get(user().id) if place().role == OWNER else None,
        asking=processors_to_see_to(), as_moment=datetime.fromisoformat,
        not_reached=clients_not_reached(), kinds=[kind for kind in failed_kinds(CATALOGUE) if kind.steps > 1],
    )  # fmt: skip


def _others_review() -> bool:
    """Return whether another person than the reader can review what was done alone."""
    members = members_of(place().organisation_id)
    return any(member.id != user().id and role in MAY["review_broken_glass"] for member, role in members)


def _goes_on_in() -> Place | None:
    """Return the register into which this one was joined; None when the user has no seat there."""
    into = the_acting_organisation().joined_into
    return next((candidate for candidate in places() if candidate.organisation_id == into), None)

"""The first page: what waits for this reader, what goes on, what changed, and which terms end soon."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from service.admission.access import actor, actor_for, allowed, may, place, places, unattended, user
from service.web.failed_steps import address_of
from service.web.layout import readers
from service.web.live_parts import answer
from service.web.waiting import Waiting, in_order
from service.words.whole_numbers import MOST_IN_A_LONG_COLUMN, whole_of
from tenants.agreements.client_numbers import clients_not_reached
from tenants.agreements.contact_states import contact_counts
from tenants.agreements.doubted_contacts import count_doubted
from tenants.history.changes import changes_since_seen, keep_seen, seen_at
from tenants.identity.users import OWNER, Place, members_of, owners_to_end
from tenants.isolation import database_now
from tenants.organisations.organisations import the_acting_organisation
from tenants.register.broken_glass import to_review
from workflows.accounts.own_account import wants
from workflows.catalogue import CATALOGUE
from workflows.decisions.breaking_glass import review_counts_from
from workflows.decisions.going_on import Chains, chains
from workflows.decisions.next_ends import next_ends
from workflows.decisions.open_decisions import failed_steps, people_asked
from workflows.decisions.overview import tasks
from workflows.decisions.unheard_clocks import unheard_clocks
from workflows.dossiers.own_dossiers import own_dossiers
from workflows.engine.failed import failed_kinds
from workflows.mail.own_people import own_closed_days
from workflows.mail.reminding import out_of_reach
from workflows.notice.held_notices import held_notices
from workflows.roles import MAY
from workflows.settings.changing import settings_missing
from workflows.trust.consenting import processors_to_see_to
from workflows.trust.first_steps import first_steps, put_first_steps_away

blueprint = Blueprint("home", __name__)
LIVE = ("now", "first_steps", "others", "going_on", "ends", "changes")
"""The parts of the page that are fetched again while it stays open; each has a template in overview/."""
MOST_STEPS, MOST_SHOWN = 500, 50


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
    failed, failed_in_all = failed_steps()
    return render_template(
        "overview.html", **_live_names(), failed=failed, failed_in_all=failed_in_all, address_of=address_of,
        clocks=unheard_clocks(), out_of_reach=out_of_reach(), goes_on_in=_goes_on_in(), doubted=count_doubted(),
        contacts=contact_counts(), not_reached=clients_not_reached(),
        kinds=[kind for kind in failed_kinds(CATALOGUE) if kind.steps > 1],
    )  # fmt: skip


@blueprint.get("/o/<organisation>/overview.json")
@may("read")
@unattended
def stands() -> ResponseReturnValue:
    """Return the parts of the overview as HTML, for a page that stays open; none when they are what it has."""
    names = _live_names()
    return answer({part: render_template(f"overview/_{part}.html", **names) for part in LIVE})


@blueprint.post("/o/<organisation>/seen")
@may("read")
def seen() -> ResponseReturnValue:
    """Keep that the reader has seen what changed, up to the entry that the page showed last."""
    newest = whole_of(request.form.get("newest", ""), MOST_IN_A_LONG_COLUMN)
    if newest is not None:
        keep_seen(user().id, newest)
    return redirect(url_for(".overview", organisation=place().slug), 303)


@blueprint.post("/o/<organisation>/first-steps/end")
@may("see_to_settings")
def put_away() -> ResponseReturnValue:
    """Put the list of first steps away, for every owner and for good."""
    put_first_steps_away(actor())
    return redirect(url_for(".overview", organisation=place().slug), 303)


def _live_names() -> dict[str, Any]:
    """Return what the parts of LIVE show."""
    open_tasks, going_on, now = tasks(actor_for, MOST_STEPS), chains(), database_now()
    elsewhere = [task for task in open_tasks if not task.mine]
    stuck = [task for task in elsewhere if task.turn is None or task.turn.way_out not in (None, "owner")]
    others, waiting = [task for task in elsewhere if task not in stuck], in_order(_waiting(open_tasks, going_on))
    more = [max(0, len(every) - MOST_SHOWN) for every in (waiting, stuck, others)]
    return {
        "waiting": waiting[:MOST_SHOWN], "stuck": stuck[:MOST_SHOWN], "others": others[:MOST_SHOWN],
        "more_waiting": more[0], "more_stuck": more[1], "more_others": more[2], "now": now, "chains": going_on,
        "own": own_dossiers(), "ends": next_ends(now), "changes": changes_since_seen(user().id),
        "seen_at": seen_at(user().id), "as_moment": datetime.fromisoformat, "closed": own_closed_days(),
        "wants_mail": lambda: wants(user(), "mail_turn"),
        "first_steps": first_steps(user().id, settings_missing) if allowed("see_to_people") else (),
    }  # fmt: skip


def _waiting(open_tasks: list[Any], going_on: Chains) -> Iterator[Waiting]:
    """Yield what waits in this organisation, what the reader can do and what the reader can only look at."""
    going = owners_to_end(place().organisation_id).get(user().id) if place().role == OWNER else None
    if going:
        yield Waiting("going", going, going.ends_from)
    for task in open_tasks:
        if task.mine:
            yield Waiting("task", task, task.alarm_at)
    for chain in going_on.listed:
        if chain.counts.call and allowed("call"):
            yield Waiting("call", chain, chain.alarm_at)
    yield from _held()
    for processor in processors_to_see_to():
        yield Waiting("processor", processor)
    if asked := people_asked():
        yield Waiting("asked", asked)
    alone = to_review(but_by=readers())
    if alone:
        waits = _review_waits()
        yield Waiting("alone_later" if waits else "alone", (alone, waits))
    if own_alone := to_review() - alone:
        yield Waiting("own_alone" if _others_review() else "own_alone_for_good", (own_alone, None))


def _review_waits() -> datetime | None:
    """Return from when the reader can review what somebody did alone before the reader came; None for now."""
    by = actor_for("review_broken_glass")
    return review_counts_from(by, set(), database_now()) if by else None


def _held() -> Iterator[Waiting]:
    """Yield the notices that were let go and wait: to whoever can act here, because their term runs on."""
    for held in held_notices() if allowed("see_changes") else ():
        yield Waiting("held", held, held.alarm_at)


def _others_review() -> bool:
    """Return whether another person than the reader can review what was done alone."""
    members = members_of(place().organisation_id)
    return any(member.id != user().id and role in MAY["review_broken_glass"] for member, role in members)


def _goes_on_in() -> Place | None:
    """Return the register into which this one was joined; None when the user has no seat there."""
    into = the_acting_organisation().joined_into
    return next((candidate for candidate in places() if candidate.organisation_id == into), None)

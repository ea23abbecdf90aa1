"""The register of Art. 33(5), and one breach: its path, its next step, its clock."""

from uuid import UUID

from flask import Blueprint, flash, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from service.admission.access import actor, may, place, unattended
from service.admission.sent_forms import makes_new
from service.admission.viewer import viewer
from service.downloads.register import mark_of
from service.schemas.breach import OwnBreachSchema
from service.schemas.filters import BreachFilters
from service.web.actor_names import know_names
from service.web.assessing import advised_while_typing
from service.web.assessment import last_screen, page_of_screen
from service.web.breach_page import page_names
from service.web.drafts import with_draft
from service.web.filters import Filters, filters_of
from service.web.forms import Form
from service.web.layout import after
from service.web.step_routes import add_step_route
from service.words.figures import figure_words, year_words
from service.words.texts import t
from tenants.errors import OfOldRegister
from tenants.history.entries import of_subject
from tenants.isolation import database_now
from tenants.organisations.organisations import the_acting_organisation
from tenants.register.breaches import Breach, breach, breach_of_any_age
from tenants.register.broken_glass import done_alone
from tenants.register.escalations import acknowledge_receipt
from tenants.register.filtering import ORIGINS, STATES, STEPS, TERMS, Wanted, filtered_breaches
from tenants.search.terms import LONGEST_SEARCH
from workflows.dossiers.breach import dossier_of
from workflows.dossiers.own_dossiers import unready_among
from workflows.law import vocabulary
from workflows.notice.bulk_notice import begin_by_choice
from workflows.notification.decision_state import decision_state
from workflows.notification.own_breach import open_breach

blueprint = Blueprint("breaches", __name__, url_prefix="/o/<organisation>")
PAGE = 50
WORKFLOW = "ap_notification"


@blueprint.get("/register")
@may("read")
def listed() -> ResponseReturnValue:
    """List the breaches, newest first: all, or those that the address asks for."""
    filters, seen = filters_of(BreachFilters()), after()
    listed = filters.form.attempt(lambda: filtered_breaches(Wanted(**filters.chosen), PAGE, seen))
    filtered = listed or filtered_breaches(Wanted(), PAGE, seen)
    shown = filtered.page.rows
    return render_template(
        "register.html", of=the_acting_organisation(), breaches=shown, filtered=filtered, filters=filters,
        now=database_now(), next_key=filtered.after, most=LONGEST_SEARCH, states=STATES, origins=ORIGINS, terms=TERMS,
        steps=STEPS, of_figure=_of_figure(filters), year_words=year_words, figure_words=figure_words,
        decision_state=decision_state, unready=unready_among(row["id"] for row in shown) if shown else (),
        alone=done_alone(row["id"] for row in shown) if filtered.page.any_done_alone else {}, mark_of=mark_of,
    ), filters.form.status  # fmt: skip


@blueprint.get("/breaches/new")
@may("record_breach")
def ask() -> ResponseReturnValue:
    """Show the form for a breach that the organisation found itself."""
    return render_template("breach_new.html", form=_own(Form.beginning_with({})), vocabulary=vocabulary)


@blueprint.post("/breaches/new")
@may("record_breach")
@makes_new
def record() -> ResponseReturnValue:
    """Record the breach, which starts its clock."""
    form = Form.posted()
    new = form.load(OwnBreachSchema())
    opened = form.attempt(lambda: open_breach(new, actor())) if new else None
    if opened is None:
        return render_template("breach_new.html", form=_own(form), vocabulary=vocabulary), form.status
    flash(t("breach.recorded", reference=opened.reference))
    return _to(opened.id)


@blueprint.get("/breaches/<uuid:breach_id>")
@may("read")
def shown(breach_id: UUID) -> ResponseReturnValue:
    """Show one breach as this reader may see it; one of an old register as it was taken over."""
    try:
        return page_of(breach_id)
    except OfOldRegister:
        return _page_of_old(breach_of_any_age(breach_id))


@blueprint.get("/breaches/<uuid:breach_id>/stand.json")
@may("read")
@unattended
def stand(breach_id: UUID) -> ResponseReturnValue:
    """Return which step is open, for a page that waits for a machine."""
    dossier = dossier_of(breach_id, viewer())
    return jsonify(stand=dossier.open_step or dossier.run.state)


@blueprint.post("/breaches/<uuid:breach_id>/advice")
@may("assess")
def advise(breach_id: UUID) -> ResponseReturnValue:
    """Show the advice about the values in the form.

    Nothing is saved; without a script the whole page is shown again.
    """
    form = Form.posted()
    if request.accept_mimetypes.best != "application/json":
        return page_of(breach_id, form, "assess")
    advised = advised_while_typing(form, breach(breach_id))
    fragments = {
        "duties": render_template("advice_duties.html", advised=advised),
        "why": render_template("advice_why.html", advised=advised, linked=True),
        "advised": render_template("advised.html", advised=advised),
    }
    return jsonify(fragments=fragments, asked=advised.asked, departs=bool(advised.departs))


@blueprint.post("/breaches/<uuid:breach_id>/receipt")
@may("confirm_receipt")
def confirm(breach_id: UUID) -> ResponseReturnValue:
    """Confirm that the message arrived."""
    breach(breach_id)
    acknowledge_receipt(breach_id, actor())
    flash(t("breach.receipt.confirmed"))
    return _to(breach_id)


@blueprint.post("/breaches/<uuid:breach_id>/notice")
@may("begin_notice")
def tell_people(breach_id: UUID) -> ResponseReturnValue:
    """Begin a notice to people by choice, also where the law does not demand it."""
    begun = begin_by_choice(breach(breach_id), actor())
    return redirect(url_for("web.notices.shown", organisation=place().slug, notice_id=begun.id), 303)


def page_of(breach_id: UUID, form: Form | None = None, asked: str | None = None) -> str:
    """Return the page of one breach, with a form as it was typed, or with the form of one step."""
    dossier = dossier_of(breach_id, viewer())
    last = last_screen(dossier, form)
    return page_of_screen(dossier, last) if last else render_template(
        "breach.html", **page_names(dossier, form, asked)
    )  # fmt: skip


def _page_of_old(row: Breach) -> str:
    history = of_subject(row.id)
    know_names(history)
    return render_template("breach_old.html", breach=row, history=history, taken_over_at=history[0].at)


def _said_of(breach_id: UUID, step: str) -> str:
    """Return what became of a reason for departing from the advice, typed for a risk that follows it; else nothing."""
    typed = step == "assess" and request.form.get("departure_reason", "").strip()
    return t("assess.follows") if typed and breach(breach_id).departure_reason is None else ""


add_step_route(blueprint, WORKFLOW, "/breaches/<uuid:breach_id>", page_of, _said_of)


def _of_figure(filters: Filters) -> list[tuple[str, list[str]]]:
    """Return the choices that a figure of the register led to, or that the address has wrong; others do not see them.
    """
    asked = [name for name in ("found_in", "figure") if name in filters.chosen or filters.form.faults_at(name)]
    return [(name, [filters.chosen[name]] if name in filters.chosen else []) for name in asked]


def _own(form: Form) -> Form:
    return with_draft(form, "own_breach")


def _to(breach_id: UUID) -> ResponseReturnValue:
    return redirect(url_for(".shown", organisation=place().slug, breach_id=breach_id), 303)

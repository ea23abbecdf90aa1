"""The register of Art. 33(5), and one breach: its path, its next step, its clock."""

from uuid import UUID

from flask import Blueprint, flash, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from service.access import actor, place, user
from service.schemas.breach import OwnBreachSchema
from service.texts import t
from service.web.ap_form import card_of, filled_form
from service.web.assessing import advised_of, advised_while_typing, asked_of_people
from service.web.delay import suggestion
from service.web.facts_changed import facts_changed
from service.web.forms import Form
from service.web.layout import after
from service.web.may import is_officer, only_officers
from service.web.retrying import trouble_of
from service.web.steps import do_step, next_step
from tenants.errors import NotAllowed
from tenants.escalations import acknowledge_receipt
from tenants.history import of_subject
from tenants.isolation import database_now
from tenants.notices import notice_of_breach
from tenants.register import breach, newest_breaches
from tenants.users import READER
from workflows import vocabulary
from workflows.bulk_notice import begin_by_choice
from workflows.catalogue import definition
from workflows.engine.runs import Run, run_about
from workflows.own_breach import open_breach

blueprint = Blueprint("breaches", __name__, url_prefix="/o/<organisation>")
PAGE = 50
WORKFLOW = "ap_notification"


@blueprint.get("/register")
def listed() -> ResponseReturnValue:
    """Every breach, newest first."""
    found = newest_breaches(PAGE + 1, after())
    return render_template(
        "register.html", breaches=found[:PAGE], more=len(found) > PAGE, now=database_now(), is_officer=is_officer()
    )


@blueprint.get("/breaches/new")
def ask() -> ResponseReturnValue:
    """A breach that the organisation found itself."""
    only_officers()
    return render_template("breach_new.html", form=Form.beginning_with({}), vocabulary=vocabulary)


@blueprint.post("/breaches/new")
def record() -> ResponseReturnValue:
    """In the register, and its clock runs."""
    only_officers()
    form = Form.posted()
    values = form.load(OwnBreachSchema())
    opened = form.attempt(lambda: open_breach(values, actor())) if values else None
    if opened is None:
        return render_template("breach_new.html", form=form, vocabulary=vocabulary), form.status
    flash(t("breach.recorded", reference=opened.reference))
    return _to(opened.id)


@blueprint.get("/breaches/<uuid:breach_id>")
def shown(breach_id: UUID) -> ResponseReturnValue:
    """One breach, for whoever looks."""
    return _page(breach_id)


@blueprint.post("/breaches/<uuid:breach_id>/steps/<name>")
def decide(breach_id: UUID, name: str) -> ResponseReturnValue:
    """Somebody does a step."""
    form = do_step(WORKFLOW, breach_id, name)
    if form.faults:
        return _page(breach_id, form), form.status
    flash(t(f"steps.{WORKFLOW}.{name}.done"))
    return _to(breach_id)


@blueprint.post("/breaches/<uuid:breach_id>/advice")
def advise(breach_id: UUID) -> ResponseReturnValue:
    """The advice about what stands in the form now. Nothing is saved; without a script the page comes again."""
    only_officers()
    form = Form.posted()
    if request.accept_mimetypes.best != "application/json":
        return _page(breach_id, form, "assess")
    advised = advised_while_typing(form, breach(breach_id))
    fragments = {
        "duties": render_template("advice_duties.html", advised=advised),
        "why": render_template("advice_why.html", advised=advised, linked=True),
    }
    return jsonify(fragments=fragments, asked=advised.asked, departs=bool(advised.departs))


@blueprint.post("/breaches/<uuid:breach_id>/receipt")
def confirm(breach_id: UUID) -> ResponseReturnValue:
    """The message has arrived."""
    breach(breach_id)
    if place().role == READER:
        raise NotAllowed("role.not_enough")
    acknowledge_receipt(breach_id, user().name)
    flash(t("breach.receipt.confirmed"))
    return _to(breach_id)


@blueprint.post("/breaches/<uuid:breach_id>/notice")
def tell_people(breach_id: UUID) -> ResponseReturnValue:
    """Telling people by choice: never forbidden."""
    only_officers()
    begun = begin_by_choice(breach(breach_id), actor())
    return redirect(url_for("web.notices.shown", organisation=place().slug, notice_id=begun.id), 303)


def path_of(run: Run, measures: str | None) -> list[tuple[str, str]]:
    """The four steps of the plan, each done, now or open. None is locked: facts come in any order."""
    opened = run.open_step()
    ended = run.state != "running"
    now = "record" if ended else ("overview" if opened and opened.name == "assess" else "notify")
    done = {
        "overview": now != "overview", "contain": bool(measures), "notify": ended, "record": False,
    }  # fmt: skip
    return [(name, "now" if name == now else ("done" if is_done else "open")) for name, is_done in done.items()]


def _page(breach_id: UUID, form: Form | None = None, name: str | None = None) -> str:
    found, run, history = breach(breach_id), run_about(WORKFLOW, breach_id), of_subject(breach_id)
    notice, step, now = notice_of_breach(breach_id), next_step(run, found, history, form, name), database_now()
    assessing = step is not None and step.turn.step == "assess" and not step.turn.hindrance
    return render_template(
        "breach.html", breach=found, run=run, history=history, next=step, notice=notice, now=now,
        path=path_of(run, found.measures), workflow=definition(WORKFLOW, run.version),
        clock=run.clocks[0] if run.clocks else None,
        is_officer=is_officer(), vocabulary=vocabulary, card=card_of(filled_form(found, notice)),
        assessing=assessing, assess=asked_of_people() if assessing else None,
        advised=advised_while_typing(step.form, found) if step and assessing else advised_of(found),
        advice_at=url_for("web.breaches.advise", organisation=place().slug, breach_id=breach_id),
        retry_form=Form.beginning_with({}), **trouble_of(run),
        facts_changed=facts_changed(found, history), delay=suggestion(found, now),
        may_confirm=found.origin == "escalated" and found.acknowledged_at is None and place().role != READER,
    )  # fmt: skip


def _to(breach_id: UUID) -> ResponseReturnValue:
    return redirect(url_for(".shown", organisation=place().slug, breach_id=breach_id), 303)

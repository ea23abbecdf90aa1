"""The register of Art. 33(5), and one breach: its path, its next step, its clock."""

from uuid import UUID

from flask import Blueprint, flash, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from service.admission.access import actor, allowed, may, place
from service.evidence.exports import mark_of
from service.schemas.breach import OwnBreachSchema
from service.web.ap_form import card_of, filled_form
from service.web.assessing import advised_of, advised_while_typing, asked_of_people
from service.web.facts_changed import facts_changed
from service.web.forms import Form
from service.web.layout import after
from service.web.retrying import trouble_of
from service.web.steps import do_step, done_words, next_step, too_late
from service.words.delay import own_words, suggestion
from service.words.texts import t
from tenants.history.entries import of_subject
from tenants.isolation import database_now
from tenants.organisations.organisations import the_acting_organisation
from tenants.register.breaches import breach, newest_breaches
from tenants.register.broken_glass import done_alone
from tenants.register.escalations import acknowledge_receipt
from tenants.register.notices import notice_of_breach
from workflows.catalogue import definition
from workflows.decisions.overview import receipt_comes_first
from workflows.engine.runs import Run, run_about
from workflows.law import vocabulary
from workflows.notice.bulk_notice import begin_by_choice
from workflows.notification.ap_clock import asks_reasons
from workflows.notification.moved_term import late_without_move
from workflows.notification.own_breach import open_breach

blueprint = Blueprint("breaches", __name__, url_prefix="/o/<organisation>")
PAGE = 50
WORKFLOW = "ap_notification"


@blueprint.get("/register")
@may("read")
def listed() -> ResponseReturnValue:
    """Every breach, newest first."""
    found = newest_breaches(PAGE + 1, after())
    shown = found.rows[:PAGE]
    return render_template(
        "register.html", of=the_acting_organisation(), breaches=shown, more=len(found.rows) > PAGE, now=database_now(),
        alone=done_alone(row["id"] for row in shown) if found.any_done_alone else {}, mark_of=mark_of,
    )


@blueprint.get("/breaches/new")
@may("record_breach")
def ask() -> ResponseReturnValue:
    """A breach that the organisation found itself."""
    return render_template("breach_new.html", form=Form.beginning_with({}), vocabulary=vocabulary)


@blueprint.post("/breaches/new")
@may("record_breach")
def record() -> ResponseReturnValue:
    """In the register, and its clock runs."""
    form = Form.posted()
    new = form.load(OwnBreachSchema())
    opened = form.attempt(lambda: open_breach(new, actor())) if new else None
    if opened is None:
        return render_template("breach_new.html", form=form, vocabulary=vocabulary), form.status
    flash(t("breach.recorded", reference=opened.reference))
    return _to(opened.id)


@blueprint.get("/breaches/<uuid:breach_id>")
@may("read")
def shown(breach_id: UUID) -> ResponseReturnValue:
    """One breach, for whoever looks."""
    return page_of(breach_id)


@blueprint.post("/breaches/<uuid:breach_id>/steps/<name>")
@may("<name>")
def decide(breach_id: UUID, name: str) -> ResponseReturnValue:
    """Somebody does a step."""
    form = do_step(WORKFLOW, breach_id, name)
    if form.faults:
        return page_of(breach_id, form), form.status
    flash(done_words(WORKFLOW, breach_id, name))
    return _to(breach_id)


@blueprint.post("/breaches/<uuid:breach_id>/advice")
@may("assess")
def advise(breach_id: UUID) -> ResponseReturnValue:
    """The advice about what stands in the form now. Nothing is saved; without a script the page comes again."""
    form = Form.posted()
    if request.accept_mimetypes.best != "application/json":
        return page_of(breach_id, form, "assess")
    advised = advised_while_typing(form, breach(breach_id))
    fragments = {
        "duties": render_template("advice_duties.html", advised=advised),
        "why": render_template("advice_why.html", advised=advised, linked=True),
    }
    return jsonify(fragments=fragments, asked=advised.asked, departs=bool(advised.departs))


@blueprint.post("/breaches/<uuid:breach_id>/receipt")
@may("confirm_receipt")
def confirm(breach_id: UUID) -> ResponseReturnValue:
    """The message has arrived."""
    breach(breach_id)
    acknowledge_receipt(breach_id, actor())
    flash(t("breach.receipt.confirmed"))
    return _to(breach_id)


@blueprint.post("/breaches/<uuid:breach_id>/notice")
@may("begin_notice")
def tell_people(breach_id: UUID) -> ResponseReturnValue:
    """Telling people by choice: never forbidden."""
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


def page_of(breach_id: UUID, form: Form | None = None, name: str | None = None) -> str:
    """The page of one breach, with a form as it was typed, or asking for one step."""
    found, run, history = breach(breach_id), run_about(WORKFLOW, breach_id), of_subject(breach_id)
    notice, step, now = notice_of_breach(breach_id), next_step(run, found, history, form, name), database_now()
    may_confirm = receipt_comes_first(found.origin, found.acknowledged_at, allowed("confirm_receipt"))
    assessing = step is not None and step.turn.step == "assess" and not step.turn.hindrance
    return render_template(
        "breach.html", of=the_acting_organisation(), breach=found, run=run, history=history, next=step, notice=notice,
        too_late=too_late(form, step),
        now=now,
        path=path_of(run, found.measures), workflow=definition(WORKFLOW, run.version),
        clock=run.clocks[0] if run.clocks else None,
        vocabulary=vocabulary, card=card_of(filled_form(found, notice)),
        assessing=assessing, assess=asked_of_people() if assessing else None,
        advised=advised_while_typing(step.form, found) if step and assessing else advised_of(found),
        advice_at=url_for("web.breaches.advise", organisation=place().slug, breach_id=breach_id),
        retry_form=Form.beginning_with({}), **trouble_of(run), late_without_move=late_without_move(found, now),
        alone=done_alone([breach_id]).get(breach_id, []), facts_changed=facts_changed(found, history),
        delay=suggestion(found, now), own_words=own_words(found, now), asks_reasons=asks_reasons(found, now),
        may_confirm=may_confirm, confirm_first=may_confirm and found.decided_at is None and run.state == "running",
    )  # fmt: skip


def _to(breach_id: UUID) -> ResponseReturnValue:
    return redirect(url_for(".shown", organisation=place().slug, breach_id=breach_id), 303)

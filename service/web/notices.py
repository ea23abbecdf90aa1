"""Notices to people (Art. 34): the list, the text with its four parts, the preview, the sums."""

from uuid import UUID

from flask import Blueprint, flash, jsonify, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from service.admission.access import may, place, unattended
from service.web.forms import Form
from service.web.layout import after
from service.web.retrying import trouble_of
from service.web.steps import do_step, done_words, next_step, too_late
from service.words.texts import number
from tenants.history.entries import of_subject
from tenants.isolation import database_now
from tenants.register.breaches import breach, breaches_by_id
from tenants.register.broken_glass import done_alone
from tenants.register.notices import newest_notices, notice
from workflows.catalogue import definition
from workflows.decisions.stuck import people_asked_about
from workflows.engine.runs import Run, run_about
from workflows.law.gdpr import NOTICE_PARTS
from workflows.mail.batches import sums
from workflows.mail.limits import held
from workflows.mail.states import NOT_REACHED, ON_THE_WAY, REACHED, UNKNOWN
from workflows.notice.notice_mail import preview_of

blueprint = Blueprint("notices", __name__, url_prefix="/o/<organisation>/notices")
PAGE = 50
WORKFLOW = "bulk_notice"
# What a reader of the page wants to tell apart, in this order; together every state of a recipient.
GROUPS = {
    "delivered": REACHED,
    "on_the_way": tuple(state for state in ON_THE_WAY if state != UNKNOWN),
    "not_reached": NOT_REACHED,
    "unknown": (UNKNOWN,),
}


@blueprint.get("")
@may("read")
def listed() -> ResponseReturnValue:
    """Newest first, each with its breach."""
    found = newest_notices(PAGE + 1, after())
    about = breaches_by_id(one.breach_id for one in found)
    return render_template("notices.html", notices=found[:PAGE], about=about, more=len(found) > PAGE)


@blueprint.get("/<uuid:notice_id>")
@may("read")
def shown(notice_id: UUID) -> ResponseReturnValue:
    """One notice, for whoever looks."""
    return page_of(notice_id)


@blueprint.post("/<uuid:notice_id>/steps/<name>")
@may("<name>")
def decide(notice_id: UUID, name: str) -> ResponseReturnValue:
    """Somebody does a step."""
    form = do_step(WORKFLOW, notice_id, name)
    if form.faults:
        return page_of(notice_id, form), form.status
    flash(done_words(WORKFLOW, notice_id, name))
    return redirect(url_for(".shown", organisation=place().slug, notice_id=notice_id), 303)


@blueprint.get("/<uuid:notice_id>/progress.json")
@may("read")
@unattended
def counted(notice_id: UUID) -> ResponseReturnValue:
    """The sums of a notice, for a page that stays open."""
    notice(notice_id)
    found = grouped(sums(notice_id, "notice"))
    stand = run_about(WORKFLOW, notice_id)
    return jsonify(sums=found, shown={name: number(value) for name, value in found.items()}, stand=_stand(stand))


def grouped(found: dict[str, int]) -> dict[str, int]:
    """The groups, which always add up to the total, and each state within them."""
    groups = {group: sum(found[state] for state in states) for group, states in GROUPS.items()}
    return found | groups | {"total": sum(groups.values())}


def _stand(run: Run) -> str:
    opened = run.open_step()
    return opened.name if opened else run.state


def page_of(notice_id: UUID, form: Form | None = None, name: str | None = None) -> str:
    """The page of one notice, with a form as it was typed, or asking for one step."""
    found, run, history = notice(notice_id), run_about(WORKFLOW, notice_id), of_subject(notice_id)
    step = next_step(run, found, history, form, name)
    return render_template(
        "notice.html", held=held("notice", notice_id),
        notice=found, breach=breach(found.breach_id), run=run, history=history,
        next=step, too_late=too_late(form, step), sums=grouped(sums(notice_id, "notice")), groups=GROUPS,
        stand=_stand(run), alone=done_alone([found.breach_id]).get(found.breach_id, []), preview=preview_of(found),
        parts_of_notice=NOTICE_PARTS, now=database_now(),
        workflow=definition(WORKFLOW, run.version), asked=people_asked_about(notice_id),
        retry_form=Form.beginning_with({}), **trouble_of(run),
    )  # fmt: skip

"""Notices to people (Art. 34): the list, the text with its four parts, the preview, the sums."""

from typing import Any
from uuid import UUID

from flask import Blueprint, jsonify, render_template
from flask.typing import ResponseReturnValue

from service.admission.access import may, unattended
from service.admission.viewer import viewer
from service.web.actor_names import know_names
from service.web.forms import Form
from service.web.layout import after
from service.web.step_routes import add_step_route
from service.web.steps import next_step, too_late
from service.words.texts import number
from tenants.register.breaches import breaches_by_id
from tenants.register.notices import newest_notices
from workflows.dossiers.notice import GROUPS, NoticeDossier, notice_dossier_of
from workflows.law.gdpr import NOTICE_PARTS

blueprint = Blueprint("notices", __name__, url_prefix="/o/<organisation>/notices")
PAGE = 50
OF_THE_DOSSIER = (
    "notice", "breach", "run", "history", "held", "stand", "alone", "preview", "now", "workflow", "asked", "stuck",
    "unknown_definition",
)  # fmt: skip
WORKFLOW = "bulk_notice"


@blueprint.get("")
@may("read")
def listed() -> ResponseReturnValue:
    """List the notices, newest first, each with its breach."""
    rows = newest_notices(PAGE + 1, after())
    about = breaches_by_id(row.breach_id for row in rows)
    return render_template("notices.html", notices=rows[:PAGE], about=about, more=len(rows) > PAGE)


@blueprint.get("/<uuid:notice_id>")
@may("read")
def shown(notice_id: UUID) -> ResponseReturnValue:
    """Show one notice as this reader may see it."""
    return page_of(notice_id)


@blueprint.get("/<uuid:notice_id>/progress.json")
@may("read")
@unattended
def counted(notice_id: UUID) -> ResponseReturnValue:
    """Return the sums of a notice, for a page that stays open."""
    dossier = notice_dossier_of(notice_id, viewer())
    sums = dossier.grouped_sums
    return jsonify(sums=sums, shown={name: number(value) for name, value in sums.items()}, stand=dossier.stand)


def page_of(notice_id: UUID, form: Form | None = None, asked: str | None = None) -> str:
    """Return the page of one notice, with a form as it was typed, or with the form of one step."""
    return render_template("notice.html", **_page_names(notice_dossier_of(notice_id, viewer()), form, asked))


add_step_route(blueprint, WORKFLOW, "/<uuid:notice_id>", page_of)


def _page_names(dossier: NoticeDossier, form: Form | None, asked: str | None) -> dict[str, Any]:
    know_names(dossier.history)
    step = next_step(dossier, dossier.notice, form, asked)
    return {name: getattr(dossier, name) for name in OF_THE_DOSSIER} | {
        "next": step, "too_late": too_late(form, step), "sums": dossier.grouped_sums, "groups": GROUPS,
        "parts_of_notice": NOTICE_PARTS, "retry_form": Form.beginning_with({}),
    }  # fmt: skip

"""Notices to people (Art. 34): the list, the text with its four parts, the preview, the sums."""

from functools import partial
from typing import Any
from uuid import UUID

from flask import Blueprint, current_app, flash, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from service.admission.access import actor, allowed, may, place, unattended, user
from service.admission.viewer import viewer
from service.files.looking import LONGEST_SEARCH, MOST_FOUND
from service.files.purposes import RECIPIENTS
from service.files.taking import files_of_list
from service.files.taking_recipients import is_undoable
from service.schemas.filters import NoticeFilters
from service.schemas.notice import UnfinishedTextSchema
from service.web.actor_names import know_names
from service.web.file_words import upload_names
from service.web.filters import filters_of
from service.web.forms import Form
from service.web.layout import after
from service.web.step_routes import add_step_route
from service.web.steps import next_step, too_late
from service.web.whose_turn import coming_words
from service.words.printed import Typed
from service.words.texts import number, t
from tenants.isolation import database_now
from tenants.lines import one_line
from tenants.register.breaches import breaches_by_id
from tenants.register.notices import NOTICE_STATES, Notice, newest_notices, notice
from workflows.dossiers.notice import GROUPS, NoticeDossier, notice_dossier_of
from workflows.law.gdpr import NOTICE_PARTS
from workflows.mail.batches import Addressee
from workflows.mail.shared_addresses import greeted
from workflows.mail.states import NAMES
from workflows.notice.listed_people import (
    SAMPLE,
    ListedPerson,
    names_on,
    people_of_one_mail,
    people_on,
    people_with,
)
from workflows.notice.names_to_look_at import NamesToLookAt, salutation
from workflows.notice.notice_mail import preview_of, site_words
from workflows.notice.trial_mail import send_trial

blueprint = Blueprint("notices", __name__, url_prefix="/o/<organisation>/notices")
PAGE = 50
OF_THE_DOSSIER = (
    "notice", "breach", "run", "history", "held", "stand", "alone", "now", "workflow", "asked", "stuck",
    "unknown_definition", "role_of", "waits_for_proof", "clock", "open_step",
)  # fmt: skip
WORKFLOW = "bulk_notice"
MOST_LOOKED_AT = 10_000
"""The longest list of which the page of its notice shows some names; the page of its people shows those of any list."""


@blueprint.get("")
@may("read")
def listed() -> ResponseReturnValue:
    """List the notices, newest first, each with its breach: all, or those that the address asks for."""
    filters = filters_of(NoticeFilters())
    rows = newest_notices(PAGE + 1, after(), **filters.chosen)
    about = breaches_by_id(row.breach_id for row in rows)
    return render_template(
        "notices.html", notices=rows[:PAGE], about=about, more=len(rows) > PAGE, filters=filters, states=NOTICE_STATES
    ), filters.form.status


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


@blueprint.get("/<uuid:notice_id>/people")
@may("read")
def people(notice_id: UUID) -> ResponseReturnValue:
    """Show who is on the list, all or one of GROUPS; a few in disguise to a role that may not read people."""
    dossier, group = notice_dossier_of(notice_id, viewer()), request.args.get("group", "")
    states, most = GROUPS.get(group, NAMES), PAGE if allowed("read_people") else SAMPLE
    words = one_line(request.args.get("search", ""))[:LONGEST_SEARCH] if _may_look() else ""
    matching = people_with(notice_id, words, MOST_FOUND) if words else None
    rows = people_on(notice_id, most + 1, states, after() if allowed("read_people") else None) if not words else []
    return render_template(
        "notice_people.html", notice=dossier.notice, breach=dossier.breach, people=_as_may_be_read(rows[:most]),
        groups=GROUPS, group=group if group in GROUPS else "", sums=dossier.grouped_sums, search=Typed(words),
        found=None if matching is None else _as_may_be_read(matching), may_look=_may_look(), names=_names(dossier),
        salutation=partial(salutation, locale=dossier.notice.locale),
        more=len(rows) > most and allowed("read_people"),
    )  # fmt: skip


@blueprint.post("/<uuid:notice_id>/look")
@may("text")
def look(notice_id: UUID) -> ResponseReturnValue:
    """Show the message with the text as it was typed. Nothing is stored."""
    return page_of(notice_id, Form.posted(), "text")


@blueprint.post("/<uuid:notice_id>/trial")
@may("try_notice")
def try_out(notice_id: UUID) -> ResponseReturnValue:
    """Mail the message to the person who asks, as it was typed, or else as it is stored."""
    form, row, person = Form.posted(), notice(notice_id), user()
    words = _typed_words(form)
    form.load(UnfinishedTextSchema())
    if not form.faults:
        with form.showing_refusals():
            send_trial(row, Addressee(person.name, person.email), actor(), words)
            flash(t("notice.trial.sent", email=person.email))
    if words or form.faults:
        return page_of(notice_id, form, "text" if words else None), form.status
    return redirect(url_for(".shown", organisation=place().slug, notice_id=notice_id), 303)


def page_of(notice_id: UUID, form: Form | None = None, asked: str | None = None) -> str:
    """Return the page of one notice, with a form as it was typed, or with the form of one step."""
    return render_template("notice.html", **_page_names(notice_dossier_of(notice_id, viewer()), form, asked))


def _said_of(notice_id: UUID, step: str) -> str:
    """Return how many people on a list that was just saved get no mail, and whether a notice that was just let go
    waits; nothing where there is nothing to say."""
    if step not in ("recipients", "release"):
        return ""
    dossier = notice_dossier_of(notice_id, viewer())
    if step == "release":
        return t("notice.waits_now" if dossier.waits_for_proof else "notice.goes_now")
    without = dossier.grouped_sums["no_address"]
    return t("notice.people.by_other_way", count=number(without)) if without else ""


add_step_route(blueprint, WORKFLOW, "/<uuid:notice_id>", page_of, _said_of)


def _page_names(dossier: NoticeDossier, form: Form | None, asked: str | None) -> dict[str, Any]:
    know_names(dossier.history)
    step = next_step(dossier, dossier.notice, form, asked)
    step = step and step.with_own_draft(dossier.notice)
    words = _typed_words(form) if form else None
    writes = step is not None and step.turn.step == "text" and step.is_open
    shown = words or (_typed_words(step.form) if step and writes else None)
    return {name: getattr(dossier, name) for name in OF_THE_DOSSIER} | {
        "next": step, "coming": coming_words(dossier), "too_late": too_late(form, step), "sums": dossier.grouped_sums,
        "groups": GROUPS,
        "parts_of_notice": NOTICE_PARTS, "retry_form": Form.beginning_with({}), "looked": words is not None,
        "names": _names(dossier) if _asks_to_look(dossier) else None,
        "salutation": partial(salutation, locale=dossier.notice.locale),
        **_list_file(dossier.notice),
        "upload": {"form": Form.beginning_with({}), **upload_names(RECIPIENTS, dossier.notice.id)},
        "trial_form": form or Form.beginning_with({}), **_previews(dossier, shown),
        "site_words": site_words(dossier.notice, current_app.config["MELDKETEN"].mail_from_name),
    }  # fmt: skip


def _list_file(row: Notice) -> dict[str, Any]:
    """Return the files that made the list, and what its reader may do with them: who approves sees their numbers alone.
    """
    now = database_now()
    return {
        "list_files": files_of_list(row), "brings_lists": allowed("recipients"), "is_undoable": is_undoable,
        "faults_until": lambda file: file.faults_until(now),
    }  # fmt: skip


def _previews(dossier: NoticeDossier, words: dict[str, str] | None) -> dict[str, Any]:
    """Return the message as the first on the list reads it, as people who share an address do, and as nobody by name.
    """
    row = dossier.notice
    first = next(iter(_as_may_be_read(people_on(row.id, 1)) if dossier.grouped_sums["total"] else ()), None)
    sharing = _as_may_be_read(people_of_one_mail(row.id))
    names = greeted([person.name for person in sharing], row.locale)
    first_shares = first is not None and first.id == sharing[0].id if sharing else False
    name = names if first_shares else first.name if first else None
    return {
        "first": name, "first_shares": first_shares, "preview": preview_of(row, name, words),
        "preview_together": preview_of(row, names, words) if sharing and not first_shares else None,
        "preview_of_nobody": preview_of(row, "", words), "addresses": dossier.addresses, "sharing": bool(sharing),
    }  # fmt: skip


def _typed_words(form: Form) -> dict[str, str] | None:
    """Return the text of a notice as it was typed; None for a form without one."""
    if "subject" not in form.typed:
        return None
    return {name: form.value(name) for name in ("subject", *NOTICE_PARTS)}


def _may_look() -> bool:
    """Return whether this reader may look for somebody on the list: who may read it, and who decides about it."""
    return allowed("read_people") or allowed("approve")


def _asks_to_look(dossier: NoticeDossier) -> bool:
    """Return whether the page of a notice shows some names of its list: until somebody approved it."""
    is_short = 0 < dossier.grouped_sums["total"] <= MOST_LOOKED_AT
    return is_short and dossier.notice.approved_at is None


def _names(dossier: NoticeDossier) -> NamesToLookAt | None:
    """Return some names of the list as this reader may see them; None for who neither reads nor decides."""
    names = names_on(dossier.notice.id) if _may_look() else None
    return names.disguised if names and not allowed("read_people") else names


def _as_may_be_read(people: list[ListedPerson]) -> list[ListedPerson]:
    """Return the people as this reader may see them."""
    return people if allowed("read_people") else [person.disguised for person in people]

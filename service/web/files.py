"""A file that is brought in: it is sent, its rows are looked at, and they are taken, left, or taken back."""

from collections.abc import Callable
from functools import partial
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import MultiDict

from service.admission.access import may, place, takes_file
from service.files.answers import keep_typed, typed_before
from service.files.cells_shown import cell_shown, is_workbook
from service.files.dry_run import SHOWN, dry_run_of
from service.files.faults_csv import faults_csv
from service.files.looking import LONGEST_SEARCH, names_of_people, rows_with, whose_rows
from service.files.proposals import accepted_in, kinds_of_proposals
from service.files.proposed_clients import proposal_words
from service.files.purposes import (
    HITS,
    PURPOSES,
    RECIPIENTS,
    actor_of,
    brought_file,
    refuse_approved,
    refuse_other_subject,
)
from service.files.receiving import Upload, pasted_as_file, receive, upload_of
from service.files.taking import compared_with, held_back, known_in, take, undo
from service.http.faults import message
from service.reading.questions import rows_in_words
from service.schemas.agreement import OFFICE_ROLES
from service.schemas.lists import MOST_RECIPIENTS
from service.schemas.uploaded_file import TakingSchema
from service.web.file_words import filled_names, page_for, subject_of, upload_names, words_in_row
from service.web.forms import Form
from service.words.printed import Typed
from service.words.texts import locale, t
from service.words.whole_numbers import MOST_IN_A_COLUMN, whole_of
from tenants.agreements.processing_agreements import SERVICES
from tenants.errors import Invalid, NotFound
from tenants.files.uploaded import WAITING, UploadedFile, leave_file, taken_files
from tenants.isolation import database_now
from tenants.lines import one_line
from tenants.register.notices import notice
from workflows.notice.names_to_look_at import salutation

blueprint = Blueprint("files", __name__, url_prefix="/o/<organisation>/files")
FILE, PASTED = "file", "pasted"
LONG_LIST = 10_000
"""From how many rows on the page says that taking them lasts: 100,000 people take about half a minute."""
MOST_ACCEPTED = 100
"""How many accepted proposals a page lists."""
GOES_ON = frozenset({HITS, RECIPIENTS})
"""Purposes whose subject goes on with what was taken; of the others the page of the file says what came of it."""


@blueprint.get("/new/<purpose>")
@may("bring_files")
def ask(purpose: str) -> ResponseReturnValue:
    """Show the form for a file. Raises NotFound for an unknown purpose."""
    about_id, form = _about(purpose), Form.beginning_with({})
    form.attempt(lambda: refuse_approved(about_id))
    return _form(form, purpose, about_id)


@blueprint.post("/new/<purpose>")
@takes_file
@may("bring_files")
def send(purpose: str) -> ResponseReturnValue:
    """Read a file, or rows that were pasted; then ask what its columns are. Nothing of it is kept in a list yet."""
    about_id = _about(purpose)
    by, form = actor_of(purpose), Form.posted()
    file = form.attempt(lambda: receive(_upload(form), purpose, about_id, by))
    if file is None:
        return _form(_at_what_was_sent(form), purpose, about_id), form.status
    return redirect(url_for("web.file_columns.shown", organisation=place().slug, file_id=file.id), 303)


@blueprint.get("/<uuid:file_id>")
@may("bring_files")
def shown(file_id: UUID) -> ResponseReturnValue:
    """Show what taking a file would keep, and what does not fit; of a file that was taken what came of it."""
    file = brought_file(file_id)
    if file.state == WAITING and not file.is_confirmed:
        return redirect(url_for("web.file_columns.shown", organisation=place().slug, file_id=file_id))
    return page_of_file(file, _with_typed(file))


@blueprint.get("/<uuid:file_id>/faults.csv")
@may("bring_files")
def faults(file_id: UUID) -> ResponseReturnValue:
    """Return the rows that do not fit as a file, with what is wrong, to correct and give back."""
    return faults_csv(brought_file(file_id))


@blueprint.post("/<uuid:file_id>/taking")
@may("bring_files")
def take_rows(file_id: UUID) -> ResponseReturnValue:
    """Keep the rows of a file, once: all of them, or those that fit."""
    file, form = brought_file(file_id), Form.posted()
    by = actor_of(file.purpose)
    if file.state == WAITING:
        keep_typed(file_id, request.form.items(multi=True))
    taking = form.load(TakingSchema())
    taken = taking and form.attempt(lambda: take(file_id, taking, by, form.version_seen()))
    if not taken:
        return page_of_file(file, form), form.status
    flash(t("files.taken_now", name=taken.words["name"]))
    own_page = url_for(".shown", organisation=place().slug, file_id=file_id)
    return redirect(subject_of(taken) if taken.purpose in GOES_ON else own_page, 303)


@blueprint.get("/<uuid:file_id>/taking")
@blueprint.get("/<uuid:file_id>/undone")
@blueprint.get("/<uuid:file_id>/checking")
@blueprint.get("/<uuid:file_id>/proposals")
@may("bring_files")
def lead_back(file_id: UUID) -> ResponseReturnValue:
    """Lead to the page of a file from the address that a refused form leaves in the browser."""
    return redirect(url_for(".shown", organisation=place().slug, file_id=brought_file(file_id).id))


@blueprint.post("/<uuid:file_id>/undone")
@may("bring_files")
def take_back(file_id: UUID) -> ResponseReturnValue:
    """Take back what came of a file, while nothing rests on it."""
    file, form = brought_file(file_id), Form.posted()
    undone = form.attempt(lambda: undo(file_id, actor_of(file.purpose)))
    if undone is None:
        return page_of_file(file, form), form.status
    flash(t("files.undone_now", name=undone.words["name"]))
    return redirect(subject_of(undone), 303)


@blueprint.post("/<uuid:file_id>/left")
@may("bring_files")
def leave(file_id: UUID) -> ResponseReturnValue:
    """End a file that nobody took, with all that is in it."""
    file = brought_file(file_id)
    back = subject_of(file)
    leave_file(file.id)
    flash(t("files.left_now"))
    return redirect(back, 303)


def _about(purpose: str) -> UUID | None:
    """Return the notice that the address names, None where it names none. Raises NotFound for an unknown purpose and
    for a notice of somebody else, and NotAllowed for who may not bring in a file for this purpose."""
    if purpose not in PURPOSES:
        raise NotFound("file.unknown")
    actor_of(purpose)
    about_id = request.args.get("notice_id", type=UUID)
    refuse_other_subject(purpose, about_id)
    return about_id


def _upload(form: Form) -> Upload:
    """Return the file that was chosen, or the text that was pasted as one. Raises Invalid for both, and for neither."""
    files, text = request.files.getlist(FILE), form.value(PASTED)
    is_chosen = any(file.filename for file in files)
    if is_chosen and text.strip():
        raise Invalid("file.or_pasted", PASTED)
    if text.strip():
        return pasted_as_file(text)
    if not is_chosen:
        raise Invalid("file.none_chosen", FILE)
    return upload_of(files)


def _at_what_was_sent(form: Form) -> Form:
    """Return the form with what is wrong with pasted text at that text, and not at a file that nobody chose."""
    if form.value(PASTED).strip():
        for fault in form.faults:
            fault["field"] = PASTED if fault["field"] == FILE else fault["field"]
    return form


def _form(form: Form, purpose: str, about_id: UUID | None) -> str:
    return render_template(
        "file_new.html", form=form, last=next(iter(taken_files(purpose, about_id, 1)), None),
        subject_at=page_for(purpose, about_id), **upload_names(purpose, about_id),
    )  # fmt: skip


def page_of_file(file: UploadedFile, form: Form) -> str:
    """Return the page of a file, with one page of its rows, or those in which words were found."""
    show = _rows_to_show(file, request.args.get("show", ""))
    page = whole_of(request.args.get("page", ""), MOST_IN_A_COLUMN) or 1
    run, words = dry_run_of(file, show, max(page, 1) - 1), one_line(request.args.get("search", ""))[:LONGEST_SEARCH]
    is_open = file.state == WAITING
    accepted = accepted_in(file) if is_open else []
    rows = rows_with(file, words) if words and is_open else None
    faults = rows.faults if rows else run.rows if run.shown == "faults" else []
    kinds_proposed = kinds_of_proposals(file) if is_open and show == "faults" else []
    proposed = [*(each.proposal for each in accepted), *(kind.proposal for kind in kinds_proposed)]
    return render_template(
        "file.html", run=run, long_list=LONG_LIST, most_on_list=MOST_RECIPIENTS,
        faults_until=lambda row: row.faults_until(database_now()),
        file=file, form=form, compared=compared_with(file), held_back=held_back(file), message=message,
        known=known_in(file), rows_in_words=rows_in_words, kinds=tuple(SHOWN),
        search=Typed(words), salutation=_salutation(file),
        services=SERVICES, office_roles=OFFICE_ROLES, words_in_row=words_in_row,
        found=rows, filled_names=filled_names, whose=whose_rows(file, faults) if is_open else {},
        accepted=accepted, most_accepted=MOST_ACCEPTED, accepted_rows={each.row for each in accepted},
        kinds_of_proposals=kinds_proposed, called=proposal_words(file, proposed),
        cell_shown=partial(cell_shown, in_workbook=is_workbook(file)),
        names=names_of_people(file) if is_open and file.purpose == RECIPIENTS else None, subject_at=subject_of(file),
    )  # fmt: skip


def _rows_to_show(file: UploadedFile, asked: str) -> str:
    """Return which rows the page shows: those that were asked for, else those that fit, or the others where none
    fits."""
    if asked in SHOWN:
        return asked
    reading = file.words.get("reading") or {}
    return "faults" if reading.get("faults") and not reading.get("fits") else "fits"


def _with_typed(file: UploadedFile) -> Form:
    """Return the form of the page with what was typed on it before its reader looked around."""
    typed = typed_before(file) if file.state == WAITING else []
    return Form(MultiDict(typed), is_posted=True) if typed else Form.beginning_with({})


def _salutation(file: UploadedFile) -> Callable[[str], str]:
    """Return how a reader of this name is greeted in the mail for which a list of people is."""
    language = notice(file.about_id).locale if file.about_id else locale()
    return lambda name: salutation(name, language)

"""Looking around in a dry run without losing what was typed, and accepting proposals. Each leads back to the page."""

import json
from typing import Any
from uuid import UUID

from flask import Blueprint, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from service.admission.access import may, place
from service.files.answers import check_with, keep_typed
from service.files.looking import LONGEST_SEARCH
from service.files.proposals import accept, accepted_in
from service.files.purposes import brought_file
from service.schemas.clients_from_file import ForAll, as_answers
from service.schemas.file_proposals import Accepting
from service.schemas.uploaded_file import FITTING, TakingSchema
from service.web.files import page_of_file
from service.web.forms import Form
from service.words.texts import t
from tenants.errors import Invalid
from tenants.lines import one_line

blueprint = Blueprint("file_proposals", __name__, url_prefix="/o/<organisation>/files")
ONE, ALL_OF_KIND, BACK, ALL_BACK = "accept", "accept_all", "take_back", "take_back_all"
COLUMNS = "columns"


@blueprint.post("/<uuid:file_id>/looking")
@may("bring_files")
def look(file_id: UUID) -> ResponseReturnValue:
    """Show other rows of a file, those with the words of a search, or its columns; what was typed beside them stays."""
    brought_file(file_id)
    keep_typed(file_id, request.form.items(multi=True))
    if request.args.get("show") == COLUMNS:
        return redirect(url_for("web.file_columns.shown", organisation=place().slug, file_id=file_id), 303)
    words = one_line(request.form.get("search", ""))[:LONGEST_SEARCH] if "find" in request.form else ""
    return _to_rows(file_id, words)


@blueprint.post("/<uuid:file_id>/checking")
@may("bring_files")
def check(file_id: UUID) -> ResponseReturnValue:
    """Ask the rules of all rows, with what is said of all clients of a file."""
    file, form = brought_file(file_id), Form.posted()
    keep_typed(file_id, request.form.items(multi=True))
    taking = form.load(TakingSchema(), take=FITTING)
    answers = taking and as_answers(taking.answers or ForAll(None, None, None))
    if not answers or form.attempt(lambda: check_with(file_id, answers, form.version_seen())) is None:
        return page_of_file(file, form), form.status
    return _to_rows(file_id)


@blueprint.post("/<uuid:file_id>/proposals")
@may("bring_files")
def accept_proposals(file_id: UUID) -> ResponseReturnValue:
    """Accept a proposal, or all of one kind, or take that back; the file is read again so."""
    file, form = brought_file(file_id), Form.posted()
    keep_typed(file_id, request.form.items(multi=True))
    before = set(accepted_in(file))
    read = form.attempt(lambda: accept(file_id, _acceptings(form), form.version_seen()))
    if read is None:
        return page_of_file(file, form), form.status
    after, is_back = set(accepted_in(read)), bool({BACK, ALL_BACK} & set(form.typed))
    # A second proposal for a cell comes in the place of the first one there.
    changed = before - after if is_back else after - before
    key = "files.proposals.back_now" if is_back else "files.proposals.taken_now"
    flash(t(key, count=len(changed)), "proposals")
    return _to_rows(file_id)


def _acceptings(form: Form) -> list[Accepting]:
    """Return what the button says that was pressed. Raises Invalid for a value that no button has."""
    typed = form.typed
    if ALL_BACK in typed:
        return [Accepting(is_undone=True)]
    if ALL_OF_KIND in typed:
        return [Accepting(key=typed[ALL_OF_KIND])]
    is_undone = BACK in typed
    return [_one(typed.get(BACK if is_undone else ONE, ""), is_undone)]


def _one(value: str, is_undone: bool) -> Accepting:
    """Return the proposal of a button: its row, its column and its text, as a list in JSON."""
    try:
        row, column, proposal = json.loads(value)
    except (ValueError, TypeError, RecursionError):
        row = column = proposal = None
    if type(row) is not int or type(column) is not str or type(proposal) is not str:
        raise Invalid("file.not_proposed", "proposals")
    return Accepting(row, column, proposal, None, is_undone)


def _to_rows(file_id: UUID, words: str = "") -> ResponseReturnValue:
    asked: dict[str, Any] = {name: value for name in ("show", "page") if (value := request.args.get(name))}
    asked |= {"search": words} if words else {}
    here = place().slug
    return redirect(url_for("web.files.shown", organisation=here, file_id=file_id, _anchor="rows", **asked), 303)

"""Which column of a file is which: proposed, and chosen by a person before anything else is shown of it."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from service.admission.access import may, place
from service.files.cells_shown import cell_shown, is_workbook
from service.files.chosen_columns import FIELD_TWICE
from service.files.dry_run import DryRun, dry_run_of
from service.files.purposes import brought_file
from service.files.receiving import FIELD as FILE
from service.files.receiving import choose, look_again
from service.http.faults import Fault, message
from service.reading.encodings import CHOSEN, GUESSED
from service.reading.fields import PURPOSES as FIELDS
from service.reading.outcome import Choices
from service.reading.questions import words_of_letters
from service.reading.values.answer import behind_answer
from service.reading.values.day import Day, day_in
from service.reading.values.day_order import DAY_FIRST, MONTH_FIRST
from service.reading.values.surname_first import AS_WRITTEN, SURNAME_FIRST, examples_of
from service.schemas.uploaded_file import MOST_COLUMNS, MappingSchema
from service.web.file_words import subject_of
from service.web.forms import Form
from service.web.layout import day_words
from service.words.printed import Typed
from service.words.texts import t
from service.words.whole_numbers import whole_of
from tenants.files.uploaded import WAITING, UploadedFile

blueprint = Blueprint("file_columns", __name__, url_prefix="/o/<organisation>/files")
ASKED_ELSEWHERE = frozenset({
    "file.letters_twice", "file.letters_uncertain", "file.sheets", "file.headings_row", "file.no_headings",
    "file.hidden_rows", "file.total_row", "file.notes", "file.lines_left_out", "file.day_or_month",
    "file.surname_first", "file.citizen_numbers", "file.citizen_numbers_used",
})  # fmt: skip
"""Questions that have a control or a column of their own on the page; the others are said in a sentence."""
LEFT_OUT = {"hidden_rows": ("file.hidden_rows",), "side_rows": ("file.total_row", "file.notes", "file.lines_left_out")}
"""Choices whether rows are read too, with the questions about such rows."""


@blueprint.get("/<uuid:file_id>/columns")
@may("bring_files")
def shown(file_id: UUID) -> ResponseReturnValue:
    """Show each column of a file with some of its values, and what it is read as. One that was taken has none left."""
    file = brought_file(file_id)
    if file.state != WAITING:
        return redirect(_dry_run_at(file_id))
    return _page(file, None)


@blueprint.post("/<uuid:file_id>/columns")
@may("bring_files")
def choose_columns(file_id: UUID) -> ResponseReturnValue:
    """Read a file again as it was chosen; then show its rows, or its columns once more where they are others now."""
    file = brought_file(file_id)
    form = Form.posted(rows="columns", by="place")
    loaded = form.load(MappingSchema())
    if loaded is None:
        return _page(file, form), form.status
    chosen = replace(loaded["choices"], mapping=loaded["choices"].mapping or {})
    choices, is_other = _of_another_table(file, chosen)
    again = is_other or "again" in request.form
    verb = look_again if again else choose
    if form.attempt(lambda: verb(file_id, choices, form.version_seen())) is None:
        return _page(file, _at_its_fields(form)), form.status
    if again:
        flash(t("files.read_again"))
    at = url_for(".shown", organisation=place().slug, file_id=file_id) if again else _dry_run_at(file_id)
    return redirect(at, 303)


def _of_another_table(file: UploadedFile, choices: Choices) -> tuple[Choices, bool]:
    """Return the choices, and whether they ask for another sheet or another row of headings than the page showed: then
    its columns are proposed anew."""
    reading = file.words.get("reading", {})
    is_other_sheet = choices.sheet not in (None, reading.get("sheet"))
    if is_other_sheet:
        return replace(choices, mapping=None, orders={}, headings_row=None), True
    is_other_row = choices.headings_row not in (None, reading.get("headings_row"))
    return (replace(choices, mapping=None, orders={}), True) if is_other_row else (choices, False)


def _at_its_fields(form: Form) -> Form:
    """Return the form with each fault at a field that its page has: a field that was chosen twice at each column for
    which it was chosen, and what is wrong with the file itself at none."""
    chosen = _chosen(form)
    form.faults = [at for fault in form.faults for at in _at_columns(fault, chosen)]
    return form


def _at_columns(fault: Fault, chosen: Mapping[int, str]) -> list[Fault]:
    if fault["key"] != FIELD_TWICE:
        return [{**fault, "field": ""} if fault["field"] == FILE else fault]
    said = {name: message(FIELD_TWICE, {"column": t(f"files.field.{name}")}) for name in chosen.values() if name}
    places = [place for place, name in sorted(chosen.items()) if said.get(name) == fault["message"]]
    return [{**fault, "field": f"columns.{place}.field"} for place in places]


def _page(file: UploadedFile, form: Form | None) -> str:
    run = dry_run_of(file)
    is_first_look = form is None or form.is_out_of_date
    chosen = _proposed(run) if is_first_look else _chosen(form)
    return render_template(
        "file_columns.html", run=run, file=file, form=form or Form.beginning_with({}), subject_at=subject_of(file),
        fields=[field.name for field in FIELDS[file.purpose].fields],
        examples={column["place"]: _examples(column, is_workbook(file)) for column in run.reading["columns"]},
        chosen=chosen, chosen_places=[place for place, field in chosen.items() if field], dated=_dated(run),
        letters=_letters(file), other_letters=_other_letters(file),
        sheets=[(Typed(sheet["name"]), sheet["is_hidden"]) for sheet in run.reading["sheets"]],
        notes=[ask for ask in run.questions if ask.key not in ASKED_ELSEWHERE],
        left_out=_left_out(run),
    )  # fmt: skip


def _letters(file: UploadedFile) -> list[tuple[str, str, str]]:
    """Return each encoding that was asked about, with words as it reads them and the program that it is of."""
    return [(each["name"], each["words"], words_of_letters(each["name"], t)) for each in file.words.get("letters", ())]


def _other_letters(file: UploadedFile) -> list[tuple[str, str]]:
    """Return the other encodings that can be chosen, with their programs, in the order of these words."""
    asked = {name for name, _, _ in _letters(file)}
    others = ((name, words_of_letters(name, t)) for name in ("utf-8", *GUESSED, *CHOSEN) if name not in asked)
    return sorted(others, key=lambda pair: pair[1].casefold())


def _proposed(run: DryRun) -> dict[int, str]:
    return {column["place"]: column["field"] or "" for column in run.reading["columns"]}


def _examples(column: Mapping[str, Any], in_workbook: bool) -> list[str]:
    """Return some cells of a column as the person's own program shows them."""
    return [cell_shown(cell, in_workbook) for cell in column["examples"]]


def _chosen(form: Form | None) -> dict[int, str]:
    """Return what was chosen in a form that came back, by the place of the column."""
    assert form is not None
    rows = {name.split(".")[1] for name in form.typed if name.startswith("columns.")}
    places = {row: whole_of(form.value(f"columns.{row}.place"), MOST_COLUMNS) for row in rows}
    return {place: form.value(f"columns.{row}.field") for row, place in places.items() if place is not None}


def _dated(run: DryRun) -> list[dict[str, Any]]:
    """Return each column of days or names that can be read in two orders, with an example of both."""
    chosen, asked = dict(run.choices.get("orders") or ()), {name for ask in run.questions for name in _ordered(ask)}
    orders = dict(run.reading["orders"])
    dated = [column for column in run.reading["columns"] if column["heading"] in asked or column["place"] in chosen]
    return [
        {**column, "order": (order := orders.get(column["place"], DAY_FIRST)), "written": _written_of(column, order)}
        for column in dated
    ]  # fmt: skip


def _written_of(column: Mapping[str, Any], order: str) -> dict[str, str]:
    """Return the examples of a column by each order in which it may be read; `order`: the one in which it is."""
    if order not in (SURNAME_FIRST, AS_WRITTEN):
        return _both_ways(column["examples"])
    return {SURNAME_FIRST: "; ".join(examples_of(column["examples"])), AS_WRITTEN: ""}


def _ordered(ask: Any) -> tuple[str, ...]:
    columns: tuple[str, ...] = ask.columns
    return columns if ask.key in ("file.day_or_month", "file.surname_first") else ()


def _both_ways(examples: list[str]) -> dict[str, str]:
    """Return the examples of a column written out, by the order in which they are read."""
    return {order: "; ".join(filter(None, (_written(cell, order) for cell in examples)))
            for order in (DAY_FIRST, MONTH_FIRST)}  # fmt: skip


def _written(cell: str, order: str) -> str:
    day = day_in(behind_answer(cell), order)
    return f"{cell} = {day_words(day.on)}" if isinstance(day, Day) and day.on else ""


def _left_out(run: DryRun) -> dict[str, tuple[str, ...]]:
    """Return the choices of rows to read too that this file has: those that were left out, or were chosen before."""
    asked = {ask.key for ask in run.questions}
    return {name: keys for name, keys in LEFT_OUT.items() if run.choices.get(name) or asked.intersection(keys)}


def _dry_run_at(file_id: UUID) -> str:
    return url_for("web.files.shown", organisation=place().slug, file_id=file_id)

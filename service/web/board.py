"""The board of one incident: the page, what it is sent while it stays open, its print, and its file.

All of them are the same reading: sums, tiles and rows of one moment.
"""

import gzip
import hashlib
import re
from typing import Any
from uuid import UUID

import orjson
from flask import Blueprint, Response, current_app, render_template, request, url_for
from flask.typing import ResponseReturnValue
from markupsafe import escape

from service.admission.access import may, place, unattended
from service.downloads.board import board_file
from service.downloads.tables import CSV
from service.web.actor_names import know_names
from service.web.forms import Form
from service.web.layout import after, label
from service.words.moments import local_moment
from service.words.texts import locale, number, t
from tenants.agreements.client_list import LONGEST_SEARCH, words_of
from tenants.lines import one_line
from workflows.dossiers.incident import Board, board_of
from workflows.escalation.board_contacts import HOW, contacts_of
from workflows.escalation.board_list import ORDERS, TERM, Asked
from workflows.escalation.board_states import FILTERS, LETTERS, STATES, TERMS
from workflows.escalation.incident_board import Row

blueprint = Blueprint("board", __name__, url_prefix="/o/<organisation>/incidents/<uuid:incident_id>")
KEPT = ("search", "state", "sort", "after")
SHORT, OF_ROW = 12, 8
INDENTED = re.compile(r"\n\s+")
LARGE = 8_000
"""Bytes above which an answer is compressed. It holds nothing secret beside what the reader typed."""


def board_page(incident_id: UUID) -> ResponseReturnValue:
    """Return the page of a board. It is consistent by itself: without script it says of which moment it is."""
    form = _form()
    board = board_of(incident_id, _asked(form), with_names=True)
    know_names(board.history)
    return render_template(
        "board.html", **_shown(board, form), **_notes(board), history=board.history, letters=_letters(),
        most=LONGEST_SEARCH, kept=_kept(), version=_version(board), ended_at=board.ended_at,
    ), form.status  # fmt: skip


@blueprint.get("/board.json")
@may("read")
@unattended
def live(incident_id: UUID) -> ResponseReturnValue:
    """Return what changed on a board that stays open: nothing but the moment while the version is the same.

    `version` is that of the answer before; `rows` says which rows the page has, by their versions in one text.
    """
    board = board_of(incident_id, _asked(_form()))
    version, answer, rows = _version(board), {}, [_row_version(row) for row in board.reading.rows]
    of_page = request.args.get("rows", "")
    if request.args.get("version") != version or of_page != "".join(rows):
        answer = _sums(board) | {"rows": _rows(board, rows, of_page)}
    shown = answer.get("shown", {}) | {"moment": _moment(board)}
    body = orjson.dumps({**answer, "version": version, "shown": shown})
    return _compressed(current_app.response_class(body, mimetype="application/json"))


@blueprint.get("/print")
@may("read")
def printed(incident_id: UUID) -> ResponseReturnValue:
    """Show every client of the list on one page that prints whole, with the moment of the reading."""
    form = _form()
    board = board_of(incident_id, _asked(form, whole=True))
    return render_template("board_print.html", **_shown(board, form)), form.status


@blueprint.get("/board.csv")
@may("export")
def file_of_before(incident_id: UUID) -> ResponseReturnValue:
    """Return the same as `file`, at the address that it had while there was CSV alone."""
    return _file(incident_id, CSV)


@blueprint.get("/escalations.<ending:ending>")
@may("export")
def file(incident_id: UUID, ending: str) -> ResponseReturnValue:
    """Return every client of the list as a file; the history records who took it."""
    return _file(incident_id, ending)


def _file(incident_id: UUID, ending: str) -> ResponseReturnValue:
    form = _form()
    words_of(form.value("search"))  # a file of all clients in place of those that were asked for would tell nobody
    return board_file(incident_id, _asked(form, whole=True), ending)


def _form() -> Form:
    """Return the search as it was asked for, with a fault when it has too many words."""
    state, sort = request.args.get("state", ""), request.args.get("sort", "")
    search = one_line(request.args.get("search", ""))[:LONGEST_SEARCH]
    form = Form.beginning_with({
        "search": search, "state": state if state in FILTERS else "", "sort": sort if sort in ORDERS else TERM,
    })  # fmt: skip
    form.attempt(lambda: words_of(search))
    return form


def _asked(form: Form, whole: bool = False) -> Asked:
    search, last = "" if form.faults else str(form.value("search")), None if whole else after()
    return Asked(
        part=str(form.value("state")) or None, search=search.strip(), sort=str(form.value("sort")),
        after=last[1] if last else None, most=None if whole else Asked.most,
    )  # fmt: skip


def _of_rows(board: Board, rows: list[Row]) -> dict[str, Any]:
    """Return what the rows of a list are made of, read for these rows alone."""
    return {
        "rows": rows, "incident_id": board.incident_id, "now": board.now, "standing": board.standing_of(rows),
        "contacts": contacts_of(rows), "row_version": _row_version,
        "state_words": {name: escape(label("escalation_state", name)) for name in STATES},
        "how_words": {how: escape(t(f"board.contact_how.{how}")) for how in HOW},
    }  # fmt: skip


def _shown(board: Board, form: Form) -> dict[str, Any]:
    return {
        **_of_rows(board, board.reading.rows), "incident": board.incident, "moment": _moment(board),
        "reading": board.reading, "form": form,
        "part": str(form.value("state")) or None, "orders": ORDERS,
        "states": STATES, "terms": TERMS, "part_at": _part_at, "whole_at": _address,
    }  # fmt: skip


def _notes(board: Board) -> dict[str, Any]:
    """Return what the notes above the board are made of: what waits for a person."""
    failed, in_all = board.failed
    return {"asked": board.asked, "doubted": board.doubted, "failed": failed, "failed_in_all": in_all}


def _moment(board: Board) -> str:
    return local_moment(board.now, "second")


def _letters() -> dict[str, tuple[str, str]]:
    """Return for each letter of a tile its classes and its words."""
    return {
        letter: (f"{state} {term or ''}".strip(), ", ".join(label("escalation_state", name) for name in (state, term)
                                                            if name))
        for letter, (state, term) in LETTERS.items()
    }  # fmt: skip


def _sums(board: Board) -> dict[str, Any]:
    reading = board.reading
    shown = {name: number(value) for name, value in reading.sums.items()} | {"matching": number(reading.matching)}
    button = render_template("board_call.html", incident_id=board.incident_id, call=reading.sums["call"]).strip()
    waiting = _notes(board)
    notes = render_template("board_notes.html", **waiting).strip() if any(waiting.values()) else ""
    return {
        "shown": shown, "sums": reading.sums, "tiles": reading.letters, "stand": reading.order,
        "fragments": {"call": button, "notes": notes},
    }  # fmt: skip


def _rows(board: Board, versions: list[str], of_page: str) -> list[str]:
    """Return for each row of the list its version when the page has it, else the row itself."""
    known = {of_page[at : at + OF_ROW] for at in range(0, len(of_page), OF_ROW)}
    new = [row for row, version in zip(board.reading.rows, versions, strict=True) if version not in known]
    of = {row.escalation.id: version for row, version in zip(board.reading.rows, versions, strict=True)}
    shown = _of_rows(board, new) | {"row_version": lambda row: of[row.escalation.id]} if new else {}
    html = render_template("board_rows.html", **shown) if new else ""
    rendered = iter(INDENTED.sub("\n", html).split("</tr>"))
    return [version if version in known else next(rendered).strip() for version in versions]


def _compressed(answer: Response) -> Response:
    """Return the answer, in fewer bytes when it is large and the browser takes them."""
    body = answer.get_data()
    if len(body) > LARGE and "gzip" in request.accept_encodings:
        answer.set_data(gzip.compress(body, 1, mtime=0))
        answer.content_encoding = "gzip"
    answer.vary.add("Accept-Encoding")
    return answer


def _version(board: Board) -> str:
    """Return a value that differs when this reading differs from another in its sums, its letters or its notes."""
    reading = board.reading
    return _digest((reading.letters, reading.order, reading.sums, reading.matching, _notes(board), locale()))


def _row_version(row: Row) -> str:
    """Return a value that differs when a row shows something else, or is another client's."""
    return hashlib.sha256(orjson.dumps((row.shown, locale()))).hexdigest()[:OF_ROW]


def _digest(what: object) -> str:
    return hashlib.sha256(repr(what).encode()).hexdigest()[:SHORT]


def _part_at(name: str) -> str:
    """Return the address of the board with the clients of one state or term."""
    return f"{request.path}?state={name}#list"


def _address(view: str) -> str:
    """Return the address of another view of the same list: its search, filter, order and page."""
    values: dict[str, Any] = {"organisation": place().slug, **(request.view_args or {}), **_kept()}
    return url_for(f"web.board.{view}", **values)


def _kept() -> dict[str, str]:
    return {name: request.args[name] for name in KEPT if request.args.get(name)}

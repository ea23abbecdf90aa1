"""Files that are brought in: people for a notice, clients, clients that were hit, an old register.

A file is sent in, its columns are confirmed, its dry run is read, and then it is taken; pages do the same.
"""

from typing import Any
from uuid import UUID

from flask import Response, request
from flask_smorest import Blueprint

from service.admission.access import may, takes_file
from service.admission.idempotency import idempotent, told_once
from service.api.answers import etag, expected_version
from service.api.routes import OF_ORGANISATION, Resource
from service.api.steps import Answer
from service.files.dry_run import DryRun, dry_run_of
from service.files.faults_csv import faults_csv
from service.files.proposals import accept
from service.files.purposes import actor_of, brought_file
from service.files.receiving import choose, look_again, receive, upload_of
from service.files.taking import compared_with, known_in, take, undo
from service.schemas.clients_from_file import as_answers
from service.schemas.file_proposals import PROPOSALS, ProposalsSchema
from service.schemas.uploaded_file import (
    DRY_RUN,
    EXAMPLE,
    MAPPING,
    TAKEN_EXAMPLE,
    DryRunAnswer,
    DryRunAsked,
    FileAnswer,
    FileForm,
    MappingSchema,
    Taking,
    TakingSchema,
)
from tenants.errors import Invalid, ManyInvalid
from tenants.files import uploaded
from tenants.files.uploaded import UploadedFile

blueprint: Blueprint = Resource("files", __name__, url_prefix=f"{OF_ORGANISATION}/files")
MULTIPART = {"multipart/form-data": {
    "schema": {
        "type": "object", "required": ["file", "purpose"], "properties": {
            "file": {"type": "string", "format": "binary"},
            "purpose": {"type": "string", "enum": ["recipients", "clients", "hits", "register"]},
            "notice_id": {"type": "string", "format": "uuid"},
        },
    },
    "example": {"file": "leden.csv", "purpose": "recipients", "notice_id": EXAMPLE["notice_id"]},
}}  # fmt: skip


@blueprint.route("", methods=["POST"])
@idempotent
@blueprint.doc(requestBody={"content": MULTIPART, "required": True})
@blueprint.response(201, FileAnswer, example=EXAMPLE)
@takes_file
@may("bring_files")
def send_file(**_: Any) -> Answer:
    """Send in a file: it is read, and nothing of it is kept in a register or list yet. Raises Invalid without one,
    and while 20 of the sender's files wait for this purpose and notice."""
    _refuse_beyond_fields()
    form = blueprint.ARGUMENTS_PARSER.parse(FileForm(), request, location="form")
    by = actor_of(form["purpose"])
    upload = upload_of(request.files.getlist("file"))
    return _whole(receive(upload, form["purpose"], form["notice_id"], by, ends_oldest=False))


def _refuse_beyond_fields() -> None:
    """Raise ManyInvalid for a field that stands twice, and for files in other fields: one of them would be ignored."""
    twice = [Invalid("field.twice", name) for name, values in request.form.lists() if len(values) > 1]
    others = [Invalid("field.unknown", name) for name in request.files if name != "file"]
    if twice or others:
        raise ManyInvalid([*twice, *others])


@blueprint.route("/<uuid:file_id>")
@blueprint.arguments(DryRunAsked, location="query")
@blueprint.response(200, DryRunAnswer, example=DRY_RUN)
@may("bring_files")
def show_dry_run(asked: dict[str, Any], file_id: UUID) -> Answer:
    """Return the dry run of a file by page: what would be kept, or what is wrong with the other rows."""
    run = dry_run_of(brought_file(file_id), asked["show"], asked["page"])
    is_first = asked["page"] == 0
    compared = compared_with(run.file) if is_first else None
    here = known_in(run.file) if is_first else None
    return {
        **_plain(run), "items": run.rows, "next_page": run.next_page,
        "compared": compared and {
            **vars(compared.people), "list": compared.list, "lost": compared.lost, "after": compared.after,
            "too_long": compared.too_long, "first_elsewhere": compared.first_elsewhere,
        },
        "known": here and here.known, "alike": here and here.alike, "equal": here and len(here.equal),
        "differ": here and list(here.differ),
    }, etag(run.file.version)  # fmt: skip


@blueprint.route("/<uuid:file_id>/faults.csv")
@blueprint.response(200, {"type": "string"}, content_type="text/csv")
@may("bring_files")
def show_faults(file_id: UUID) -> Response:
    """Return the rows that do not fit as a file, with what is wrong, to correct and send in again."""
    return faults_csv(brought_file(file_id))


@blueprint.route("/<uuid:file_id>/mapping", methods=["PUT"])
@idempotent
@blueprint.arguments(MappingSchema, example=MAPPING)
@blueprint.response(200, FileAnswer, example=EXAMPLE | {"is_confirmed": True, "version": 2})
@may("bring_files")
def choose_columns(chosen: dict[str, Any], file_id: UUID) -> Answer:
    """Say which column is which. The file is read again so; the choice is remembered for files with these headings.
    Without columns they are proposed anew, for another look."""
    brought_file(file_id)
    choices, answers = chosen["choices"], chosen["answers"]
    if choices.mapping is None:
        return _whole(look_again(file_id, choices, expected_version()))
    return _whole(choose(file_id, choices, expected_version(), answers and as_answers(answers)))


@blueprint.route("/<uuid:file_id>/proposals", methods=["PUT"])
@idempotent
@blueprint.arguments(ProposalsSchema, example=PROPOSALS)
@blueprint.response(200, FileAnswer, example=EXAMPLE | {"is_confirmed": True, "accepted": 1, "version": 3})
@may("bring_files")
def accept_proposals(chosen: dict[str, Any], file_id: UUID) -> Answer:
    """Accept proposals of the dry run in place of what the file says, or take that back. The file is read again so; the
    history keeps where it was done."""
    brought_file(file_id)
    return _whole(accept(file_id, chosen["acceptings"], expected_version()))


@blueprint.route("/<uuid:file_id>/taking", methods=["POST"])
@idempotent
@blueprint.arguments(TakingSchema, example={"take": "all", "how": "add"})
@blueprint.response(200, FileAnswer, example=TAKEN_EXAMPLE)
@may("bring_files")
def take_file(taking: Taking, file_id: UUID) -> Answer:
    """Take a file: all of it, which is refused while it has faults, or what fits."""
    by = actor_of(brought_file(file_id).purpose)
    return _whole(take(file_id, taking, by, expected_version()))


@blueprint.route("/<uuid:file_id>/taking", methods=["DELETE"])
@blueprint.response(200, FileAnswer)
@may("bring_files")
def take_back_file(file_id: UUID) -> Answer:
    """Take back what came of a file. It is refused once something rests on it."""
    return _whole(undo(file_id, actor_of(brought_file(file_id).purpose)))


@blueprint.route("/<uuid:file_id>", methods=["DELETE"])
@blueprint.response(204)
@may("bring_files")
def leave_file(file_id: UUID) -> None:
    """Leave a file alone: it ends, with all that is in it. One that was taken stays."""
    uploaded.leave_file(brought_file(file_id).id)


def _whole(file: UploadedFile) -> Answer:
    """Return a file. Values of its rows stand in two fields, which are not kept for a request that is repeated."""
    told_once("columns", "asks", "name")
    return _plain(dry_run_of(file)), etag(file.version)


def _plain(run: DryRun) -> dict[str, Any]:
    file, reading = run.file, run.reading
    names = ("encoding", "sheet", "headings_row", "rows", "fits", "faults")
    return {
        "id": file.id, "purpose": file.purpose, "notice_id": file.about_id, "name": run.name, "hash": file.hash.hex(),
        "state": file.state, "is_confirmed": file.is_confirmed, "is_remembered": run.is_remembered,
        **{name: reading.get(name) for name in names}, "sheets": reading.get("sheets", []),
        "wrong_rows": run.wrong_rows if reading else None, "left_out_rows": run.left_out_rows if reading else None,
        "accepted": len(run.choices.get("accepted") or ()) or (file.result or {}).get("accepted", 0),
        "columns": reading.get("columns", []), "asks": [vars(question) for question in run.questions],
        "result": file.result, "version": file.version,
    }  # fmt: skip

"""Notices to people (Art. 34): the list, the text with its four parts, the approval, how they look, how they fare."""

from typing import Any
from uuid import UUID

from flask import Response, request
from flask_smorest import Blueprint

from service.admission.access import actor, may, role
from service.admission.idempotency import idempotent
from service.admission.viewer import viewer
from service.api.answers import all_columns, columns_of, etag, expected_version, page, version_looked_at
from service.api.routes import OF_ORGANISATION, Resource
from service.schemas.breach import ApprovalSchema
from service.schemas.csv_lists import read_recipients
from service.schemas.notice import (
    NoticeAnswer,
    NoticeRow,
    NoticeTextSchema,
    PreviewAnswer,
    RecipientsSchema,
    ReleaseSchema,
)
from service.schemas.paging import PageSchema, page_of
from tenants.register.notices import newest_notices, notice
from workflows.dossiers.notice import notice_dossier_of
from workflows.engine.advance import complete
from workflows.mail.batches import Addressee
from workflows.notice.bulk_notice import BULK_NOTICE, upload_recipients
from workflows.notice.notice_mail import preview_of
from workflows.roles import ON_A_VERSION

blueprint: Blueprint = Resource("notices", __name__, url_prefix=f"{OF_ORGANISATION}/notices")
Answer = tuple[dict[str, Any], dict[str, str]]
EITHER = {"application/json": {"schema": RecipientsSchema}, "text/csv": {"schema": {"type": "string"}}}


@blueprint.route("")
@blueprint.arguments(PageSchema, location="query")
@blueprint.response(200, page_of(NoticeRow))
@may("read")
def list_notices(asked: dict[str, Any]) -> Response:
    """The notices of this organisation, newest first."""
    rows = newest_notices(asked["limit"] + 1, asked["after"])
    return page(columns_of(rows, NoticeRow), asked["limit"], "created_at")


@blueprint.route("/<uuid:notice_id>")
@blueprint.response(200, NoticeAnswer)
@may("read")
def show_notice(notice_id: UUID) -> Answer:
    """One notice, how many people stand where, its dossier. Its ETag is its version."""
    return whole(notice_id)


@blueprint.route("/<uuid:notice_id>/recipients", methods=["PUT"])
@idempotent
@blueprint.doc(requestBody={"content": EITHER, "required": True})
@blueprint.response(200, NoticeAnswer)
@may("recipients")
def put_recipients(notice_id: UUID) -> Answer:
    """The whole list of people, in place of what was there; as JSON or as text/csv."""
    upload_recipients(notice_id, _people(), actor(), role(), expected_version())
    return whole(notice_id)


@blueprint.route("/<uuid:notice_id>/text", methods=["PUT"])
@idempotent
@blueprint.arguments(NoticeTextSchema)
@blueprint.response(200, NoticeAnswer)
@may("text")
def put_text(payload: dict[str, Any], notice_id: UUID) -> Answer:
    """The subject and the four parts (Art. 34(2))."""
    return _done("text", notice_id, payload)


@blueprint.route("/<uuid:notice_id>/approval", methods=["POST"])
@idempotent
@blueprint.arguments(ApprovalSchema)
@blueprint.response(200, NoticeAnswer)
@may("approve")
def approve_notice(payload: dict[str, Any], notice_id: UUID) -> Answer:
    """Another person agrees, and a third may send it; or returns it with what is wrong."""
    return _done("approve", notice_id, payload)


@blueprint.route("/<uuid:notice_id>/release", methods=["POST"])
@idempotent
@blueprint.arguments(ReleaseSchema)
@blueprint.response(200, NoticeAnswer)
@may("release")
def release_notice(payload: dict[str, Any], notice_id: UUID) -> Answer:
    """A third person lets it go, to everybody on the list as it was approved. This cannot be taken back."""
    return _done("release", notice_id, payload)


@blueprint.route("/<uuid:notice_id>/preview")
@blueprint.response(200, PreviewAnswer)
@may("read")
def show_preview(notice_id: UUID) -> dict[str, str]:
    """The message as its reader would see it."""
    shown = notice(notice_id)
    subject, text, html = preview_of(shown)
    return {"subject": subject, "text": text, "html": html}


def whole(notice_id: UUID) -> Answer:
    """A notice as it is now, with its version as ETag."""
    dossier = notice_dossier_of(notice_id, viewer())
    shown = {"sums": dossier.sums, "run": dossier.run, "held": dossier.held}
    return all_columns(dossier.notice) | shown, etag(dossier.notice.version)


def _done(step: str, notice_id: UUID, payload: dict[str, Any]) -> Answer:
    subject = notice(notice_id)
    version = version_looked_at() if step in ON_A_VERSION else expected_version()
    complete(BULK_NOTICE, subject.id, step, actor(), role(), payload, version)
    return whole(subject.id)


def _people() -> list[Addressee]:
    if request.mimetype == "text/csv":
        return read_recipients(request.get_data())
    people: list[Addressee] = blueprint.ARGUMENTS_PARSER.parse(RecipientsSchema, request)["recipients"]
    return people

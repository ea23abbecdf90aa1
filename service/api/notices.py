"""Notices to people (Art. 34): the list, the text with its four parts, the approval, the preview, the sums."""

from typing import Any
from uuid import UUID

from flask import Response, request
from flask_smorest import Blueprint

from service.admission.access import actor, allowed, may, role, user
from service.admission.idempotency import idempotent
from service.admission.viewer import viewer
from service.api.answers import all_columns, columns_of, etag, expected_version, page
from service.api.routes import OF_ORGANISATION, Resource
from service.api.steps import Answer, add_step_routes
from service.schemas.filters import NoticesAskedSchema
from service.schemas.lists import read_recipients
from service.schemas.notice import (
    ListedPersonRow,
    NoticeAnswer,
    NoticeRow,
    PeopleAskedSchema,
    PreviewAnswer,
    RecipientsSchema,
    TrialAnswer,
    UnfinishedTextSchema,
)
from service.schemas.paging import page_of
from tenants.register.notices import newest_notices, notice
from workflows.dossiers.notice import GROUPS, notice_dossier_of
from workflows.law.gdpr import NOTICE_PARTS
from workflows.mail.batches import Addressee
from workflows.mail.states import NAMES
from workflows.mail.unmailed import Unmailed
from workflows.notice.bulk_notice import BULK_NOTICE, upload_recipients
from workflows.notice.listed_people import SAMPLE, people_on
from workflows.notice.notice_mail import preview_of
from workflows.notice.trial_mail import send_trial

blueprint: Blueprint = Resource("notices", __name__, url_prefix=f"{OF_ORGANISATION}/notices")
EITHER = {"application/json": {"schema": RecipientsSchema}, "text/csv": {"schema": {"type": "string"}}}


def whole(notice_id: UUID) -> Answer:
    """Return a notice as it is now, with its version as ETag."""
    dossier = notice_dossier_of(notice_id, viewer())
    shown = {
        "sums": dossier.sums, "addresses": dossier.addresses, "run": dossier.run, "held": dossier.held,
        "turn": dossier.coming,
    }  # fmt: skip
    return all_columns(dossier.notice) | shown, etag(dossier.notice.version)


@blueprint.route("")
@blueprint.arguments(NoticesAskedSchema, location="query")
@blueprint.response(200, page_of(NoticeRow))
@may("read")
def list_notices(asked: dict[str, Any]) -> Response:
    """List the notices of this organisation, newest first."""
    rows = newest_notices(asked["limit"] + 1, asked["after"], asked["state"], asked["year"])
    return page(columns_of(rows, NoticeRow), asked["limit"], "created_at")


@blueprint.route("/<uuid:notice_id>")
@blueprint.response(200, NoticeAnswer)
@may("read")
def show_notice(notice_id: UUID) -> Answer:
    """Return one notice, how many people are in each state, and its dossier. The ETag is its version."""
    return whole(notice_id)


@blueprint.route("/<uuid:notice_id>/recipients", methods=["PUT"])
@idempotent
@blueprint.doc(requestBody={"content": EITHER, "required": True})
@blueprint.response(200, NoticeAnswer)
@may("recipients")
def put_recipients(notice_id: UUID) -> Answer:
    """Store the whole list of people, in place of the former one; as JSON or as text/csv."""
    upload_recipients(notice_id, _people(), actor(), role(), expected_version())
    return whole(notice_id)


add_step_routes(blueprint, BULK_NOTICE.name, "/<uuid:notice_id>", NoticeAnswer, whole, notice)


@blueprint.route("/<uuid:notice_id>/preview")
@blueprint.response(200, PreviewAnswer)
@may("read")
def show_preview(notice_id: UUID) -> dict[str, str]:
    """Return the message as its reader would see it."""
    shown = notice(notice_id)
    subject, text, html = preview_of(shown)
    return {"subject": subject, "text": text, "html": html}


@blueprint.route("/<uuid:notice_id>/people")
@blueprint.arguments(PeopleAskedSchema, location="query")
@blueprint.response(200, page_of(ListedPersonRow))
@may("read")
def list_people(asked: dict[str, Any], notice_id: UUID) -> Response:
    """List who is on the list, or one group of them; a few in disguise for a role that may not read people."""
    about, states = notice(notice_id).id, GROUPS.get(asked["group"], NAMES)
    if allowed("read_people"):
        people = people_on(about, asked["limit"] + 1, states, asked["after"])
    else:
        people = [person.disguised for person in people_on(about, min(asked["limit"], SAMPLE), states)]
    return page([vars(person) for person in people], asked["limit"], "created_at")


@blueprint.route("/<uuid:notice_id>/trial", methods=["POST"])
@idempotent
@blueprint.arguments(UnfinishedTextSchema)
@blueprint.response(200, TrialAnswer)
@may("try_notice")
def mail_trial(payload: dict[str, Any], notice_id: UUID) -> dict[str, str]:
    """Mail the notice to the person who asks, with the words that are sent in, or else as it is stored."""
    who, typed = user(), {name: payload.get(name) or "" for name in ("subject", *NOTICE_PARTS)}
    send_trial(notice(notice_id), Addressee(who.name, who.email), actor(), typed if any(typed.values()) else None)
    return {"email": who.email}


def _people() -> list[Addressee | Unmailed]:
    if request.mimetype == "text/csv":
        return read_recipients(request.get_data())
    people: list[Addressee | Unmailed] = blueprint.ARGUMENTS_PARSER.parse(RecipientsSchema, request)["recipients"]
    return people

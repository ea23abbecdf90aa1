"""What an owner does alone because nobody else is there, and the review by somebody else."""

from typing import Any
from uuid import UUID

from flask_smorest import Blueprint

from service.admission.access import actor, may
from service.admission.idempotency import idempotent
from service.api.answers import version_looked_at
from service.api.breaches import Answer
from service.api.breaches import whole as whole_breach
from service.api.notices import whole as whole_notice
from service.api.routes import OF_ORGANISATION, Resource
from service.schemas.broken_glass import (
    GlassAnswer,
    NotifyAloneSchema,
    ReviewAnswer,
    ReviewSchema,
)
from service.schemas.notice import NoticeAnswer
from service.schemas.register import BreachAnswer
from service.steps import alone_schema
from tenants.register.breaches import breach
from tenants.register.broken_glass import BrokenGlass, all_broken_glass
from tenants.register.notices import notice
from workflows.decisions.breaking_glass import break_glass, review_glass
from workflows.decisions.breaking_glass import notify_alone as decide_by_oneself
from workflows.notice.bulk_notice import BULK_NOTICE
from workflows.notification.ap_notification import AP_NOTIFICATION

blueprint: Blueprint = Resource("broken_glass", __name__, url_prefix=OF_ORGANISATION)
AloneWithBreachSchema = alone_schema("AloneWithBreachSchema", AP_NOTIFICATION.name)
AloneWithNoticeSchema = alone_schema("AloneWithNoticeSchema", BULK_NOTICE.name)


@blueprint.route("/broken-glass")
@blueprint.response(200, GlassAnswer)
@may("read")
def list_broken_glass() -> dict[str, Any]:
    """List what was done alone, and what the reviewers found."""
    return {"items": all_broken_glass()}


@blueprint.route("/broken-glass/<uuid:glass_id>/review", methods=["POST"])
@idempotent
@blueprint.arguments(ReviewSchema)
@blueprint.response(200, ReviewAnswer)
@may("review_broken_glass")
def review_what_was_done_alone(payload: dict[str, Any], glass_id: UUID) -> BrokenGlass:
    """Review what somebody did alone, with a fresh proof. The reviewer had no part in it.

    A new seat may review after a day.
    """
    return review_glass(glass_id, actor(), payload["finding"])


@blueprint.route("/breaches/<uuid:breach_id>/broken-glass", methods=["POST"])
@idempotent
@blueprint.arguments(AloneWithBreachSchema)
@blueprint.response(200, BreachAnswer)
@may("break_glass")
def decide_alone(payload: dict[str, Any], breach_id: UUID) -> Answer:
    """Approve or submit alone, with the reason why nobody else could. Others are told, and a review stays open."""
    about, [(step, values)] = breach(breach_id), AloneWithBreachSchema.step_of(payload)
    break_glass(AP_NOTIFICATION, about.id, step, actor(), payload["alone_reason"], values, version_looked_at())
    return whole_breach(about.id)


@blueprint.route("/breaches/<uuid:breach_id>/alone", methods=["POST"])
@idempotent
@blueprint.arguments(NotifyAloneSchema)
@blueprint.response(200, BreachAnswer)
@may("break_glass")
def notify_alone(payload: dict[str, Any], breach_id: UUID) -> Answer:
    """Approve and record the form that was sent to the authority, alone, in one act with one reason."""
    about = breach(breach_id)
    decide_by_oneself(about.id, actor(), payload["alone_reason"], payload["submission"], version_looked_at())
    return whole_breach(about.id)


@blueprint.route("/notices/<uuid:notice_id>/broken-glass", methods=["POST"])
@idempotent
@blueprint.arguments(AloneWithNoticeSchema)
@blueprint.response(200, NoticeAnswer)
@may("break_glass")
def send_alone(payload: dict[str, Any], notice_id: UUID) -> Answer:
    """Approve or release alone, with the reason why nobody else could. Others are told, and a review stays open."""
    about, [(step, values)] = notice(notice_id), AloneWithNoticeSchema.step_of(payload)
    break_glass(BULK_NOTICE, about.id, step, actor(), payload["alone_reason"], values, version_looked_at())
    return whole_notice(about.id)

"""What people do about one breach: confirm receipt, assess, draft, approve, submit, tell people."""

from typing import Any
from uuid import UUID

from flask_smorest import Blueprint

from service.admission.access import actor, may, role
from service.admission.idempotency import idempotent
from service.api import notices
from service.api.answers import expected_version, version_looked_at
from service.api.breaches import Answer, whole
from service.api.routes import OF_ORGANISATION, Resource
from service.schemas.breach import ApprovalSchema, AssessmentSchema, DraftSchema, SubmissionSchema
from service.schemas.notice import NoticeAnswer
from service.schemas.register import BreachAnswer, ReceiptAnswer
from tenants.register.breaches import breach
from tenants.register.escalations import acknowledge_receipt, receipt_confirmed_at
from workflows.engine.advance import complete
from workflows.notice.bulk_notice import begin_by_choice
from workflows.notification.ap_notification import AP_NOTIFICATION
from workflows.roles import ON_A_VERSION

blueprint: Blueprint = Resource("decisions", __name__, url_prefix=f"{OF_ORGANISATION}/breaches/<uuid:breach_id>")


@blueprint.route("/receipt", methods=["POST"])
@idempotent
@blueprint.response(200, ReceiptAnswer)
@may("confirm_receipt")
def confirm_receipt(breach_id: UUID) -> dict[str, Any]:
    """Confirm that the message of the processor arrived. The first time stands."""
    received = breach(breach_id)
    moment = acknowledge_receipt(received.id, actor())
    return {"acknowledged_at": moment or receipt_confirmed_at(received.id)}


@blueprint.route("/assessment", methods=["POST"])
@idempotent
@blueprint.arguments(AssessmentSchema)
@blueprint.response(200, BreachAnswer)
@may("assess")
def assess(payload: dict[str, Any], breach_id: UUID) -> Answer:
    """How likely a risk is, on the facts as known, with the reason (Art. 33(1)). A departure goes with its reason."""
    return _done("assess", breach_id, payload)


@blueprint.route("/draft", methods=["POST"])
@idempotent
@blueprint.arguments(DraftSchema)
@blueprint.response(200, BreachAnswer)
@may("draft")
def draft(payload: dict[str, Any], breach_id: UUID) -> Answer:
    """Notify the authority or not, with the reasons (Art. 33(3))."""
    return _done("draft", breach_id, payload)


@blueprint.route("/approval", methods=["POST"])
@idempotent
@blueprint.arguments(ApprovalSchema)
@blueprint.response(200, BreachAnswer)
@may("approve")
def approve(payload: dict[str, Any], breach_id: UUID) -> Answer:
    """Another person agrees, or returns the draft with what is wrong."""
    return _done("approve", breach_id, payload)


@blueprint.route("/submission", methods=["POST"])
@idempotent
@blueprint.arguments(SubmissionSchema)
@blueprint.response(200, BreachAnswer)
@may("submit")
def submit(payload: dict[str, Any], breach_id: UUID) -> Answer:
    """The form was sent to the authority; late, with its reasons (Art. 33(1))."""
    return _done("submit", breach_id, payload)


@blueprint.route("/notice", methods=["POST"])
@idempotent
@blueprint.response(201, NoticeAnswer)
@may("begin_notice")
def begin_notice(breach_id: UUID) -> Answer:
    """Begin to tell people, also where the law does not demand it. A notice that was begun is answered again."""
    return notices.whole(begin_by_choice(breach(breach_id), actor()).id)


def _done(step: str, breach_id: UUID, payload: dict[str, Any]) -> Answer:
    subject = breach(breach_id)
    version = version_looked_at() if step in ON_A_VERSION else expected_version()
    complete(AP_NOTIFICATION, subject.id, step, actor(), role(), payload, version)
    return whole(subject.id)

"""What people do about one breach: confirm receipt, the steps of the notification (service/steps.py), tell people."""

from typing import Any
from uuid import UUID

from flask_smorest import Blueprint

from service.admission.access import actor, may
from service.admission.idempotency import idempotent
from service.api.breaches import Answer, whole
from service.api.notices import whole as whole_notice
from service.api.routes import OF_ORGANISATION, Resource
from service.api.steps import add_step_routes
from service.schemas.notice import NoticeAnswer
from service.schemas.register import BreachAnswer, ReceiptAnswer
from tenants.register.breaches import breach
from tenants.register.escalations import acknowledge_receipt, receipt_confirmed_at
from workflows.notice.bulk_notice import begin_by_choice
from workflows.notification.ap_notification import AP_NOTIFICATION

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


add_step_routes(blueprint, AP_NOTIFICATION.name, "", BreachAnswer, whole, breach)


@blueprint.route("/notice", methods=["POST"])
@idempotent
@blueprint.response(201, NoticeAnswer)
@may("begin_notice")
def begin_notice(breach_id: UUID) -> Answer:
    """Begin to tell people, also when the law does not demand it.

    When a notice was begun before, that one is returned.
    """
    return whole_notice(begin_by_choice(breach(breach_id), actor()).id)

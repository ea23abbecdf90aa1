"""A breach in the register, and what people do about it: assess, draft, approve, submit, confirm receipt."""

from typing import Any

from marshmallow import post_load, validates_schema

from service.schemas.fields import Choice, Email, LongText, Part, Text, Whole, YesNo
from service.schemas.incident import WhatHappened
from service.schemas.moment import Moment
from service.schemas.resource import Resource, refuse_reversed
from workflows import gdpr
from workflows.ap_notification import DO_NOT_NOTIFY, NOTIFY


class OwnBreachSchema(WhatHappened):
    """A breach that the organisation found itself. `people` when the number is sure, else at least and at most."""

    people = Whole(load_only=True)
    people_min = Whole()
    people_max = Whole()

    @validates_schema
    def people_in_order(self, values: dict[str, Any], **_: Any) -> None:
        """At most is not less than at least."""
        refuse_reversed(values["people_min"], values["people_max"], "people_max", "fact.people_reversed")

    @post_load
    def people_known(self, values: dict[str, Any], **_: Any) -> dict[str, Any]:
        """One sure number is both ends."""
        people = values.pop("people")
        return values if people is None else values | {"people_min": people, "people_max": people}


class AssessmentSchema(Resource):
    """Art. 33(1): how likely a risk is. Art. 34(3): why people need not be told, where that is so."""

    risk = Choice(gdpr.RISKS, required=True)
    reason = LongText(required=True)
    people_exception = Choice(gdpr.PEOPLE_EXCEPTIONS)
    people_reason = LongText()


class AnswersSchema(Resource):
    """Art. 33(3): what the notification says."""

    summary = LongText()
    consequences = LongText()
    measures = LongText()
    contact_name = Text()
    contact_email = Email()
    contact_phone = Text(most=40)


class DraftSchema(Resource):
    """Notify or not, with the reasons: put before a second person."""

    decision = Choice((NOTIFY, DO_NOT_NOTIFY), required=True)
    reason = LongText(required=True)
    answers = Part(AnswersSchema)


class ApprovalSchema(Resource):
    """The second person agrees, or returns it with the reason."""

    agrees = YesNo(required=True)
    reason = LongText()


class SubmissionSchema(Resource):
    """Art. 33(1): the authority's form was sent in. Late goes with its reasons."""

    submitted_at = Moment(required=True)
    authority_number = Text(most=100, required=True)
    late_reason = LongText()


class ReceiptSchema(Resource):
    """Somebody confirms that the message arrived."""

    name = Text(required=True)

"""A breach in the register, and what people do about it: assess, draft, approve, submit, confirm receipt."""

from typing import Any

from marshmallow import ValidationError, missing, post_load, validates_schema

from service.schemas.answers import FormAnswers, SeverityAnswers
from service.schemas.compared import Compared
from service.schemas.facts import FactsSchema, KnownFactsSchema
from service.schemas.faults import Key
from service.schemas.fields import Choice, Line, LongText, Part, Whole, YesNo
from service.schemas.incident import WhatHappened
from service.schemas.moment import Moment
from service.schemas.people_counted import (
    ENDS,
    ESTIMATE,
    PeopleCounted,
    PeopleSaid,
    people_apart,
    refuse_other_people,
)
from service.schemas.resource import Resource
from workflows.law import gdpr
from workflows.notification.ap_notification import DO_NOT_NOTIFY, NOTIFY
from workflows.notification.own_breach import NewBreach

AUTHORITY_SEVERITIES = ("negligible", "limited", "significant", "very_great")
"""The four steps of the AP's own scale, as a person judges them."""
EDPB_SEVERITIES = ("minor", "moderate", "severe")


class OwnBreachSchema(WhatHappened, PeopleSaid, PeopleCounted):
    """A breach that the organisation found itself.

    `people` is for a number that is sure; otherwise `people_min` and `people_max` are the bounds.
    """

    makes = NewBreach
    people = Whole(load_only=True)

    @validates_schema(skip_on_field_errors=False)
    def same_people(self, values: dict[str, Any], **_: Any) -> None:
        """Refuse another number in the facts than beside them. Raises ValidationError."""
        refuse_other_people(values)

    @post_load
    def people_known(self, values: dict[str, Any], **_: Any) -> dict[str, Any]:
        """Return the values with the number of people beside the facts, and one sure number as both bounds."""
        values = people_apart(values)
        estimate = bool(values.pop(ESTIMATE))
        values.pop("people")
        return values | {ESTIMATE: estimate and any(values[end] is not None for end in ENDS)}


class AssessmentSchema(KnownFactsSchema):
    """Art. 33(1): what is known, how likely a risk is, and why. Without `facts` the facts stay as they are.

    `departure_reason` is given when the decision departs from the advice. The three scales of severity do not depend
    on each other. Art. 34(3): the reason why people need not be told, when that applies.
    """

    facts = Part(FactsSchema)
    risk = Choice(gdpr.RISKS, required=True)
    reason = LongText(required=True)
    departure_reason = LongText()
    severity_answers = SeverityAnswers()
    authority_severity = Choice(AUTHORITY_SEVERITIES, load_default=missing)
    edpb_severity = Choice(EDPB_SEVERITIES, load_default=missing)
    people_exception = Choice(gdpr.PEOPLE_EXCEPTIONS)
    people_reason = LongText()

    @post_load
    def people_apart(self, values: dict[str, Any], **_: Any) -> dict[str, Any]:
        """Return the values with the number of people apart from the facts. Without facts that number stays as it is.

        Raises ValidationError when a number of people comes without facts.
        """
        if values["facts"] is not None:
            return super().people_apart(values)
        if any(values[end] is not None for end in ENDS):
            raise ValidationError({"facts": [Key("field.required")]})
        return {name: value for name, value in values.items() if name not in ("facts", *ENDS, ESTIMATE)}


class DraftSchema(Resource):
    """The decision to notify or not, with the reasons, for a second person to approve."""

    decision = Choice((NOTIFY, DO_NOT_NOTIFY), required=True)
    reason = LongText(required=True)
    answers = FormAnswers()


class FormAnswersSchema(Resource):
    """Answers to the authority's form, by the question's id. Earlier answers stay."""

    answers = FormAnswers(required=True)


class MovedTermSchema(Compared):
    """The authority moved a term: until when, why, and where it says so. `until` may be in the future."""

    until = Moment(may_be_ahead=True, required=True)
    reason = LongText(required=True)
    source = Line(most=1000, required=True)


class AwarenessSchema(Compared):
    """When this organisation itself was aware, and why.

    `before_found`: it was aware before its processor found the breach.
    """

    aware_at = Moment(required=True)
    reason = LongText(required=True)
    before_found = YesNo(load_default=False)


class ApprovalSchema(Resource):
    """The second person agrees, or returns the draft with the reason."""

    agrees = YesNo(required=True)
    reason = LongText()


class SubmissionSchema(Compared):
    """Art. 33(1): the authority's form was sent in. A late form also needs the reasons for the delay."""

    submitted_at = Moment(required=True)
    authority_number = Line(most=100, required=True)
    late_reason = LongText()


class ReceiptSchema(Resource):
    """Somebody confirms that the message arrived."""

    name = Line(required=True)

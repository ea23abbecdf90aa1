"""What an owner did alone, and what the reviewer found."""

from collections.abc import Mapping
from typing import Any, ClassVar

from marshmallow import Schema, ValidationError, fields, validates_schema

from service.schemas.breach import SubmissionSchema
from service.schemas.faults import Key, keys_of
from service.schemas.fields import LongText, Part
from service.schemas.machine_failures import WHY
from service.schemas.register import DoneAloneRow
from service.schemas.resource import Resource
from tenants.errors import Invalid
from workflows.decisions.breaking_glass import SHORTEST_REASON, refuse_short

REASON = {"description": f"at least {SHORTEST_REASON} characters: why nobody else could do it"}


def _long_enough(reason: str) -> None:
    """Refuse a reason that is too short, together with the other faults of the form. Raises ValidationError."""
    try:
        refuse_short(reason)
    except Invalid as refusal:
        raise ValidationError(keys_of(refusal)) from refusal


class Reason(LongText):
    """Why somebody acts alone."""

    def __init__(self) -> None:
        super().__init__(required=True, error_messages=WHY, metadata=REASON)
        self.validators.append(_long_enough)


class Alone(Resource):
    """The reason, and exactly one step with the values that this step needs. service/steps.py adds the steps.

    `steps` has the name of each step, by the noun under which its values are sent.
    """

    steps: ClassVar[Mapping[str, str]] = {}
    alone_reason = Reason()

    @validates_schema
    def refuse_all_but_one(self, data: dict[str, Any], **_: Any) -> None:
        """Refuse more or fewer than one step. Raises ValidationError."""
        if len(self.step_of(data)) != 1:
            raise ValidationError({"alone_reason": [Key("glass.one_step")]})

    @classmethod
    def step_of(cls, data: dict[str, Any]) -> list[tuple[str, dict[str, Any]]]:
        """Return the name of the step that was sent, and its values."""
        return [(step, data[noun]) for noun, step in cls.steps.items() if data.get(noun) is not None]


class NotifyAloneSchema(Resource):
    """One reason, and the form that was sent in: approval and submission in one act."""

    alone_reason = Reason()
    submission = Part(SubmissionSchema, required=True)


class AloneSchema(Resource):
    """The reason. It is sent together with the fields of the step's own form."""

    alone_reason = Reason()


class ReviewSchema(Resource):
    """What a person found who had no part in the act."""

    finding = LongText(required=True)


class GlassRow(DoneAloneRow):
    """One act of one person alone. It is open until `reviewed_at` has a value. `step` is the last of its steps."""

    id = fields.UUID()
    step = fields.String()
    subject_id = fields.UUID()
    breach_id = fields.UUID()
    reference = fields.String()
    reason = fields.String()
    review = fields.String(allow_none=True)


class GlassAnswer(Schema):
    """The acts without a review first, then the newest."""

    items = fields.List(fields.Nested(GlassRow))


class ReviewAnswer(Schema):
    """The moment of the review."""

    id = fields.UUID()
    reviewed_by_name = fields.String()
    reviewed_at = fields.AwareDateTime()
    review = fields.String()

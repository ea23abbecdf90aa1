"""What a machine leaves to a person: mail whose fate is unknown, and a step that failed for good."""

from marshmallow import Schema, fields

from service.schemas.faults import Key
from service.schemas.fields import Choice, LongText
from service.schemas.resource import Resource
from workflows.mail.decisions import CHOICES

WHY = {"required": Key("field.reason_required"), "null": Key("field.reason_required")}


class SettlementSchema(Resource):
    """What becomes of a batch, and why."""

    choice = Choice(CHOICES, required=True)
    reason = LongText(required=True, error_messages=WHY)


class RetrySchema(Resource):
    """What was mended."""

    reason = LongText(required=True, error_messages=WHY)


class SubjectAnswer(Schema):
    """An escalation `within` its incident, a notice `within` its breach, or a breach."""

    id = fields.UUID()
    kind = fields.String()
    within = fields.UUID()
    reference = fields.String()
    title = fields.String()


class MailQuestionAnswer(Schema):
    """A batch that waits for a person, with the evidence. `wrong` is the kind of fault."""

    id = fields.UUID()
    purpose = fields.String()
    about = fields.Nested(SubjectAnswer, allow_none=True)
    state = fields.String()
    wrong = fields.String()
    attempt = fields.Integer()
    people = fields.Integer(metadata={"description": "how many of its people are without an answer"})
    people_in_all = fields.Integer()
    events = fields.Integer(metadata={"description": "how many events were seen"})
    answered_at = fields.AwareDateTime()
    evidence_until = fields.AwareDateTime(metadata={"description": "until when nobody may send it again"})
    choices = fields.List(fields.String())


class MailQuestionsAnswer(Schema):
    """All of them; there are few."""

    items = fields.List(fields.Nested(MailQuestionAnswer))


class SettlementAnswer(Schema):
    """About how many people it was decided."""

    people = fields.Integer()

"""What a machine leaves to a person: mail whose outcome is unknown, and steps that failed for good."""

from marshmallow import Schema, fields

from service.schemas.faults import Key
from service.schemas.fields import Choice, Line, LongText
from service.schemas.resource import Resource
from workflows.engine.failed import KINDS
from workflows.mail.decisions import CHOICES
from workflows.mail.unconfirmed import UNCONFIRMED_CHOICES

WHY = {"required": Key("field.reason_required"), "null": Key("field.reason_required")}


class SettlementSchema(Resource):
    """What to do with a batch, and why."""

    choice = Choice(CHOICES, required=True)
    reason = LongText(required=True, error_messages=WHY)


class UnconfirmedSettlementSchema(Resource):
    """What to do with readers without a final event, and why."""

    choice = Choice(UNCONFIRMED_CHOICES, required=True)
    reason = LongText(required=True, error_messages=WHY)


class RetrySchema(Resource):
    """What was mended, as a reason to try again."""

    reason = LongText(required=True, error_messages=WHY)


class RetryAllSchema(RetrySchema):
    """What was mended, and which kind of failed steps it was about."""

    workflow = Line(required=True)
    step = Line(required=True)
    wrong = Choice(KINDS, required=True)


class SubjectAnswer(Schema):
    """What a decision is about: an escalation `within` its incident, a notice `within` its breach, or a breach."""

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


class LastHeardAnswer(Schema):
    """How many people are in a state, and when the last of them came to it."""

    state = fields.String()
    people = fields.Integer()
    last_at = fields.AwareDateTime()


class UnconfirmedAnswer(Schema):
    """A notice with readers whose last event never came. `since`: when the first of their batches was accepted."""

    about = fields.Nested(SubjectAnswer, allow_none=True)
    notice_id = fields.UUID()
    people = fields.Integer(metadata={"description": "how many of its people are without an end"})
    people_in_all = fields.Integer()
    since = fields.AwareDateTime()
    batches = fields.List(fields.UUID())
    states = fields.List(fields.Nested(LastHeardAnswer))
    choices = fields.List(fields.String())


class MailQuestionsAnswer(Schema):
    """All open questions about mail; they are few. `items` are batches, `unheard` are notices."""

    items = fields.List(fields.Nested(MailQuestionAnswer))
    unheard = fields.List(fields.Nested(UnconfirmedAnswer))


class FailedKindAnswer(Schema):
    """How many runs are stuck at this step, by the same kind of fault."""

    workflow = fields.String()
    step = fields.String()
    wrong = fields.String()
    steps = fields.Integer()


class FailedKindsAnswer(Schema):
    """All kinds of failed steps; they are few."""

    items = fields.List(fields.Nested(FailedKindAnswer))


class UnheardClockAnswer(Schema):
    """A clock that nobody watches since `failed_at`. Its `alarm_at` does not change."""

    workflow = fields.String()
    clock = fields.String()
    about = fields.Nested(SubjectAnswer, allow_none=True)
    alarm_at = fields.AwareDateTime()
    failed_at = fields.AwareDateTime()


class UnheardClocksAnswer(Schema):
    """All of these clocks, those with the least time left first."""

    items = fields.List(fields.Nested(UnheardClockAnswer))


class HeardAnswer(Schema):
    """The number of clocks that are tried again at once."""

    clocks = fields.Integer()


class RetriedAnswer(Schema):
    """The number of steps that are tried again."""

    steps = fields.Integer()


class SettlementAnswer(Schema):
    """The number of people about whom it was decided."""

    people = fields.Integer()

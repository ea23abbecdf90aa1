"""Processors (Art. 28) of an organisation, and its answer to each."""

from marshmallow import Schema, fields

from service.schemas.fields import Choice
from service.schemas.resource import Resource
from tenants.consents import ACCEPTED, ENDED, REFUSED


class AnswerSchema(Resource):
    """Accept: what waited moves into the register. Refuse, or end an acceptance: it stays with the processor."""

    answer = Choice((ACCEPTED, REFUSED, ENDED), required=True)


class ProcessorAnswer(Schema):
    """One processor: asked, accepted, refused or ended. answers: what can be answered now. messages: what it wrote."""

    processor_id = fields.UUID()
    name = fields.String()
    state = fields.String()
    how = fields.String()
    at = fields.AwareDateTime()
    waits = fields.Boolean()
    answers = fields.List(fields.String())
    messages = fields.List(fields.Dict())


class ProcessorsAnswer(Schema):
    """Every processor of this organisation, by name."""

    items = fields.List(fields.Nested(ProcessorAnswer))


class AnsweredAnswer(Schema):
    """How many breaches came along into the register."""

    breaches = fields.Integer()


class ReceivedAnswer(Schema):
    """When receipt was confirmed."""

    acknowledged_at = fields.AwareDateTime()

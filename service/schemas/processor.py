"""Processors (Art. 28) of an organisation, and its answer to each."""

from marshmallow import Schema, fields

from service.schemas.fields import Choice
from service.schemas.people_counted import ESTIMATED
from service.schemas.resource import Resource
from tenants.agreements.consents import ACCEPTED, ENDED, REFUSED


class AnswerSchema(Resource):
    """Accept: what waited moves into the register.

    Refuse, or end an acceptance: the messages stay with the processor.
    """

    answer = Choice((ACCEPTED, REFUSED, ENDED), required=True)


MOMENT = {"format": "date-time"}


class MessageAnswer(Schema):
    """What it wrote about one breach, and the clock of Art. 33(1).

    The clock has when you were aware, as the processor states it, and when the term ends.
    """

    breach_id = fields.String()
    title = fields.String()
    found_at = fields.String(metadata=MOMENT)
    description = fields.String()
    people_min = fields.Integer(allow_none=True)
    people_max = fields.Integer(allow_none=True)
    people_estimate = fields.Boolean(metadata=ESTIMATED)
    acknowledged_at = fields.String(allow_none=True, metadata=MOMENT)
    stated_aware_at = fields.String(allow_none=True, metadata=MOMENT)
    stated_aware_how = fields.String(allow_none=True)
    alarm_at = fields.String(allow_none=True, metadata=MOMENT)
    due_at = fields.String(allow_none=True, metadata=MOMENT)
    reference = fields.String(metadata={"description": "of the incident, at the office"})


class StatedAgreementAnswer(Schema):
    """An agreement as the office states it. `hours_to_notify` null means "without undue delay"."""

    client_number = fields.String()
    controller_name = fields.String()
    hours_to_notify = fields.Integer(allow_none=True)
    contacts = fields.List(fields.Dict())
    services = fields.Dict(keys=fields.String(), values=fields.String())
    in_force_from = fields.Date()
    in_force_to = fields.Date(allow_none=True)


class RequestAnswer(Schema):
    """Who the office is, and what it states about this organisation: at most its twenty oldest agreements."""

    kvk_number = fields.String(allow_none=True)
    verified_at = fields.AwareDateTime(allow_none=True, metadata={"description": "null: nothing was proven"})
    agreements = fields.List(fields.Nested(StatedAgreementAnswer))


class ProcessorAnswer(Schema):
    """One processor: asked, accepted, refused or ended.

    `answers`: which answers are possible now. `messages`: what it wrote. `request`: what an acceptance would rest on;
    null when there is nothing to accept.
    """

    processor_id = fields.UUID()
    name = fields.String()
    state = fields.String()
    how = fields.String()
    at = fields.AwareDateTime()
    waits = fields.Boolean()
    answers = fields.List(fields.String())
    messages = fields.List(fields.Nested(MessageAnswer))
    request = fields.Nested(RequestAnswer, allow_none=True)


class ProcessorsAnswer(Schema):
    """Every processor of this organisation, by name."""

    items = fields.List(fields.Nested(ProcessorAnswer))


class AnsweredAnswer(Schema):
    """The number of breaches that came along into the register."""

    breaches = fields.Integer()


class ReceivedAnswer(Schema):
    """The moment when receipt was confirmed."""

    acknowledged_at = fields.AwareDateTime()

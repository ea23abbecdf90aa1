"""A controller that was told by telephone or letter."""

from marshmallow import Schema, fields

from service.schemas.compared import Compared
from service.schemas.faults import Key
from service.schemas.fields import Choice, LongText
from service.schemas.incident import INFORMED_HOW
from service.schemas.moment import Moment
from service.schemas.proof import ProofAnswer
from service.schemas.run import RunAnswer

WHO_REQUIRED = Key("call.who_required")


class CallSchema(Compared):
    """Art. 33(2): the controller was informed at that moment, in that way. The note says who was told, as proof."""

    informed_at = Moment(required=True)
    how = Choice(INFORMED_HOW, required=True)
    note = LongText(required=True, error_messages={"required": WHO_REQUIRED, "null": WHO_REQUIRED})


class EscalationColumns(Schema):
    """The columns of one escalation."""

    id = fields.UUID()
    controller_name = fields.String()
    people_min = fields.Integer(allow_none=True)
    people_max = fields.Integer(allow_none=True)
    hours_agreed = fields.Integer(allow_none=True)
    alarm_at = fields.AwareDateTime()
    informed_at = fields.AwareDateTime(allow_none=True)
    informed_how = fields.String(allow_none=True)
    call_needed_at = fields.AwareDateTime(allow_none=True)
    acknowledged_at = fields.AwareDateTime(allow_none=True)
    decision = fields.String(allow_none=True)
    decided_at = fields.AwareDateTime(allow_none=True)
    decided_alone = fields.Boolean(
        allow_none=True, metadata={"description": "one person decided without a second; null: not decided"}
    )


class EscalationRow(EscalationColumns):
    """One controller to be told, in a list, with the state of that client."""

    controller_verified = fields.Boolean(metadata={"description": "whether its register is proven to be its own"})
    controller_proof = fields.Nested(ProofAnswer, allow_none=True)
    controller_confirmed = fields.Boolean(metadata={"description": "whether it accepted this office; false: not yet"})


class EscalationAnswer(EscalationRow):
    """One controller to be told: what was sent to it, and how far it is. Its reasons are its own."""

    incident_id = fields.UUID()
    became_aware_at = fields.AwareDateTime()
    contacts = fields.List(fields.Dict(), metadata={"description": "one with led_elsewhere_at waits for a check"})
    led_elsewhere_at = fields.AwareDateTime(
        allow_none=True, metadata={"description": "mail of before this moment went to somebody else"}
    )
    rung = fields.Integer(metadata={"description": "how many of the contacts were written to"})
    acknowledged_by = fields.String(allow_none=True)
    acknowledged_link = fields.String(
        allow_none=True, metadata={"description": "the holder of the link sent to this address typed that name"}
    )
    run = fields.Nested(RunAnswer)

"""A controller to be told, and the conversations with it."""

from typing import Any

from marshmallow import Schema, ValidationError, fields, validates_schema
from marshmallow.validate import OneOf

from service.schemas.agreement import ContactSchema
from service.schemas.compared import Compared
from service.schemas.faults import Key
from service.schemas.fields import Choice, Line, LongText, Whole
from service.schemas.moment import Moment
from service.schemas.people_counted import ESTIMATED
from service.schemas.proof import ProofAnswer
from service.schemas.resource import Resource
from service.schemas.run import RunAnswer
from service.words.whole_numbers import MOST_IN_A_LONG_COLUMN
from workflows.escalation.conversations import INFORMS, OUTCOMES, Conversation


class ConversationSchema(Compared):
    """What came of a call or letter. "spoken" and "letter" say with whom; they inform a client who was not yet."""

    makes = Conversation
    outcome = Choice(OUTCOMES, required=True)
    called_at = Moment(required=True)
    contact_name = Line()
    note = LongText()

    @validates_schema(pass_original=True, skip_on_field_errors=False)
    def says_with_whom(self, values: dict[str, Any], original: dict[str, Any], **_: Any) -> None:
        """Refuse what informs a client without a name, together with every other fault. Raises ValidationError."""
        if values.get("outcome") in INFORMS and not str(original.get("contact_name") or "").strip():
            raise ValidationError({"contact_name": [Key("call.who_required")]})


class TakeBackSchema(Resource):
    """Why a conversation is taken back."""

    reason = LongText(required=True)


class SeenSchema(Schema):
    """The newest entry of the history that the caller looked at (`newest_entry`). What a colleague took or recorded
    after it is refused; without it nothing is compared."""

    seen = Whole(most=MOST_IN_A_LONG_COLUMN, load_default=None)


class CorrectedContactSchema(ContactSchema):
    """The right contact. `seen`: the newest change of the contacts that the caller looked at."""

    seen = Whole(most=MOST_IN_A_LONG_COLUMN, required=True)


class ContactsAnswer(Schema):
    """The contacts of a client, in the order in which they are mailed, and the newest change of them."""

    contacts = fields.List(fields.Dict(), metadata={"description": "their places count from 1"})
    seen = fields.Integer(metadata={"description": "send it along with a correction; 0: nothing was changed"})


class CorrectedContactAnswer(ContactsAnswer):
    """The contacts after a correction."""

    outcome = fields.String(
        validate=OneOf(("mailed", "kept", "decided", "ended")),
        metadata={"description": "mailed: the link was mailed there; no mail: kept (the contact has no address), "
                                 "decided (the client did), ended (the office works for that register no more)"},
    )


class TakenBackAnswer(Schema):
    """Who took a conversation back, when and why; null where that was erased."""

    by = fields.String(allow_none=True)
    at = fields.AwareDateTime()
    reason = fields.String(allow_none=True)


class ConversationAnswer(Schema):
    """A conversation as it stands in the history."""

    seq = fields.Integer(metadata={"description": "the number of its entry"})
    outcome = fields.String()
    called_at = fields.AwareDateTime()
    contact_name = fields.String(allow_none=True)
    note = fields.String(allow_none=True)
    by = fields.String(allow_none=True)
    recorded_at = fields.AwareDateTime()
    informed = fields.Boolean(metadata={"description": "when it was recorded, nothing else had informed the client"})
    taken_back = fields.Nested(TakenBackAnswer, allow_none=True)


class CallerAnswer(Schema):
    """Who is calling this client now."""

    name = fields.String(allow_none=True)
    since = fields.AwareDateTime()


class EscalationColumns(Schema):
    """The columns of one escalation."""

    id = fields.UUID()
    controller_name = fields.String()
    people_min = fields.Integer(allow_none=True)
    people_max = fields.Integer(allow_none=True)
    people_estimate = fields.Boolean(metadata=ESTIMATED)
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
    is_test = fields.Boolean(metadata={"description": "whether it is of a test that the office sent itself"})


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
    conversations = fields.List(fields.Nested(ConversationAnswer), metadata={"description": "the newest first"})
    caller = fields.Nested(CallerAnswer, allow_none=True)
    newest_entry = fields.Integer(metadata={"description": "of its history; send it along as `seen`"})

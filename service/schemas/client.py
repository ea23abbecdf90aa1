"""A client of an office: what is changed of its agreement, and what a page and the API show of it."""

from typing import Any

from marshmallow import Schema, fields, validates_schema

from service.schemas.agreement import MOST_HOURS, AgreementRow, Contacts, ReachableContactSchema, Services
from service.schemas.fields import Day, Line, LongText, Whole
from service.schemas.resource import Resource, refuse_reversed
from tenants.agreements.changed_agreements import Terms
from tenants.agreements.processing_agreements import MOST_CONTACTS


class TermsSchema(Resource):
    """What is agreed with a client from `in_force_from` on. `hours_to_notify` null: "without undue delay"."""

    makes = Terms
    hours_to_notify = Whole(least=1, most=MOST_HOURS)
    services = Services()
    in_force_from = Day(required=True)
    in_force_to = Day()

    @validates_schema(skip_on_field_errors=False)
    def in_order(self, values: dict[str, Any], **_: Any) -> None:
        """Refuse terms that end before they begin, together with every other fault. Raises ValidationError."""
        days = (values.get("in_force_from"), values.get("in_force_to"))
        refuse_reversed(*days, "in_force_to", "agreement.ends_before")


class EndSchema(Resource):
    """The last local day on which the agreement is in force, and why it ends."""

    last_day = Day(required=True)
    reason = LongText()


class ContactsSchema(Resource):
    """The contacts of a client, in the order in which they are written to. They replace those of before."""

    contacts = Contacts(ReachableContactSchema)


class PlacedContactSchema(ReachableContactSchema):
    """A contact on a form: `place` says where in the order it is written to."""

    place = Whole(least=1, most=MOST_CONTACTS)


class PlacedContactsSchema(Resource):
    """The contacts of a client on a form, which is in their order."""

    contacts = Contacts(PlacedContactSchema)


class NameSchema(Resource):
    """The client's name and number, as the office writes them."""

    name = Line(required=True)
    client_number = Line(most=40, required=True)


class TermsRow(Schema):
    """One agreement of a client. `hours_to_notify` null means "without undue delay"."""

    id = fields.UUID()
    hours_to_notify = fields.Integer(allow_none=True)
    services = fields.Dict(keys=fields.String(), values=fields.String())
    in_force_from = fields.Date()
    in_force_to = fields.Date(allow_none=True)


class EscalatedRow(Schema):
    """One message to this client about an incident."""

    escalation_id = fields.UUID()
    incident_id = fields.UUID()
    reference = fields.String()
    title = fields.String()
    opened_at = fields.AwareDateTime()
    hours_agreed = fields.Integer(allow_none=True, metadata={"description": "as agreed when it was opened"})
    alarm_at = fields.AwareDateTime(metadata={"description": "the end of these hours"})
    informed_at = fields.AwareDateTime(allow_none=True)
    acknowledged_at = fields.AwareDateTime(allow_none=True)
    decision = fields.String(allow_none=True)
    decided_at = fields.AwareDateTime(allow_none=True)


class ClientAnswer(AgreementRow):
    """A client: the agreement in force today (or the next, or the last one), all of them, and what was escalated."""

    agreements = fields.List(fields.Nested(TermsRow), metadata={"description": "over time, the oldest first"})
    escalations = fields.List(fields.Nested(EscalatedRow), metadata={"description": "the newest first"})
    next = fields.String(metadata={"description": "what the office does next"})

"""Processing agreements (Art. 28(3)) as an office registers them."""

from datetime import date
from typing import Any

from marshmallow import Schema, ValidationError, fields, post_load, validate, validates_schema

from service.schemas.faults import Key
from service.schemas.fields import Choice, Day, Email, Keyed, KvkNumber, Line, Many, Part, Phone, Whole, YesNo
from service.schemas.paging import PageSchema
from service.schemas.proof import ProofAnswer
from service.schemas.resource import Resource, refuse_reversed
from tenants.agreements.client_filters import STATES
from tenants.agreements.client_list import LONGEST_SEARCH, ORDERS, REGISTERED
from tenants.agreements.contact_states import LACKING
from tenants.agreements.processing_agreements import MOST_CONTACTS, SERVICES
from tenants.organisations.organisations import slug_of

MOST_HOURS, MOST_AT_ONCE = 720, 10_000
OFFICE_ROLES = ("processor", "controller")
NO_SERVICE, NO_CONTACT = Key("agreement.no_service"), Key("contact.none")


class ContactSchema(Resource):
    """The person to tell. Contacts are mailed in the order of the list."""

    name = Line(required=True)
    email = Email()
    phone = Phone()


class ReachableContactSchema(ContactSchema):
    """A person who can be written to or called. Its faults are told together, also while a proof is missing."""

    @validates_schema(pass_original=True, skip_on_field_errors=False)
    def can_be_reached(self, values: dict[str, Any], original: Any, **_: Any) -> None:
        """Refuse a contact without address and telephone number, with a ValidationError.

        What is no object has a fault of its own.
        """
        if isinstance(original, dict) and not original.get("email") and not original.get("phone"):
            raise ValidationError({"email": [Key("contact.no_way_to_reach")]})


class SuccessorSchema(Resource):
    """Whom somebody names in their place: a statement, so both may be left out."""

    name = Line()
    email = Email()


class CheckedContactSchema(ReachableContactSchema):
    """A contact that the office checked. `place` is its place in the order of its agreement, from 1."""

    place = Whole(least=1, most=MOST_CONTACTS, required=True)


def none_given(key: Key) -> dict[str, Any]:
    """Return the messages of a field of which at least one value is needed, when there is none."""
    return {"required": key, "null": key}


class Services(Keyed, fields.Dict):
    """A mapping of each service to the office's role in it."""

    def __init__(self, required: bool = True) -> None:
        super().__init__(
            keys=Choice(SERVICES, required=True), values=Choice(OFFICE_ROLES, required=True),
            validate=validate.Length(min=1, error=NO_SERVICE) if required else None, required=required,
            error_messages=none_given(NO_SERVICE) if required else None,
        )  # fmt: skip


class Contacts(Many):
    """The contacts of a client, at least one."""

    def __init__(self, kind: type[ContactSchema]) -> None:
        part = Part(kind, required=True)
        super().__init__(part, most=MOST_CONTACTS, required=True, error_messages=none_given(NO_CONTACT))
        too_many = Key("field.wrong_count", least=1, most=MOST_CONTACTS)
        self.validators = [validate.Length(min=1, error=NO_CONTACT), validate.Length(max=MOST_CONTACTS, error=too_many)]


class ClientSchema(Resource):
    """One client and its agreement. It is loaded as a NewClient."""

    name = Line(required=True)
    kvk_number = KvkNumber(required=True)
    client_number = Line(most=40, required=True)
    financial_undertaking = YesNo()
    hours_to_notify = Whole(least=1, most=MOST_HOURS)
    contacts = Contacts(ContactSchema)
    services = Services()
    in_force_from = Day(required=True)
    in_force_to = Day()

    @validates_schema(skip_on_field_errors=False)
    def in_order(self, values: dict[str, Any], **_: Any) -> None:
        """Refuse an agreement that ends before it begins, together with every other fault. Raises ValidationError."""
        days = (values.get("in_force_from"), values.get("in_force_to"))
        refuse_reversed(*days, "in_force_to", "agreement.ends_before")

    @post_load
    def new_client(self, values: dict[str, Any], **_: Any) -> dict[str, Any]:
        """Return the client.

        The address of its register begins with its name; the database adds random characters to it.
        """
        day: date | None = values["in_force_to"]
        values["slug"] = slug_of(values["name"])[:50].rstrip("-")
        values["in_force_from"] = values["in_force_from"].isoformat()
        values["in_force_to"] = day.isoformat() if day else None
        values["contacts"] = [{k: v for k, v in contact.items() if v is not None} for contact in values["contacts"]]
        return values


class ClientsSchema(Resource):
    """A set of agreements: all of them are registered, or none.

    `confirmed_doubles`: the clients that are like some of the office's own were looked at, and are others.
    """

    confirmed_doubles = YesNo(load_default=False)
    clients = Many(Part(ClientSchema, required=True), most=MOST_AT_ONCE, least=1, required=True)


class ClientFilters(Schema):
    """Which clients are wanted, and in which order."""

    search = Line(most=LONGEST_SEARCH, load_default="")
    sort = Choice(ORDERS, load_default=REGISTERED)
    state = Choice(STATES)
    contact = Choice(LACKING)
    hours = YesNo()
    accepted = YesNo()
    service = Choice(SERVICES)
    current = YesNo(load_default=False, metadata={"description": "each client once, with what counts now"})


class ClientsAskedSchema(ClientFilters, PageSchema):
    """A page of the clients, or of those that are wanted."""


class ContactStateAnswer(Schema):
    """How a contact stands. `at`: since when; null where there is no moment."""

    state = fields.String(
        metadata={"description": "doubted, bounced, said_no, unconfirmed, asked, confirmed, unasked or no_address"}
    )
    at = fields.AwareDateTime(allow_none=True)
    id = fields.UUID(allow_none=True, metadata={"description": "of the address; null for a contact without one"})
    successor = fields.Dict(
        allow_none=True, metadata={"description": "whom the contact named who said no: a statement, {name, email}"}
    )


class SuccessorAnswer(Schema):
    """At how many clients the contact was replaced."""

    clients = fields.Integer()


class RightAddressAnswer(Schema):
    """The address that is right after all."""

    address = fields.String()


class AgreementRow(Schema):
    """One agreement of the office. `hours_to_notify` null means "without undue delay"."""

    id = fields.UUID()
    client_number = fields.String()
    controller_name = fields.String()
    hours_to_notify = fields.Integer(allow_none=True)
    contacts = fields.List(fields.Dict(), metadata={"description": "one with led_elsewhere_at waits for a check"})
    contacts_standing = fields.List(
        fields.Nested(ContactStateAnswer), metadata={"description": "of each contact, in the order of contacts"}
    )
    services = fields.Dict(keys=fields.String(), values=fields.String())
    controller_verified = fields.Boolean(metadata={"description": "whether its register is proven to be its own"})
    controller_proof = fields.Nested(ProofAnswer, allow_none=True)
    controller_confirmed = fields.Boolean(metadata={"description": "whether it accepted this office; false: not yet"})
    uninformed = fields.Boolean(metadata={"description": "whether an incident hit it that nobody told it about yet"})
    in_force_from = fields.Date()
    in_force_to = fields.Date(allow_none=True)
    created_at = fields.AwareDateTime()
    is_test = fields.Boolean(metadata={"description": "whether it is the client that the office sends tests to"})
    kvk_number_stated = fields.String(
        allow_none=True, metadata={"description": "as the office typed it; null where that is not known"}
    )


class SettledContactAnswer(Schema):
    """What the office decided about a contact whose mail led to somebody else: "confirmed" or "replaced"."""

    outcome = fields.String()


class RegisteredAnswer(Schema):
    """How many agreements were registered."""

    registered = fields.Integer()

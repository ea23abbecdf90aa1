"""An incident as the office records it, with the clients that it hits: as a list, the text of a CSV file, or files."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from marshmallow import Schema, ValidationError, fields, post_load, validates_schema

from service.schemas.compared import Compared, moment_faults
from service.schemas.facts import IncidentFactsSchema
from service.schemas.faults import Key, keys_of
from service.schemas.fields import (
    Choice,
    Choices,
    Email,
    Identifier,
    Keyed,
    Line,
    LongText,
    Many,
    Part,
    Phone,
    Whole,
    YesNo,
)
from service.schemas.lists import MOST_CLIENTS, clients_in, read_clients
from service.schemas.moment import Moment
from service.schemas.people_counted import ESTIMATED, IN_ALL, IN_NO_SUM, PeopleCounted, PeopleSaid
from service.schemas.resource import Resource
from service.schemas.unread import refuse_unread
from tenants.agreements.processing_agreements import SERVICES
from tenants.errors import Invalid, Refused
from workflows.escalation.incident import ClientHit, NewIncident

LARGEST_SUM, MOST_FILES = 2_147_483_647, 10
INFORMED_HOW = ("phone", "letter")
IN_TEXT = "clients_csv"
SOURCES = ("clients", IN_TEXT, "clients_files")
"""The fields that clients come in. A text has no name of its own: a fault names its field."""


class WhatHappened(Compared):
    """The fields that an incident and a breach share."""

    title = Line(required=True)
    found_at = Moment(required=True)
    became_aware_at = Moment(required=True)
    happened_from = Moment()
    happened_until = Moment()
    description = LongText(required=True)
    cause = LongText()
    consequences = LongText()
    measures = LongText()
    facts = Part(IncidentFactsSchema, load_default=dict, allow_none=False)


class IncidentEndSchema(Resource):
    """Why an incident is done although clients did not confirm or decide; null where none is open."""

    reason = LongText()


class ClientHitSchema(PeopleSaid, PeopleCounted):
    """One client. `people` is a number that is known, or "ca. 75"; people_min and people_max are bounds; or none of
    them."""

    client_number = Line(most=40, required=True)
    people = Whole()
    informed_at = Moment()
    informed_how = Choice(INFORMED_HOW)

    @validates_schema(skip_on_field_errors=False)
    def whole(self, values: dict[str, Any], **_: Any) -> None:
        """Refuse a moment of informing without a way, and a way without its moment. Raises ValidationError.

        A value that could not be read is absent: it has a fault of its own.
        """
        if not {"informed_at", "informed_how"} <= values.keys():
            return
        if (values["informed_at"] is None) != (values["informed_how"] is None):
            missing = "informed_how" if values["informed_how"] is None else "informed_at"
            raise ValidationError({missing: [Key("client.informed_incomplete")]})


class ClientsCsv(Keyed, fields.String):
    """The text of a CSV file, read into clients. Each fault has its line. The moments in it are compared too."""

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **options: Any) -> Any:
        refuse_unread(value)
        try:
            return read_clients(super()._deserialize(value, attr, data, **options), *_beside(data))
        except Invalid as refusal:
            raise ValidationError(keys_of(refusal)) from refusal


class ClientsFiles(Many):
    """The ids of files with clients that were taken. They are loaded as those ids with the clients in them."""

    def __init__(self) -> None:
        super().__init__(Identifier(required=True), most=MOST_FILES, load_only=True)

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **options: Any) -> Any:
        ids: Any = super()._deserialize(value, attr, data, **options)
        hits, faults = list[ClientHit](), list[Key]()
        for file_id in dict.fromkeys(ids):
            try:
                hits += clients_in(file_id, *_beside(data))
            except Refused as refusal:
                faults += keys_of(refusal)
        if faults:
            raise ValidationError(list[Any](faults))
        return ids, hits


def _beside(data: Mapping[str, Any] | None) -> tuple[datetime | None, bool]:
    """Return when the office became aware, when it can be read, and whether unusual moments were confirmed."""
    fields_beside = {"became_aware_at": Moment(), "moments_confirmed": YesNo()}
    read: dict[str, Any] = {}
    for name, field in fields_beside.items():
        try:
            read[name] = field.deserialize((data or {}).get(name))
        except ValidationError:
            read[name] = None  # The fault is shown at the field itself.
    return read["became_aware_at"], bool(read["moments_confirmed"])


class IncidentSchema(WhatHappened):
    """An incident as the office sends it in. It is loaded as a NewIncident."""

    makes = NewIncident
    services = Choices(SERVICES, required=True)
    contact_name = Line(required=True)
    contact_email = Email(required=True)
    contact_phone = Phone()
    clients = Many(Part(ClientHitSchema, required=True), most=MOST_CLIENTS)
    clients_csv = ClientsCsv(load_only=True)
    clients_files = ClientsFiles()
    from_breach = Identifier(metadata={"description": "the processor's message in the own register that is passed on"})

    @validates_schema(skip_on_field_errors=False, pass_original=True)
    def clients_given(self, _: dict[str, Any], original: Any, **__: Any) -> None:
        """Refuse an incident without clients: those of the list, its text and its files add up.

        Raises ValidationError, together with the faults of other fields.
        """
        if isinstance(original, dict) and not any(original.get(name) for name in SOURCES):
            raise ValidationError({"clients": [Key("incident.no_clients")]})

    @validates_schema(skip_on_field_errors=False)
    def clients_told_in_order(self, values: dict[str, Any], **_: Any) -> None:
        """Refuse a client that was told before the office was aware. Raises ValidationError.

        A client that was told long ago needs a confirmation.
        """
        aware_at, confirmed = values.get("became_aware_at"), bool(values.get("moments_confirmed"))
        faults: dict[int, dict[str, list[Key]]] = {}
        for place, row in enumerate(values.get("clients") or []):
            moments = {"became_aware_at": aware_at, "informed_at": row.get("informed_at")}
            for fault in moment_faults(moments, confirmed):
                faults.setdefault(place, {}).setdefault("informed_at", []).append(Key(fault.key, **fault.values))
        if faults:
            raise ValidationError({"clients": faults})

    @post_load
    def clients_hit(self, values: dict[str, Any], **_: Any) -> dict[str, Any]:
        """Return the clients as the domain takes them; a row of the list counts as a line.

        Raises ValidationError when the clients together have too many people.
        """
        rows, hits, file = (values.pop(name) for name in ("clients", "clients_csv", "clients_files"))
        values["clients_files"], in_file = file or ([], [])
        in_text = [replace(hit, source=IN_TEXT, file=IN_TEXT) for hit in hits or []]
        values["clients"] = in_text + in_file + [_hit(line, row) for line, row in enumerate(rows or [], 1)]
        for end in ("people_min", "people_max"):
            if sum(getattr(hit, end) or 0 for hit in values["clients"]) > LARGEST_SUM:
                raise ValidationError({"clients": [Key("incident.too_many_people")]})
        return values


def _hit(line: int, row: dict[str, Any]) -> ClientHit:
    people = row["people"]
    least, most = (people, people) if people is not None else (row["people_min"], row["people_max"])
    is_estimate = bool(row["people_estimate"]) and (least, most) != (None, None)
    return ClientHit(line, row["client_number"], least, most, is_estimate, row["informed_at"], row["informed_how"])


class IncidentRow(Schema):
    """An incident in a list."""

    id = fields.UUID()
    reference = fields.String()
    title = fields.String()
    services = fields.List(fields.String())
    found_at = fields.AwareDateTime()
    became_aware_at = fields.AwareDateTime()
    ended_at = fields.AwareDateTime(allow_none=True, metadata={"description": "null: it is open, or open again"})
    is_test = fields.Boolean(metadata={"description": "whether it is a test that the office sent itself"})


class IncidentEndAnswer(Schema):
    """The end of an incident that stands."""

    ended_at = fields.AwareDateTime()
    by = fields.String(allow_none=True)
    reason = fields.String(allow_none=True, metadata={"description": "null: every client had decided"})


class IncidentAnswer(IncidentRow):
    """An incident as the office recorded it."""

    end = fields.Nested(IncidentEndAnswer, allow_none=True)

    happened_from = fields.AwareDateTime(allow_none=True)
    happened_until = fields.AwareDateTime(allow_none=True)
    description = fields.String()
    cause = fields.String(allow_none=True)
    consequences = fields.String(allow_none=True)
    measures = fields.String(allow_none=True)
    facts = fields.Dict()
    contact_name = fields.String()
    contact_email = fields.String()
    contact_phone = fields.String(allow_none=True)
    from_breach = fields.UUID(
        allow_none=True, metadata={"description": "the breach in the own register that it was passed on from"}
    )
    created_at = fields.AwareDateTime()


class AgreedHoursAnswer(Schema):
    """The clients with the same contract hours; null: without undue delay."""

    hours = fields.Integer(allow_none=True)
    ends_at = fields.AwareDateTime()
    clients = fields.Integer()


class LetterAnswer(Schema):
    """A mail as its reader will see it. Its link opens nothing."""

    subject = fields.String()
    text = fields.String()


class SampleAnswer(Schema):
    """The message to one client."""

    reasons = fields.List(fields.String(), metadata={"description": "first, largest, oddest"})
    controller_name = fields.String()
    people_min = fields.Integer(allow_none=True)
    people_max = fields.Integer(allow_none=True)
    people_estimate = fields.Boolean(metadata=ESTIMATED)
    alarm_at = fields.AwareDateTime()
    to_name = fields.String()
    to_address = fields.String()
    letter = fields.Nested(LetterAnswer, allow_none=True, metadata={"description": "null: no mail, the office calls"})


class OddityAnswer(Schema):
    """Something odd, and how many clients it is about."""

    kind = fields.String()
    clients = fields.Integer()
    names = fields.List(fields.String(), metadata={"description": "the first ten"})


class CheckAnswer(Schema):
    """What happens when this incident is recorded now. Nothing was recorded."""

    clients = fields.Integer(metadata={"description": "how many get a message"})
    typed = fields.Integer(metadata={"description": "how many client numbers were sent in"})
    people_min = fields.Integer(attribute="people.people_min", allow_none=True, metadata=IN_ALL)
    people_max = fields.Integer(attribute="people.people_max", allow_none=True, metadata=IN_ALL)
    people_estimate = fields.Boolean(attribute="people.people_estimate", metadata=ESTIMATED)
    people_not_known = fields.Integer(attribute="people.people_not_known", metadata=IN_NO_SUM)
    records_own_breach = fields.Boolean()
    hours = fields.List(fields.Nested(AgreedHoursAnswer), metadata={"description": "the tightest first"})
    samples = fields.List(fields.Nested(SampleAnswer))
    oddities = fields.List(fields.Nested(OddityAnswer))

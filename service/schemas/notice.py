"""A notice to people (Art. 34): its four parts, and who gets it."""

from collections.abc import Mapping
from typing import Any

from marshmallow import Schema, ValidationError, fields, post_load, validates_schema
from marshmallow.validate import OneOf

from service.schemas.faults import Key, keys_of
from service.schemas.fields import Choice, Email, Line, LongText, Many, Part
from service.schemas.held import HoldAnswer
from service.schemas.lists import addressees
from service.schemas.paging import PageSchema
from service.schemas.proof import ProofAnswer
from service.schemas.resource import Resource
from service.schemas.run import RunAnswer, TurnAnswer
from tenants.errors import Invalid
from workflows.dossiers.notice import GROUPS
from workflows.law.gdpr import NOTICE_PARTS, missing_notice_parts
from workflows.mail.states import NAMES
from workflows.notice.open_places import open_place_in

MOST_BY_ROW = 500
"""The most people of a list that is typed row by row."""


class UnfinishedTextSchema(Resource):
    """The text of a notice while it is written: any part may still be missing."""

    subject = Line()
    nature = LongText()
    contact = LongText()
    consequences = LongText()
    measures = LongText()


class NoticeTextSchema(UnfinishedTextSchema):
    """Art. 34(2): the four parts, and a subject. Each missing part and each open place is refused at once, beside every
    other fault."""

    subject = Line(required=True)

    @validates_schema(skip_on_field_errors=False, pass_original=True)
    def has_each_part(self, values: dict[str, Any], typed: Any, **_: Any) -> None:
        """Refuse each part that is missing or has an open place at its own field, with a ValidationError."""
        parts = {name: str(typed.get(name) or "") for name in NOTICE_PARTS} if isinstance(typed, Mapping) else {}
        faults = {name: [Key("notice.part_missing", part=name)] for name in missing_notice_parts(parts) if parts}
        for name, words in parts.items():
            if place := open_place_in(words):
                faults[name] = [Key("notice.open_place", place=place)]
        if faults:
            raise ValidationError(faults)


class RecipientSchema(Resource):
    """One person. Without a name the mail says "lezer"; without an address nobody mails them, and they stay on the
    list. People with one address get one mail that names all of them."""

    name = Line()
    email = Email(allow_none=True)


class Recipients(Many):
    """People as the mail package takes them: each address valid, each person once. A row counts as a line."""

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **options: Any) -> Any:
        people: Any = super()._deserialize(value, attr, data, **options)
        if not people:
            raise ValidationError([Key("notice.nobody")])
        try:
            return addressees((line, row["name"] or "", row["email"] or "") for line, row in enumerate(people, 1))
        except Invalid as refusal:
            raise ValidationError(keys_of(refusal)) from refusal


class RecipientsForm(Resource):
    """The list of people as a page sends it, row by row. A list that is a file has pages of its own (web/files.py)."""

    people = Recipients(Part(RecipientSchema), most=MOST_BY_ROW, required=True)

    @post_load
    def as_list(self, values: dict[str, Any], **_: Any) -> dict[str, Any]:
        """Return the people as the list."""
        return {"recipients": values["people"]}


class RecipientsSchema(Resource):
    """The whole list, in place of the former one. It is loaded as a list of Addressee."""

    recipients = Recipients(Part(RecipientSchema, required=True), most=100_000, required=True)


class ReleaseSchema(Resource):
    """Nothing: the notice is sent as it was approved."""


class NoticeRow(Schema):
    """A notice in a list."""

    id = fields.UUID()
    breach_id = fields.UUID()
    subject = fields.String(allow_none=True)
    check_code = fields.String()
    approved_at = fields.AwareDateTime(allow_none=True)
    sent_at = fields.AwareDateTime(allow_none=True)
    created_at = fields.AwareDateTime()


class NoticeAnswer(NoticeRow):
    """A notice: its parts, how many people are in each state, its dossier. `version` is also the ETag."""

    locale = fields.String()
    nature = fields.String(allow_none=True)
    contact = fields.String(allow_none=True)
    consequences = fields.String(allow_none=True)
    measures = fields.String(allow_none=True)
    sums = fields.Dict(
        keys=fields.String(), values=fields.Integer(), metadata={"description": "how many people are in each state"}
    )
    addresses = fields.Integer(metadata={"description": "one mail goes to each; people who share one are all named"})
    run = fields.Nested(RunAnswer)
    turn = fields.Nested(TurnAnswer, allow_none=True, metadata={"description": "null: no person's step is due"})
    held = fields.Nested(HoldAnswer, allow_none=True, metadata={"description": "null: it does not wait"})
    version = fields.Integer()


class PreviewAnswer(Schema):
    """The message as its reader would see it."""

    subject = fields.String()
    text = fields.String()
    html = fields.String()


class PeopleFilters(Schema):
    """Which people of the list are wanted: all, or those of one group of states."""

    group = Choice(tuple(GROUPS), load_default=None)


class PeopleAskedSchema(PeopleFilters, PageSchema):
    """A page of the people of a list, or of one group of them."""


class ListedPersonRow(Schema):
    """One person on the list; in disguise for a role that may not read people, which sees a few."""

    id = fields.UUID()
    name = fields.String(metadata={"description": "may be blank"})
    address = fields.String(metadata={"description": "blank: nobody mails this person"})
    created_at = fields.AwareDateTime(metadata={"description": "when this person came onto the list"})
    state = fields.String(validate=OneOf(NAMES))
    state_at = fields.AwareDateTime()
    reason = fields.String(allow_none=True)
    shares_address = fields.Boolean(metadata={"description": "one mail greets this person and others"})


class TrialAnswer(Schema):
    """Where the trial goes."""

    email = fields.String(metadata={"description": "the address of the person who asked for it"})


class GenuineAnswer(Schema):
    """Who sent the message with this code.

    `calls_itself` is a name that somebody typed; `proof` says what was proven.
    """

    organisation = fields.String(allow_none=True, metadata={"description": "null: only the sender says who it is"})
    standing = fields.String(
        metadata={"description": "verified, registered (by an office), founded (by the operator) or self_registered"}
    )
    registered_by = fields.String(allow_none=True, metadata={"description": "the office that registered this client"})
    calls_itself = fields.String()
    proof = fields.Nested(ProofAnswer, allow_none=True, metadata={"description": "null: nothing was proven"})
    subject = fields.String()
    sent_at = fields.AwareDateTime()
    contact = fields.String(
        allow_none=True, metadata={"description": "whom to ask, as the message says; null: nothing was proven"}
    )

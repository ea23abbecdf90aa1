"""A notice to people (Art. 34): its four parts, and who gets it."""

from collections.abc import Mapping
from typing import Any

from marshmallow import ValidationError, fields

from service.csv_lists import addressees, read_recipients
from service.schemas.faults import keys_of
from service.schemas.fields import Email, Keyed, LongText, Many, Part, Text
from service.schemas.resource import Resource
from tenants.errors import Invalid


class NoticeTextSchema(Resource):
    """Art. 34(2): the four parts, and a subject. A missing part is the law's to refuse."""

    subject = Text(required=True)
    nature = LongText()
    contact = LongText()
    consequences = LongText()
    measures = LongText()


class RecipientSchema(Resource):
    """One person; without a name the mail says "lezer"."""

    name = Text()
    email = Email(required=True)


class Recipients(Many):
    """People as the mail part wants them: an address once, each valid; a row counts as a line."""

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **options: Any) -> Any:
        people = super()._deserialize(value, attr, data, **options)
        try:
            return addressees((line, row["name"] or "", row["email"]) for line, row in enumerate(people, 1))
        except Invalid as refusal:
            raise ValidationError(keys_of(refusal)) from refusal


class RecipientsCsv(Keyed, fields.String):
    """The text of a CSV file with names and addresses."""

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **options: Any) -> Any:
        try:
            return read_recipients(super()._deserialize(value, attr, data, **options))
        except Invalid as refusal:
            raise ValidationError(keys_of(refusal)) from refusal


class RecipientsSchema(Resource):
    """The whole list, in place of what was there. Loaded, it is a list of Addressee."""

    recipients = Recipients(Part(RecipientSchema, required=True), most=100_000, least=1, required=True)

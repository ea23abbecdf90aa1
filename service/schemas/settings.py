"""The settings of an organisation: what its people send in, section by section or all at once, and what is answered."""

import re
from datetime import date
from typing import Any

from marshmallow import Schema, ValidationError, fields, post_load, validates_schema

from service.schemas.faults import Key
from service.schemas.fields import Choice, Day, Email, Line, Many, Part, Phone, Whole, YesNo
from service.schemas.resource import Resource, refuse_reversed
from service.words.texts import LOCALES
from tenants.organisations.settings import ADDRESSES, FLAGS, SIZES
from workflows.mail.sender_names import LONGEST, why_refused
from workflows.settings.changing import FG_STATES

MOST_TRADE_NAMES, MOST_PERIODS, LONGEST_PERIOD_DAYS = 20, 60, 366
POSTCODE = re.compile(r"([1-9][0-9]{3}) ?([A-Za-z]{2})")
HERE = frozenset({"nederland", "netherlands", "the netherlands", "nl"})
FG_NUMBER = r"[A-Za-z0-9 ./-]*[0-9][A-Za-z0-9 ./-]*\Z"
"""Letters, digits and the signs between them, with at least one digit: how the AP writes it is not published."""


class SenderName(Line):
    """The name of the sender of mails. It holds no address, no site, and no word that says what was proven."""

    def __init__(self, **options: Any) -> None:
        super().__init__(most=LONGEST, **options)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **options: Any) -> str:
        text = super()._deserialize(value, attr, data, **options)
        if refusal := why_refused(text):
            raise ValidationError([Key(refusal.key, word=refusal.word)])
        return text


class ClosedPeriodSchema(Resource):
    """The first and the last day of a period in which nobody is there. One day is both."""

    first = Day(required=True)
    last = Day()

    def load(self, data: Any, **options: Any) -> Any:
        """Return the loaded period: it is whole, also where other settings are left out."""
        return super().load(data, **options | {"partial": False})

    @validates_schema
    def in_order(self, values: dict[str, Any], **_: Any) -> None:
        """Refuse a period that ends before it begins, or that is longer than a year, with a ValidationError."""
        first, last = values["first"], values["last"] or values["first"]
        refuse_reversed(first, last, "last", "settings.period_reversed")
        if (last - first).days >= LONGEST_PERIOD_DAYS:
            raise ValidationError({"last": [Key("settings.period_long")]})

    @post_load
    def as_kept(self, values: dict[str, Any], **_: Any) -> dict[str, str]:
        """Return the days as they are kept."""
        first: date = values["first"]
        return {"first": first.isoformat(), "last": (values["last"] or first).isoformat()}


class FlagsSchema(Resource):
    """What the law asks of an organisation by its kind."""


for flag in FLAGS:
    FlagsSchema._declared_fields[flag] = YesNo()


class SettingsSchema(FlagsSchema):
    """Settings, as far as they change. What is left out stays; null empties a setting.

    An address is sent whole: street, postcode and town, and the country of one outside the Netherlands.
    """

    name = Line()
    trade_names = Many(Line(most=120, required=True), most=MOST_TRADE_NAMES)
    visiting_street = Line()
    visiting_postcode = Line(most=20)
    visiting_town = Line(most=100)
    visiting_country = Line(most=60)
    postal_street = Line()
    postal_postcode = Line(most=20)
    postal_town = Line(most=100)
    postal_country = Line(most=60)
    sector = Line(most=120)
    size = Choice(SIZES)
    fg = Choice(FG_STATES)
    fg_name = Line()
    fg_email = Email()
    fg_phone = Phone()
    fg_number = Line(most=40, pattern=FG_NUMBER, fault="settings.fg_number")
    locale = Choice(LOCALES)
    sender_name = SenderName()
    reply_address = Email()
    closed_weekdays = Many(Whole(least=1, most=7, required=True), most=6)
    closed_periods = Many(Part(ClosedPeriodSchema, required=True), most=MOST_PERIODS)

    @validates_schema
    def has_a_name_and_a_language(self, values: dict[str, Any], **_: Any) -> None:
        """Refuse an empty name or language, with a ValidationError."""
        empty = [name for name in ("name", "locale") if name in values and values[name] is None]
        if empty:
            raise ValidationError({name: [Key("field.required")] for name in empty})

    @validates_schema
    def addresses_are_whole(self, values: dict[str, Any], **_: Any) -> None:
        """Refuse a part of an address without the others, and a Dutch postcode that is none, with a ValidationError."""
        faults: dict[str, list[Key]] = {}
        for columns in ADDRESSES.values():
            if any(values.get(column) for column in columns):
                faults.update({column: [Key("field.required")] for column in columns[:3] if not values.get(column)})
                postcode, country = values.get(columns[1]), values.get(columns[3])
                if postcode and _is_here(country) and not POSTCODE.fullmatch(postcode):
                    faults[columns[1]] = [Key("settings.postcode")]
        if faults:
            raise ValidationError(dict(faults))

    @post_load
    def as_kept(self, values: dict[str, Any], **_: Any) -> dict[str, Any]:
        """Return the values as they are kept: one trade name on each line, days in order, a postcode as 1234 AB."""
        for columns in ADDRESSES.values():
            _keep_address(values, columns)
        if "trade_names" in values:
            values["trade_names"] = "\n".join(dict.fromkeys(values["trade_names"] or ())) or None
        if "closed_weekdays" in values:
            values["closed_weekdays"] = sorted(set(values["closed_weekdays"] or ()))
        if "closed_periods" in values:
            values["closed_periods"] = sorted(values["closed_periods"] or (), key=lambda period: tuple(period.values()))
        return values


def _keep_address(values: dict[str, Any], columns: tuple[str, ...]) -> None:
    if not any(column in values for column in columns):
        return
    values.update({column: values.get(column) for column in columns})
    _, postcode, _, country = columns
    if _is_here(values[country]):
        values[country] = None
        if match := POSTCODE.fullmatch(values[postcode] or ""):
            values[postcode] = f"{match[1]} {match[2].upper()}"


def _is_here(country: str | None) -> bool:
    return country is None or country.casefold() in HERE


class ReporterRow(Schema):
    """A member who may send a form to the authority, and whether what it asks of them is known."""

    name = fields.String()
    function_known = fields.Function(lambda user: bool(user.function))
    phone_known = fields.Function(lambda user: bool(user.phone))


class ClosedPeriodAnswer(Schema):
    """The first and the last day of a period in which nobody is there."""

    first = fields.String()
    last = fields.String()


class SettingsAnswer(Schema):
    """The settings of an organisation. Null is: not said yet; a country of null is the Netherlands."""

    name = fields.String()
    kvk_number = fields.String(allow_none=True)
    trade_names = fields.List(fields.String())
    visiting_street = fields.String(allow_none=True)
    visiting_postcode = fields.String(allow_none=True)
    visiting_town = fields.String(allow_none=True)
    visiting_country = fields.String(allow_none=True)
    postal_street = fields.String(allow_none=True)
    postal_postcode = fields.String(allow_none=True)
    postal_town = fields.String(allow_none=True)
    postal_country = fields.String(allow_none=True)
    sector = fields.String(allow_none=True)
    size = fields.String(allow_none=True)
    fg = fields.String(metadata={"description": ", ".join(FG_STATES)})
    fg_name = fields.String(allow_none=True)
    fg_email = fields.String(allow_none=True)
    fg_phone = fields.String(allow_none=True)
    fg_number = fields.String(allow_none=True)
    locale = fields.String()
    sender_name = fields.String(allow_none=True)
    reply_address = fields.String(allow_none=True)
    reply_in_use = fields.String(
        allow_none=True, metadata={"description": "where answers go until reply_address is confirmed"}
    )
    reply_confirmed_at = fields.AwareDateTime(
        allow_none=True, metadata={"description": "when the address in use was confirmed"}
    )
    closed_weekdays = fields.List(fields.Integer(), metadata={"description": "1 is Monday"})
    closed_periods = fields.List(fields.Nested(ClosedPeriodAnswer))
    flags = fields.Dict(keys=fields.String(), values=fields.Boolean(allow_none=True))
    missing = fields.List(fields.String(), metadata={"description": "sender, address, fg, reporters"})
    reporters = fields.List(fields.Nested(ReporterRow), allow_none=True)
    version = fields.Integer(attribute="settings_version", metadata={"description": "also the ETag"})

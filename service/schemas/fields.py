"""The kinds of field of our schemas. They are stricter than marshmallow's, and their messages are keys.

A field that is not required may be left out, null or blank. Its value is then None, or its `load_default`.
"""

import re
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from marshmallow import ValidationError, fields, missing
from marshmallow import validate as ma_validate
from marshmallow.types import ErrorMessages

from service.schemas.faults import Key, keys_of
from service.schemas.unread import refuse_unread
from service.words.addresses import mail_address
from service.words.signs import first_control
from service.words.whole_numbers import MOST_IN_A_LONG_COLUMN, typed_whole
from tenants.errors import Invalid
from tenants.identity.passwords import LONGEST
from tenants.lines import long_text, one_line
from tenants.organisations.kvk_numbers import NUMBER, kvk_number

SHORT, LONG = 200, 10_000
MOST_PEOPLE = 20_000_000

CALLABLE = re.compile("(?:[^0-9]*[0-9]){5}")
"""The begin of a text with at least five digits, so that it can be a telephone number."""
FIRST_DAY, LAST_DAY = date(1900, 1, 1), date(2099, 12, 31)


class Keyed:
    """Stands before a marshmallow field in the bases of a class: it makes messages keys, and defines "not required"."""

    default_error_messages: ErrorMessages = {
        "required": Key("field.required"),
        "null": Key("field.required"),
        "invalid": Key("field.invalid"),
        "type": Key("field.invalid"),
        "validator_failed": Key("field.invalid"),
        "invalid_utf8": Key("field.invalid"),
    }

    def __init__(self, *arguments: Any, required: bool = False, **options: Any) -> None:
        if not required:
            options = {"load_default": None, "allow_none": True} | options
        super().__init__(*arguments, required=required, **options)  # type: ignore[call-arg]

    def deserialize(self, value: Any, *arguments: Any, **options: Any) -> Any:
        """Return the value, or the default for a blank, which a form sends for every field without an answer."""
        blank = isinstance(value, str) and not value.strip()
        loaded = super().deserialize(None if blank else value, *arguments, **options)  # type: ignore[misc]
        return self._left_out() if loaded is None else loaded

    def _left_out(self) -> Any:
        """Return the value of an empty field; None where leaving the field out differs from emptying it."""
        left: Any = self.load_default  # type: ignore[attr-defined]
        if left is missing:
            return None
        return left() if callable(left) else left


class Line(Keyed, fields.String):
    """One line: a name, a title, a subject, a number.

    Invisible signs are removed; a line break or tab becomes a space.
    """

    kept = staticmethod(one_line)
    """How the text is cleaned."""

    def __init__(self, most: int = SHORT, pattern: str = "", fault: str = "field.invalid", **options: Any) -> None:
        self.most = most
        # The length is checked before the pattern reads the text, and is a rule as well for the specification.
        rules: list[Any] = [ma_validate.Length(max=most, error=Key("field.too_long", most=most))]
        if pattern:
            rules.append(ma_validate.Regexp(pattern, error=Key(fault)))
        super().__init__(validate=rules, **options)

    def deserialize(self, value: Any, *arguments: Any, **options: Any) -> Any:
        """Return the cleaned text. A text of invisible signs alone counts as blank.

        Raises ValidationError when it is too long.
        """
        if isinstance(value, str):
            if len(value.strip()) > 2 * self.most:
                raise ValidationError([Key("field.too_long", most=self.most)])
            if control := first_control(value):
                raise ValidationError([Key("field.control_character", **control)])
            value = self.kept(value)
        return super().deserialize(value, *arguments, **options)

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **options: Any) -> str:
        text: str = super()._deserialize(value, attr, data, **options)
        if len(text) > self.most:
            raise ValidationError([Key("field.too_long", most=self.most)])
        return text


class KvkNumber(Line):
    """A KvK number (Chamber of Commerce). Spaces, dots and dashes in it are removed."""

    kept = staticmethod(kvk_number)

    def __init__(self, **options: Any) -> None:
        super().__init__(pattern=rf"{NUMBER.pattern}\Z", fault="client.kvk_number", **options)


class Phone(Line):
    """A telephone number in any notation, with words around it when somebody types them: enough digits to be called.

    The shortest number that an organisation has in the Netherlands is that of a municipality: 14 and its area code.
    """

    def __init__(self, **options: Any) -> None:
        super().__init__(most=40, pattern=CALLABLE.pattern, fault="field.phone", **options)


class LongText(Line):
    """A text of several paragraphs. Its line breaks stay."""

    kept = staticmethod(long_text)

    def __init__(self, **options: Any) -> None:
        super().__init__(most=LONG, **options)


class Password(Keyed, fields.String):
    """A password, exactly as it was typed."""

    def __init__(self, required: bool = True, **options: Any) -> None:
        options["metadata"] = {"format": "password"}
        super().__init__(
            required=required, load_only=True,
            validate=ma_validate.Length(max=LONGEST, error=Key("field.too_long", most=LONGEST)), **options,
        )  # fmt: skip


class Email(Line):
    """A mail address. Whether anybody reads it only shows when mail is delivered."""

    def __init__(self, **options: Any) -> None:
        super().__init__(most=254, metadata={"format": "email"}, **options)

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **options: Any) -> str:
        text = super()._deserialize(value, attr, data, **options)
        try:
            return mail_address(text)
        except Invalid as refusal:
            raise ValidationError(keys_of(refusal)) from refusal


class Identifier(Keyed, fields.UUID):
    """The id of a person or of something else."""

    default_error_messages: ErrorMessages = {"invalid_uuid": Key("field.invalid")}


class Whole(Keyed, fields.Integer):
    """A whole number between two bounds. "12" and "1.500" from a form are accepted; 12.5 and true are not."""

    def __init__(self, least: int = 0, most: int = MOST_PEOPLE, **options: Any) -> None:
        fault = Key("field.out_of_range", least=least, most=most)
        super().__init__(validate=ma_validate.Range(min=least, max=most, error=fault), **options)

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **options: Any) -> int:
        if isinstance(value, str):
            value = _written(one_line(value))
        if isinstance(value, bool) or not isinstance(value, int):
            raise ValidationError([Key("field.not_a_number")])
        return value


def _written(text: str) -> int | None:
    """Return the whole number that a form sends, which may be negative; None when the text is no number."""
    number = typed_whole(text.removeprefix("-"), MOST_IN_A_LONG_COLUMN)
    return None if number is None else (-number if text.startswith("-") else number)


class Number(Keyed, fields.Float):
    """A number of hours, such as 2.5. It is never infinite."""

    def __init__(self, **options: Any) -> None:
        fault = Key("field.out_of_range", least=0, most=100_000)
        super().__init__(validate=ma_validate.Range(min=0, max=100_000, error=fault), **options)

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **options: Any) -> float:
        cleaned = one_line(value) if isinstance(value, str) else value
        return super()._deserialize(cleaned, attr, data, **options)


class YesNo(Keyed, fields.Boolean):
    """Yes or no; None when it was left open."""


class Choice(Keyed, fields.String):
    """One of a few words."""

    def __init__(self, words: Iterable[str], **options: Any) -> None:
        names = tuple(words)
        fault = Key("field.not_a_choice", choices=", ".join(names))
        super().__init__(validate=ma_validate.OneOf(names, error=fault), **options)


class Choices(Keyed, fields.List):
    """Several words of a list, each at most once. A form with one ticked box sends the word alone."""

    def __init__(self, words: Iterable[str], **options: Any) -> None:
        if options.get("required"):
            options["validate"] = ma_validate.Length(min=1, error=Key("field.required"))
        names = tuple(words)
        self.most = len(names)
        super().__init__(Choice(names, required=True), **options)

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **options: Any) -> Any:
        items = [value] if isinstance(value, str) else value
        words: Any = super()._deserialize(items, attr, data, **options)
        return list(dict.fromkeys(words))


class Many(Keyed, fields.List):
    """A list of values of one kind."""

    def __init__(self, inner: Any, most: int, least: int = 0, **options: Any) -> None:
        self.most = most
        fault = Key("field.wrong_count", least=least, most=most)
        super().__init__(inner, validate=ma_validate.Length(min=least, max=most, error=fault), **options)


class Part(Keyed, fields.Nested):
    """A resource within a resource."""


class Day(Keyed, fields.Date):
    """A day from FIRST_DAY up to LAST_DAY, such as 2026-11-21. A year beyond them is a slip of the keyboard."""

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **options: Any) -> date:
        refuse_unread(value)
        if not isinstance(value, str) or not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", value.strip()):
            raise ValidationError([Key("field.not_a_day")])
        try:
            day = date.fromisoformat(value.strip())
        except ValueError as error:
            raise ValidationError([Key("field.not_a_day")]) from error
        if not FIRST_DAY <= day <= LAST_DAY:
            raise ValidationError([Key("moment.too_long_ago" if day < FIRST_DAY else "moment.too_far_ahead")])
        return day

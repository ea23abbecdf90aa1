"""The kinds of field of our schemas: stricter than marshmallow's, and their messages are keys.

A field that is not required may be left out, null or blank; it is then None, or its `load_default`.
"""

import re
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from marshmallow import ValidationError, fields, missing
from marshmallow import validate as ma_validate
from marshmallow.types import ErrorMessages

from service.schemas.addresses import mail_address
from service.schemas.faults import Key, keys_of
from service.words.whole_numbers import MOST_IN_A_LONG_COLUMN, whole_of
from tenants.errors import Invalid
from tenants.identity.passwords import LONGEST
from tenants.lines import long_text, one_line
from tenants.organisations.kvk_numbers import NUMBER, kvk_number

SHORT, LONG = 200, 10_000
MOST_PEOPLE = 20_000_000
# What no person types and PostgreSQL cannot keep. What nobody sees is taken out, and breaks are made one kind.
CONTROLS = re.compile("[\x00-\x08\x0e-\x1f\x7f\ud800-\udfff]")


class Keyed:
    """Comes before a marshmallow field: keys for messages, and what "not required" means."""

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
        """A blank is nothing: forms send it for every field that was not filled in."""
        blank = isinstance(value, str) and not value.strip()
        loaded = super().deserialize(None if blank else value, *arguments, **options)  # type: ignore[misc]
        return self._left_out() if loaded is None else loaded

    def _left_out(self) -> Any:
        """What the field is when nobody fills it in; None where leaving it out and emptying it differ."""
        left: Any = self.load_default  # type: ignore[attr-defined]
        if left is missing:
            return None
        return left() if callable(left) else left


class Line(Keyed, fields.String):
    """A name, a title, a subject, a number: one line, without what nobody sees. A line break or tab becomes a space."""

    kept = staticmethod(one_line)
    """How the text is cleaned."""

    def __init__(self, most: int = SHORT, pattern: str = "", fault: str = "field.invalid", **options: Any) -> None:
        self.most = most
        # Before the pattern, which would read all of it; once more as a rule, for the specification.
        rules: list[Any] = [ma_validate.Length(max=most, error=Key("field.too_long", most=most))]
        if pattern:
            rules.append(ma_validate.Regexp(pattern, error=Key(fault)))
        super().__init__(validate=rules, **options)

    def deserialize(self, value: Any, *arguments: Any, **options: Any) -> Any:
        """Cleaned before it is judged: of invisible signs alone nothing is left, and that is a blank."""
        if isinstance(value, str):
            value = value.strip()
            if len(value) > 2 * self.most:
                raise ValidationError([Key("field.too_long", most=self.most)])
            if CONTROLS.search(value):
                raise ValidationError([Key("field.control_character")])
            value = self.kept(value)
        return super().deserialize(value, *arguments, **options)

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **options: Any) -> str:
        text: str = super()._deserialize(value, attr, data, **options)
        if len(text) > self.most:
            raise ValidationError([Key("field.too_long", most=self.most)])
        return text


class KvkNumber(Line):
    """A number of the Chamber of Commerce, as people type it: with spaces, dots or dashes, of which none is kept."""

    kept = staticmethod(kvk_number)

    def __init__(self, **options: Any) -> None:
        super().__init__(pattern=rf"{NUMBER.pattern}\Z", fault="client.kvk_number", **options)


class LongText(Line):
    """A text of several paragraphs; its line breaks stay."""

    kept = staticmethod(long_text)

    def __init__(self, **options: Any) -> None:
        super().__init__(most=LONG, **options)


class Password(Keyed, fields.String):
    """As it was typed."""

    def __init__(self, required: bool = True, **options: Any) -> None:
        options["metadata"] = {"format": "password"}
        super().__init__(
            required=required, load_only=True,
            validate=ma_validate.Length(max=LONGEST, error=Key("field.too_long", most=LONGEST)), **options,
        )  # fmt: skip


class Email(Line):
    """A mail address. Whether somebody reads it shows at delivery."""

    def __init__(self, **options: Any) -> None:
        super().__init__(most=254, metadata={"format": "email"}, **options)

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **options: Any) -> str:
        text = super()._deserialize(value, attr, data, **options)
        try:
            return mail_address(text)
        except Invalid as refusal:
            raise ValidationError(keys_of(refusal)) from refusal


class Whole(Keyed, fields.Integer):
    """A whole number between two bounds; "12" from a form is one, 12.5 and true are not."""

    def __init__(self, least: int = 0, most: int = MOST_PEOPLE, **options: Any) -> None:
        fault = Key("field.out_of_range", least=least, most=most)
        super().__init__(validate=ma_validate.Range(min=least, max=most, error=fault), **options)

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **options: Any) -> int:
        if isinstance(value, str):
            value = _written(value.strip())
        if isinstance(value, bool) or not isinstance(value, int):
            raise ValidationError([Key("field.not_a_number")])
        return value


def _written(text: str) -> int | None:
    """What a form sends, with a minus sign where it is below zero; None when it is no number."""
    number = whole_of(text.removeprefix("-"), MOST_IN_A_LONG_COLUMN)
    return None if number is None else (-number if text.startswith("-") else number)


class Number(Keyed, fields.Float):
    """Hours, where a half counts; never infinite."""

    def __init__(self, **options: Any) -> None:
        fault = Key("field.out_of_range", least=0, most=100_000)
        super().__init__(validate=ma_validate.Range(min=0, max=100_000, error=fault), **options)


class YesNo(Keyed, fields.Boolean):
    """Yes or no; left open is None."""


class Choice(Keyed, fields.String):
    """One of a few words."""

    def __init__(self, words: Iterable[str], **options: Any) -> None:
        names = tuple(words)
        fault = Key("field.not_a_choice", choices=", ".join(names))
        super().__init__(validate=ma_validate.OneOf(names, error=fault), **options)


class Choices(Keyed, fields.List):
    """Several of a few words, each once. A form with one ticked box sends the word alone."""

    def __init__(self, words: Iterable[str], **options: Any) -> None:
        if options.get("required"):
            options["validate"] = ma_validate.Length(min=1, error=Key("field.required"))
        super().__init__(Choice(words, required=True), **options)

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **options: Any) -> Any:
        items = [value] if isinstance(value, str) else value
        words: Any = super()._deserialize(items, attr, data, **options)
        return list(dict.fromkeys(words))


class Many(Keyed, fields.List):
    """A list of something."""

    def __init__(self, inner: Any, most: int, least: int = 0, **options: Any) -> None:
        fault = Key("field.wrong_count", least=least, most=most)
        super().__init__(inner, validate=ma_validate.Length(min=least, max=most, error=fault), **options)


class Part(Keyed, fields.Nested):
    """A resource within a resource."""


class Day(Keyed, fields.Date):
    """A day: 2026-11-21."""

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **options: Any) -> date:
        if not isinstance(value, str) or not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", value.strip()):
            raise ValidationError([Key("field.not_a_day")])
        try:
            return date.fromisoformat(value.strip())
        except ValueError as error:
            raise ValidationError([Key("field.not_a_day")]) from error

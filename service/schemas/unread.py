"""What somebody typed or chose in a form and that cannot be read: its field refuses it in words."""

from marshmallow import ValidationError

from service.schemas.faults import Key, keys_of
from tenants.errors import Invalid


class Unread(str):
    """What somebody typed as a day or a moment, or the file that they chose, where it cannot be read.

    `faults`: what is wrong, in words.
    """

    faults: list[Key]

    def __new__(cls, text: str, refusal: Invalid) -> "Unread":
        made = super().__new__(cls, text)
        made.faults = keys_of(refusal)
        return made


def refuse_unread(value: str) -> None:
    """Raise ValidationError with what is wrong with a value that could not be read."""
    if isinstance(value, Unread):
        raise ValidationError(list(value.faults))

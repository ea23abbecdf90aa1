"""What all our schemas share: they refuse what they do not know, and understand `<moment>_fold`."""

from collections.abc import Mapping
from typing import Any

from marshmallow import Schema, ValidationError, post_load, pre_load

from service.schemas.faults import Key
from service.schemas.moment import Moment


class Resource(Schema):
    """Something that is sent in, as a JSON object or as a form."""

    error_messages = {"unknown": Key("field.unknown"), "type": Key("field.not_an_object")}


class Told(Resource):
    """A resource with moments. `<name>_fold` is read by the moment itself and then left out."""

    def get_attribute(self, obj: Any, attr: str, default: Any) -> Any:
        """As marshmallow does."""
        return super().get_attribute(obj, attr, default)


def refuse_reversed(least: Any, most: Any, field: str, key: str) -> None:
    """Both known, and the first is past the second: refused at `field`."""
    if least is not None and most is not None and least > most:
        raise ValidationError({field: [Key(key)]})

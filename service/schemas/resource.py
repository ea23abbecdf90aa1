"""What all our schemas share: they refuse unknown fields, and understand `<moment>_fold`."""

from collections.abc import Mapping
from typing import Any, ClassVar

from marshmallow import Schema, ValidationError, pre_load

from service.schemas.faults import Key
from service.schemas.moment import Moment, Written
from service.schemas.unread import Unread


class Resource(Schema):
    """Something that is sent in, as a JSON object or as a form."""

    makes: ClassVar[type[Any] | None] = None
    """The dataclass that the loaded values become; None: they stay a dict."""
    error_messages = {"unknown": Key("field.unknown"), "type": Key("field.not_an_object")}

    def load(self, data: Any, **options: Any) -> Any:
        """Return the loaded values, as the dataclass `makes` when there is one.

        Raises ValidationError with every fault.
        """
        values = super().load(data, **options)
        return self.makes(**values) if self.makes else values

    @pre_load
    def join_folds(self, data: Any, **_: Any) -> Any:
        """Join `found_at_fold` to `found_at`: it says which pass is meant of an hour that the clock passes twice."""
        if not isinstance(data, Mapping):
            return data
        moments = [name for name, field in self.load_fields.items() if isinstance(field, Moment)]
        folds = {f"{name}_fold": name for name in moments if f"{name}_fold" in data}
        joined = {name: value for name, value in data.items() if name not in folds}
        for fold, name in folds.items():
            if isinstance(joined.get(name), str) and not isinstance(joined[name], Unread):
                joined[name] = Written(joined[name], data[fold])
        return joined


def refuse_reversed(least: Any, most: Any, field: str, key: str) -> None:
    """Raise ValidationError at `field` when both values are known and the first is above the second."""
    if least is not None and most is not None and least > most:
        raise ValidationError({field: [Key(key)]})

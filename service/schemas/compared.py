"""Moments that are sent in together are compared by workflows/law/order_of_moments.py.

An impossible pair is refused. The sender must confirm an unusual pair.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from marshmallow import ValidationError, post_load, validates_schema

from service.schemas.faults import Key
from service.schemas.fields import YesNo
from service.schemas.moment import now_of_request
from service.schemas.resource import Resource
from tenants.errors import Invalid
from workflows.law.order_of_moments import far_apart, impossible

CONFIRM = "true: these moments are right, although they are far apart or long ago"


class Compared(Resource):
    """A resource with moments. With `moments_confirmed` the sender says that unusual moments are right."""

    def __init__(self, known: Mapping[str, datetime] | None = None, **options: Any) -> None:
        """`known`: moments that stand already, to compare with what is sent."""
        super().__init__(**options)
        self.known_moments = dict(known or {})

    moments_confirmed = YesNo(load_only=True, metadata={"description": CONFIRM})

    @validates_schema(skip_on_field_errors=False)
    def moments_in_order(self, values: dict[str, Any], **_: Any) -> None:
        """Refuse every impossible pair, and every unusual pair that nobody confirmed, at its field.

        Raises ValidationError.

        Only moments that could be read are compared.
        """
        faults: dict[str, list[Key]] = {}
        for fault in moment_faults({**self.known_moments, **values}, bool(values.get("moments_confirmed"))):
            faults.setdefault(str(fault.field), []).append(Key(fault.key, **fault.values))
        if faults:
            raise ValidationError(faults)

    @post_load
    def moments_known(self, values: dict[str, Any], **_: Any) -> dict[str, Any]:
        """Return the values without the confirmation, which this schema alone uses."""
        return {name: value for name, value in values.items() if name != "moments_confirmed"}


def moment_faults(values: Mapping[str, Any], confirmed: bool) -> list[Invalid]:
    """Return the faults of the moments among these values: impossible pairs, and unusual ones unless confirmed.

    Nobody is asked to confirm a moment that is impossible.
    """
    moments = {name: value for name, value in values.items() if isinstance(value, datetime)}
    refused = impossible(moments)
    asked = far_apart(moments, now_of_request()) if moments and not confirmed else []
    return refused + [fault for fault in asked if fault.field not in {refusal.field for refusal in refused}]

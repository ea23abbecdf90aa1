"""How many people a breach concerns, as a person knows it: between the least and the largest number."""

from typing import Any

from marshmallow import validates_schema

from service.schemas.fields import Whole
from service.schemas.resource import Resource, refuse_reversed


class PeopleCounted(Resource):
    """The least and the largest number of people; either may be unknown."""

    people_min = Whole()
    people_max = Whole()

    @validates_schema(skip_on_field_errors=False)
    def people_in_order(self, values: dict[str, Any], **_: Any) -> None:
        """Refuse a largest number below the least one, together with every other fault. Raises ValidationError."""
        refuse_reversed(values.get("people_min"), values.get("people_max"), "people_max", "fact.people_reversed")

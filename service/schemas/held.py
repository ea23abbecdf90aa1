"""Why mail waits, and until when."""

from marshmallow import Schema, fields


class HoldAnswer(Schema):
    """Why mail waits.

    not_verified: prove first whose organisation it is. organisation, address: the limit of the day is reached.
    """

    held_for = fields.String()
    until = fields.AwareDateTime(allow_none=True, metadata={"description": "null: until a person lets it go"})

"""Why mail waits, and until when."""

from marshmallow import Schema, fields


class HoldAnswer(Schema):
    """Why mail waits: not_verified (prove whose organisation it is); organisation, address (a limit of the day)."""

    held_for = fields.String()
    until = fields.AwareDateTime(allow_none=True, metadata={"description": "null: until a person lets it go"})

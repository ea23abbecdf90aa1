"""Deputies: who stands in for whom, and for how long."""

from marshmallow import Schema, fields

from service.schemas.compared import Compared
from service.schemas.fields import Identifier, Line
from service.schemas.machine_failures import WHY
from service.schemas.moment import Moment


class DeputySchema(Compared):
    """Somebody stands in for a colleague from one moment until another."""

    of_user = Identifier(required=True)
    deputy_id = Identifier(required=True)
    starts_at = Moment(may_be_ahead=True, required=True)
    ends_at = Moment(may_be_ahead=True, required=True)
    reason = Line(most=500, required=True, error_messages=WHY)


class DeputyAnswer(Schema):
    """One appointment. It is in force from `starts_at` until `ends_at`, or until `ended_at` when that has a value."""

    id = fields.UUID()
    of_user = fields.UUID()
    deputy_id = fields.UUID()
    starts_at = fields.AwareDateTime()
    ends_at = fields.AwareDateTime()
    reason = fields.String()
    appointed_by = fields.UUID()
    ended_at = fields.AwareDateTime(allow_none=True)
    ended_by = fields.UUID(allow_none=True)


class DeputiesAnswer(Schema):
    """The appointments; those that are not over come first."""

    items = fields.List(fields.Nested(DeputyAnswer))

"""API tokens: keys for programs."""

from marshmallow import Schema, fields

from service.schemas.fields import Choices, Line, Whole
from service.schemas.resource import Resource
from workflows.accounts.tokens import MOST_DAYS, SCOPES


class TokenSchema(Resource):
    """A new key: what it is for, what it may do, and for how many days (90 when not said)."""

    name = Line(most=80, required=True)
    scopes = Choices(SCOPES, required=True)
    days = Whole(least=1, most=MOST_DAYS)


class TokenAnswer(Schema):
    """One key, without what opens. `refused_at`: when it last wanted more than it may."""

    id = fields.UUID()
    name = fields.String()
    prefix = fields.String()
    scopes = fields.List(fields.String())
    made_by = fields.String()
    created_at = fields.AwareDateTime()
    expires_at = fields.AwareDateTime()
    last_used_at = fields.AwareDateTime(allow_none=True)
    refused_at = fields.AwareDateTime(allow_none=True)
    refused_act = fields.String(allow_none=True)


class TokensAnswer(Schema):
    """Every key that was not revoked, the newest first."""

    items = fields.List(fields.Nested(TokenAnswer))


class NewTokenAnswer(TokenAnswer):
    """`token` is told once; when the request is repeated it is null."""

    token = fields.String(allow_none=True)

"""API tokens: keys for programs."""

from marshmallow import Schema, fields

from service.schemas.fields import Choices, Line, Whole
from service.schemas.resource import Resource
from workflows.accounts.tokens import MOST_DAYS, SCOPES


class TokenSchema(Resource):
    """A new key: its purpose, its scopes, and how many days it works (90 by default)."""

    name = Line(most=80, required=True)
    scopes = Choices(SCOPES, required=True)
    days = Whole(least=1, most=MOST_DAYS)


class TokenAnswer(Schema):
    """One key, without the secret. `refused_at`: when it last tried something that it may not do."""

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
    """A new key. `token` is shown once; it is null when the request is repeated."""

    token = fields.String(allow_none=True)

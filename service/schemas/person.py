"""People: logging in, inviting a colleague, accepting."""

from marshmallow import Schema, fields

from service.schemas.fields import Choice, Email, Password, Text
from service.schemas.resource import Resource
from tenants.users import ROLES


class LoginSchema(Resource):
    """Address and password. Whether the address is one at all is not told."""

    email = Text(most=254, required=True)
    password = Password()


class InvitationSchema(Resource):
    """Somebody is asked to join this organisation."""

    email = Email(required=True)
    role = Choice(ROLES, required=True)


class AcceptanceSchema(Resource):
    """Somebody who was asked makes an account."""

    name = Text(required=True)
    password = Password()


class PlaceAnswer(Schema):
    """An organisation where somebody may be, and as what."""

    slug = fields.String()
    name = fields.String()
    role = fields.String()


class PersonAnswer(Schema):
    """Somebody who logs in."""

    id = fields.UUID()
    name = fields.String()
    email = fields.String()


class SessionAnswer(Schema):
    """`token` goes in the header `Authorization: Bearer` of what follows. It is told once."""

    token = fields.String()
    user = fields.Nested(PersonAnswer)
    organisations = fields.List(fields.Nested(PlaceAnswer))


class InvitationAnswer(Schema):
    """What a mailed link stands for; with a breach when the message was about one."""

    organisation = fields.String()
    email = fields.String()
    role = fields.String()
    expires_at = fields.AwareDateTime()
    used = fields.Boolean()
    breach = fields.Dict(allow_none=True)

"""People: logging in, inviting a colleague, accepting."""

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

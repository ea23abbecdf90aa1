"""People: logging in, inviting a colleague, accepting."""

from typing import Any

from marshmallow import Schema, ValidationError, fields, validates_schema

from service.schemas.faults import Key
from service.schemas.fields import Choice, Email, Keyed, Line, Password
from service.schemas.held import HoldAnswer
from service.schemas.resource import Resource
from tenants.identity.users import ROLES
from workflows.accounts.signing_in import GIVEN, NOT_NEEDED, REQUIRED, TO_SET_UP

LONGEST_CREDENTIAL = 20_000


class LoginSchema(Resource):
    """Address and password. Whether the address is one at all is not told."""

    email = Line(most=254, required=True)
    password = Password()


def code_field(required: bool = False) -> Line:
    """Six digits of an app, or a recovery code."""
    return Line(most=40, required=required)


class SessionSchema(LoginSchema):
    """The same for a program, with a second factor where there is one."""

    code = code_field()


class Credential(Keyed, fields.Dict):
    """What a browser's `PublicKeyCredential.toJSON()` gives."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **options: Any) -> Any:
        read = super()._deserialize(value, attr, data, **options)
        if len(repr(read)) > LONGEST_CREDENTIAL or not isinstance(read.get("response"), dict):
            raise ValidationError([Key("field.invalid")])
        return read


class CredentialSchema(Resource):
    """What a passkey signed."""

    credential = Credential(required=True)


class ProofSchema(Resource):
    """A second factor: a code, or what a passkey signed. The password alone counts for one's own account only."""

    code = code_field()
    credential = Credential()
    password = Password(required=False)

    @validates_schema
    def demand_one(self, payload: dict[str, Any], **_: Any) -> None:
        """One of them."""
        if not (payload.get("code") or payload.get("credential") or payload.get("password")):
            raise ValidationError({"code": [Key("field.required")]})


class PasskeyOptions(Schema):
    """For `navigator.credentials`, as `parseCreationOptionsFromJSON` or `parseRequestOptionsFromJSON` reads it."""

    options = fields.Dict()


class AddressSchema(Resource):
    """Somebody's address; whether it is one at all is not told."""

    email = Line(most=254, required=True)


class InvitationSchema(Resource):
    """Somebody is asked to join this organisation."""

    email = Email(required=True)
    role = Choice(ROLES, required=True)


class RoleSchema(Resource):
    """What somebody is from now on."""

    role = Choice(ROLES, required=True)


class DepartureSchema(Resource):
    """Somebody leaves; the name of the organisation in its address says that it is no mistake."""

    organisation = Line(most=100, required=True)


class AcceptanceSchema(Resource):
    """Somebody who was asked makes an account, with a name; or joins with the password of the one they have."""

    name = Line()
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


class MemberAnswer(PersonAnswer):
    """Somebody with a role in an organisation; `counts_from` when what they decide does not count yet.

    `ends_from` is from when an owner, who was asked to go, may be taken out or get another role, and
    `end_asked_by` who ask for it.
    """

    role = fields.String()
    counts_from = fields.AwareDateTime(allow_none=True)
    ends_from = fields.AwareDateTime(allow_none=True)
    end_asked_by = fields.List(fields.UUID())


class FactorRemovalAnswer(Schema):
    """Whether the second factor is gone; if not, other organisations of the person must agree first."""

    removed = fields.Boolean()


class MembersAnswer(Schema):
    """By name."""

    items = fields.List(fields.Nested(MemberAnswer))


class SessionAnswer(Schema):
    """`token` goes in the header `Authorization: Bearer` of what follows. It is told once."""

    token = fields.String()
    user = fields.Nested(PersonAnswer)
    organisations = fields.List(fields.Nested(PlaceAnswer))
    second_factor = fields.String(metadata={"enum": [GIVEN, REQUIRED, TO_SET_UP, NOT_NEEDED]})


class InvitationAnswer(Schema):
    """What a mailed link stands for; with a breach when the message was about one."""

    id = fields.UUID()
    organisation = fields.String()
    email = fields.String()
    role = fields.String()
    expires_at = fields.AwareDateTime()
    used = fields.Boolean()
    invited_by = fields.String(metadata={"description": "who asks: an owner, an office, or the operator"})
    has_account = fields.Boolean(metadata={"description": "for the holder of the link: join with that"})
    held = fields.Nested(HoldAnswer, allow_none=True, metadata={"description": "why its mail waits; null: it does not"})
    breach = fields.Dict(allow_none=True)


class PendingInvitationAnswer(Schema):
    """Somebody who was asked and did not answer yet; `invited_by` is a name, null when it is not known any more."""

    id = fields.UUID()
    email = fields.String()
    role = fields.String()
    invited_by = fields.String(allow_none=True)
    created_at = fields.AwareDateTime()
    expires_at = fields.AwareDateTime()


class PendingInvitationsAnswer(Schema):
    """The newest first."""

    items = fields.List(fields.Nested(PendingInvitationAnswer))

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
    """Address and password. The answer does not show whether the address has an account."""

    email = Line(most=254, required=True)
    password = Password()


def code_field(required: bool = False) -> Line:
    """Return a field for six digits of an app, or for a recovery code."""
    return Line(most=40, required=required)


class SessionSchema(LoginSchema):
    """Address and password for a program, with a second factor when there is one."""

    code = code_field()


class Credential(Keyed, fields.Dict):
    """The value that a browser's `PublicKeyCredential.toJSON()` returns."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **options: Any) -> Any:
        read = super()._deserialize(value, attr, data, **options)
        if len(repr(read)) > LONGEST_CREDENTIAL or not isinstance(read.get("response"), dict):
            raise ValidationError([Key("field.invalid")])
        return read


class CredentialSchema(Resource):
    """The answer that a passkey signed."""

    credential = Credential(required=True)


class ProofSchema(Resource):
    """A second factor: a code, or what a passkey signed. A password alone only counts for one's own account."""

    code = code_field()
    credential = Credential()
    password = Password(required=False)

    @validates_schema
    def demand_one(self, payload: dict[str, Any], **_: Any) -> None:
        """Refuse more or fewer than one of them. Raises ValidationError."""
        if not (payload.get("code") or payload.get("credential") or payload.get("password")):
            raise ValidationError({"code": [Key("field.required")]})


class PasskeyOptions(Schema):
    """Options for `navigator.credentials`.

    `parseCreationOptionsFromJSON` or `parseRequestOptionsFromJSON` reads them.
    """

    options = fields.Dict()


class AddressSchema(Resource):
    """Somebody's address. The answer does not show whether it has an account."""

    email = Line(most=254, required=True)


class InvitationSchema(Resource):
    """Somebody is asked to join this organisation."""

    email = Email(required=True)
    role = Choice(ROLES, required=True)


class RoleSchema(Resource):
    """The role that somebody gets from now on."""

    role = Choice(ROLES, required=True)


class DepartureSchema(Resource):
    """Somebody leaves. They type the organisation's name in its address, to show that it is no mistake."""

    organisation = Line(most=100, required=True)


class AcceptanceSchema(Resource):
    """An invited person makes an account with a name, or joins with the password of the account that they have."""

    name = Line()
    password = Password()


class PlaceAnswer(Schema):
    """An organisation where somebody has a seat, and the role of that seat."""

    slug = fields.String()
    name = fields.String()
    role = fields.String()


class PersonAnswer(Schema):
    """Somebody who logs in."""

    id = fields.UUID()
    name = fields.String()
    email = fields.String()


class MemberAnswer(PersonAnswer):
    """A person with a role in an organisation. `counts_from` is set when their decisions do not count yet.

    `ends_from` is when an owner, who was asked to go, may be removed or get another role. `end_asked_by` lists who ask
    for it.
    """

    role = fields.String()
    counts_from = fields.AwareDateTime(allow_none=True)
    ends_from = fields.AwareDateTime(allow_none=True)
    end_asked_by = fields.List(fields.UUID())


class FactorRemovalAnswer(Schema):
    """Whether the second factor is removed. If not, other organisations of the person must agree first."""

    removed = fields.Boolean()


class MembersAnswer(Schema):
    """The members, by name."""

    items = fields.List(fields.Nested(MemberAnswer))


class SessionAnswer(Schema):
    """A new session. `token` goes in the header `Authorization: Bearer` of later requests, and is shown once."""

    token = fields.String()
    user = fields.Nested(PersonAnswer)
    organisations = fields.List(fields.Nested(PlaceAnswer))
    second_factor = fields.String(metadata={"enum": [GIVEN, REQUIRED, TO_SET_UP, NOT_NEEDED]})


class InvitationAnswer(Schema):
    """What a mailed link stands for, with a breach when the message was about one."""

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
    """A person who was invited and did not answer yet. `invited_by` is a name, null when it is not known any more."""

    id = fields.UUID()
    email = fields.String()
    role = fields.String()
    invited_by = fields.String(allow_none=True)
    created_at = fields.AwareDateTime()
    expires_at = fields.AwareDateTime()


class PendingInvitationsAnswer(Schema):
    """The invitations, the newest first."""

    items = fields.List(fields.Nested(PendingInvitationAnswer))

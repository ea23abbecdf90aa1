"""One's own account: what is sent in, and what is answered about it."""

from marshmallow import Schema, fields

from service.schemas.fields import Choice, Choices, Line, Password, Phone
from service.schemas.person import Credential, code_field
from service.schemas.resource import Resource
from service.words.texts import LOCALES
from workflows.accounts import own_account


class CodeSchema(Resource):
    """A code of the app, or a recovery code."""

    code = code_field(required=True)


class PasswordSchema(Resource):
    """The current password, as a proof."""

    password = Password()


class NewPasskeySchema(Resource):
    """A passkey that the browser made, and the name that its owner gives it."""

    name = Line(most=60, required=True)
    credential = Credential(required=True)


class PasswordChange(Resource):
    """The current password, when there is one, and the new one."""

    password = Password(required=False)
    new_password = Password()


class MailChoice(Resource):
    """The kinds of mail that a person wants, and the language of their mails and pages."""

    wanted = Choices(own_account.KINDS_OF_MAIL, load_default=list)
    language = Choice(LOCALES, required=True)


class ReporterSchema(Resource):
    """What the authority asks of a person who reports, beside their name and address. Null empties it."""

    function = Line(most=100)
    phone = Phone()


class ReporterAnswer(Schema):
    """Your function and telephone number; null is: not said yet."""

    function = fields.String(allow_none=True)
    phone = fields.String(allow_none=True)


class NewPassword(Resource):
    """A new password, by a mailed link."""

    new_password = Password()


class AppAnswer(Schema):
    """A secret for an app, shown once: as text, as an address, and as a picture."""

    secret = fields.String()
    uri = fields.String()
    qr = fields.String()


class RecoveryCodes(Schema):
    """Ten codes, shown once. Each works once in place of a second factor."""

    recovery_codes = fields.List(fields.String())


class PasskeyAnswer(Schema):
    """One passkey."""

    id = fields.UUID()
    name = fields.String()
    created_at = fields.AwareDateTime()
    last_used_at = fields.AwareDateTime(allow_none=True)


class SessionInList(Schema):
    """One login that can still be used. `browser` is in words, `this_one` is the session of the request."""

    id = fields.UUID()
    browser = fields.String()
    created_at = fields.AwareDateTime()
    last_seen_at = fields.AwareDateTime()
    this_one = fields.Boolean()

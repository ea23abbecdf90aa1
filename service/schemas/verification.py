"""Whether an organisation proved that a register is its own, and the code from its letter."""

from marshmallow import Schema, fields

from service.schemas.fields import Line
from service.schemas.proof import ProofAnswer
from service.schemas.resource import Resource


class LetterCodeSchema(Resource):
    """The code as it stands in the letter. Capitals, spaces and dashes do not matter."""

    code = Line(required=True)


class VerificationAnswer(Schema):
    """Since when it is proven, and how; null means not proven. Also what the organisation can do to prove it."""

    verified_at = fields.AwareDateTime(allow_none=True)
    verified_how = fields.String(allow_none=True, metadata={"description": "letter, operator or provider"})
    proof = fields.Nested(ProofAnswer, allow_none=True)
    kvk_number = fields.String(allow_none=True)
    letter_until = fields.AwareDateTime(allow_none=True, metadata={"description": "a letter is open until then"})
    tries_left = fields.Integer(allow_none=True, metadata={"description": "for the code of that letter"})

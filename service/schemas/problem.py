"""The form of a refusal: problem details of RFC 9457."""

from marshmallow import Schema, fields


class FaultAnswer(Schema):
    """One fault, with its field and, in a list, its line and the name of that list."""

    field = fields.String(required=True)
    line = fields.Integer()
    list = fields.String(metadata={"description": "the name of the file that the line is of"})
    key = fields.String(required=True)
    message = fields.String(required=True)


class Problem(Schema):
    """`key` is for programs, `detail` and `message` are for people, in their language."""

    type = fields.String(required=True)
    title = fields.String(required=True)
    status = fields.Integer(required=True)
    detail = fields.String(required=True)
    key = fields.String(required=True)
    errors = fields.List(fields.Nested(FaultAnswer))

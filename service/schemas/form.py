"""The authority's form, in the same form as `meldketen law form` prints it."""

from marshmallow import Schema, fields


class FormAnswer(Schema):
    """The chapters with their questions, each with its state.

    `blocks` names the questions without which it cannot be sent.
    """

    chapters = fields.List(fields.Dict())
    sums = fields.Dict(keys=fields.String(), values=fields.Integer())
    shown = fields.Integer()
    blocks = fields.Dict(keys=fields.String(), values=fields.List(fields.String()))
    source = fields.String()
    about = fields.List(fields.String())

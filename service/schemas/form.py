"""The authority's form as `meldketen law form` gives it too."""

from marshmallow import Schema, fields


class FormAnswer(Schema):
    """The chapters with their questions, each with its state; `blocks` names the questions that hold up sending."""

    chapters = fields.List(fields.Dict())
    sums = fields.Dict(keys=fields.String(), values=fields.Integer())
    shown = fields.Integer()
    blocks = fields.Dict(keys=fields.String(), values=fields.List(fields.String()))
    source = fields.String()
    about = fields.List(fields.String())

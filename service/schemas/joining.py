"""A second register of one organisation, which its owner can join into this one."""

from marshmallow import Schema, fields


class JoinableAnswer(Schema):
    """Another register with the same number that this owner has too. `open_dossiers`: what is not finished there.

    `loses_proof`: it is verified and this one is not. `without_place`: its people without a seat here (an owner keeps
    the role of owner).
    """

    register = fields.UUID()
    name = fields.String()
    slug = fields.String()
    open_dossiers = fields.Integer()
    is_office = fields.Boolean()
    loses_proof = fields.Boolean()
    without_place = fields.Integer()
    can_be_joined = fields.Boolean()


class JoinablesAnswer(Schema):
    """All of these registers, by name."""

    items = fields.List(fields.Nested(JoinableAnswer))


class JoinedAnswer(Schema):
    """The number of agreements that came along."""

    agreements = fields.Integer()

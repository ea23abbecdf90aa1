"""The authority's form, as `meldketen law form` prints it, and what changed since it was sent."""

from marshmallow import Schema, fields


class FormAnswer(Schema):
    """The chapters with their questions, each with its state.

    `blocks` names the questions without which it cannot be sent. `kept_at` is when its submission was recorded and the
    answers were kept as they were; null before that, and where nothing was kept: then the answers follow from what is
    known now. `later` has each question that is answered otherwise since: its `id`, the question `before` (as sent) and
    `after` (as known now); null where it is not asked. `beside` has settings of the organisation that no known question
    asks (`trade_names`, `size`), by the question beside whose answer a page shows them; nothing once it was sent.
    """

    chapters = fields.List(fields.Dict())
    sums = fields.Dict(keys=fields.String(), values=fields.Integer())
    shown = fields.Integer()
    blocks = fields.Dict(keys=fields.String(), values=fields.List(fields.String()))
    source = fields.String()
    about = fields.List(fields.String())
    kept_at = fields.DateTime(allow_none=True)
    later = fields.List(fields.Dict())
    beside = fields.Dict(keys=fields.String(), values=fields.Dict())

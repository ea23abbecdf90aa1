"""The register (Art. 33(5)) as it is shown: its rows, one breach whole, its history."""

from marshmallow import Schema, fields

from service.schemas.run import RunAnswer


class BreachRow(Schema):
    """A breach in a list: only what a list shows."""

    id = fields.UUID()
    reference = fields.String()
    title = fields.String()
    origin = fields.String()
    processor_name = fields.String(allow_none=True)
    found_at = fields.AwareDateTime()
    became_aware_at = fields.AwareDateTime(allow_none=True)
    alarm_at = fields.AwareDateTime(allow_none=True)
    due_at = fields.AwareDateTime(allow_none=True)
    risk = fields.String(allow_none=True)
    decision = fields.String(allow_none=True)
    decided_at = fields.AwareDateTime(allow_none=True)
    submitted_at = fields.AwareDateTime(allow_none=True)
    people_min = fields.Integer(allow_none=True)
    people_max = fields.Integer(allow_none=True)
    created_at = fields.AwareDateTime()


class BreachAnswer(BreachRow):
    """A breach, what was decided and why, and its dossier. `version` is also the ETag."""

    happened_from = fields.AwareDateTime(allow_none=True)
    happened_until = fields.AwareDateTime(allow_none=True)
    aware_how = fields.String(allow_none=True)
    terms = fields.Dict(allow_none=True)
    description = fields.String()
    cause = fields.String(allow_none=True)
    consequences = fields.String(allow_none=True)
    measures = fields.String(allow_none=True)
    facts = fields.Dict()
    financial_undertaking = fields.Boolean(allow_none=True)
    acknowledged_at = fields.AwareDateTime(allow_none=True)
    risk_reason = fields.String(allow_none=True)
    people_exception = fields.String(allow_none=True)
    people_reason = fields.String(allow_none=True)
    decision_reason = fields.String(allow_none=True)
    draft = fields.Dict(allow_none=True)
    authority_number = fields.String(allow_none=True)
    late_reason = fields.String(allow_none=True)
    notice_id = fields.UUID(allow_none=True)
    run = fields.Nested(RunAnswer)
    version = fields.Integer()


class HistoryRow(Schema):
    """What happened, when, by whom. `hash` follows from the entry before it."""

    seq = fields.Integer()
    at = fields.AwareDateTime()
    what = fields.String()
    actor_name = fields.String()
    details = fields.Dict()
    hash = fields.Function(lambda entry: entry.hash.hex(), metadata={"type": "string"})


class HistoryAnswer(Schema):
    """The whole story of one breach, oldest first."""

    items = fields.List(fields.Nested(HistoryRow))


class ReceiptAnswer(Schema):
    """When receipt was confirmed; the first time stands."""

    acknowledged_at = fields.AwareDateTime()

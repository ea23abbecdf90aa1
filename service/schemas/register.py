"""The register (Art. 33(5)) as it is shown: its rows, one breach as a whole, its history."""

from marshmallow import Schema, fields

from service.schemas.run import AlikeAnswer, RunAnswer
from service.words.link_holder import holder_words
from service.words.texts import catalogue, locale, t


class DoneAloneRow(Schema):
    """What one person did alone that otherwise takes several, and who reviewed it. It stays for good."""

    workflow = fields.String()
    steps = fields.List(fields.String())
    by_name = fields.String()
    created_at = fields.AwareDateTime()
    reviewed_by_name = fields.String(allow_none=True, metadata={"description": "null: nobody else looked yet"})
    reviewed_at = fields.AwareDateTime(allow_none=True)
    alike = fields.List(fields.Nested(AlikeAnswer), metadata={"description": "who reviewed looks like who did these"})


class BreachRow(Schema):
    """A breach in a list, with only the columns that a list shows."""

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
    changed_after_approval = fields.Boolean(metadata={"description": "facts came between approval and submission"})
    stated_aware_at = fields.AwareDateTime(allow_none=True)
    stated_aware_how = fields.String(allow_none=True)
    stated_by = fields.String(
        allow_none=True, metadata={"description": "the processor that states when this organisation was aware"}
    )
    own_aware_stated_at = fields.AwareDateTime(
        allow_none=True, metadata={"description": "null: the clock runs on what the processor stated, if it did"}
    )
    earliest_aware_at = fields.AwareDateTime(
        allow_none=True,
        metadata={"description": "the earliest moment that anybody stated: from it reasons for a delay are asked"},
    )
    later_aware_at = fields.AwareDateTime(
        allow_none=True, metadata={"description": "stated by this organisation; counts once the decision is approved"}
    )
    later_aware_stated_at = fields.AwareDateTime(allow_none=True)
    done_alone = fields.List(fields.Nested(DoneAloneRow))


class EnisaAnswer(Schema):
    """ENISA 2013: the lowest and highest score that the answers leave open, in quarters and as the score itself."""

    least = fields.Integer(metadata={"description": "in quarters of a point"})
    most = fields.Integer(metadata={"description": "in quarters of a point"})
    score_least = fields.Function(lambda enisa: enisa["least"] / 4, metadata={"type": "number"})
    score_most = fields.Function(lambda enisa: enisa["most"] / 4, metadata={"type": "number"})
    band_least = fields.String()
    band_most = fields.String()
    flags = fields.List(fields.String())


class BreachAnswer(BreachRow):
    """A breach, what was decided and why, and its dossier. `version` is also the ETag."""

    happened_from = fields.AwareDateTime(allow_none=True)
    happened_until = fields.AwareDateTime(allow_none=True)
    aware_how = fields.String(allow_none=True)
    own_aware_reason = fields.String(allow_none=True)
    later_aware_reason = fields.String(allow_none=True)
    terms = fields.Dict(allow_none=True)
    description = fields.String()
    cause = fields.String(allow_none=True)
    consequences = fields.String(allow_none=True)
    measures = fields.String(allow_none=True)
    facts = fields.Dict()
    financial_undertaking = fields.Boolean(allow_none=True)
    acknowledged_at = fields.AwareDateTime(allow_none=True)
    risk_reason = fields.String(allow_none=True)
    advice = fields.Dict(allow_none=True, metadata={"description": "as it stood when a person assessed"})
    departure_reason = fields.String(allow_none=True)
    severity_answers = fields.Dict(allow_none=True)
    enisa = fields.Nested(EnisaAnswer, allow_none=True)
    authority_severity = fields.String(allow_none=True)
    edpb_severity = fields.String(allow_none=True)
    facts_changed = fields.Boolean(metadata={"description": "since it was assessed or decided, and nobody looked yet"})
    moved_term = fields.Dict(allow_none=True)
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
    """What happened, when, by whom. `hash` is computed from the entry and the hash of the entry before it."""

    seq = fields.Integer()
    at = fields.AwareDateTime()
    what = fields.String()
    actor_name = fields.String(allow_none=True, metadata={"description": "null when the name was erased"})
    link_holder = fields.Function(
        lambda entry: holder_words(entry.actor_name or t("labels.erased"), entry.details, catalogue(locale())),
        metadata={
            "type": ["string", "null"],
            "description": "not null: whoever held a mailed link did it; actor_name was typed",
        },
    )  # fmt: skip
    role = fields.String(allow_none=True)
    for_id = fields.UUID(allow_none=True, metadata={"description": "as the deputy of whom"})
    version = fields.Integer(allow_none=True, metadata={"description": "of the facts that it was done on"})
    terms = fields.String(allow_none=True, metadata={"description": "of the law, that applied"})
    details = fields.Dict()
    hash = fields.Function(lambda entry: entry.hash.hex(), metadata={"type": "string"})


class HistoryAnswer(Schema):
    """The whole history of one breach, oldest first."""

    items = fields.List(fields.Nested(HistoryRow))


class ReceiptAnswer(Schema):
    """The moment when receipt was confirmed; the first one stands. null: nobody sent a message about this breach."""

    acknowledged_at = fields.AwareDateTime(allow_none=True)

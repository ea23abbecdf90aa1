"""The register (Art. 33(5)) as it is shown: its rows, one breach as a whole, its history."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

from marshmallow import Schema, fields
from sqlalchemy import Column

from service.schemas.run import AlikeAnswer, RunAnswer, TurnAnswer
from service.words.link_holder import holder_words
from service.words.texts import catalogue, locale, t
from tenants.register.breaches import columns_shown
from workflows.notification.decision_state import STATES

OF_TYPE: dict[type[Any], type[fields.Field[Any]]] = {
    str: fields.String, int: fields.Integer, bool: fields.Boolean, UUID: fields.UUID, dict: fields.Dict,
    datetime: fields.AwareDateTime, object: fields.Dict,
}  # fmt: skip
DESCRIBED = {
    "advice": "as it stood when a person assessed",
    "stated_by": "the processor that states when this organisation was aware",
    "own_aware_stated_at": "null: the clock runs on what the processor stated, if it did",
    "earliest_aware_at": "the earliest moment that anybody stated: from it reasons for a delay are asked",
    "found_at": "null: taken over from an old register",
    "taken_over": "what the old register said, with days as days; null: not taken over",
    "later_aware_at": "stated by this organisation; counts once the decision is approved",
}


def fields_of(columns: Iterable[Column[Any]]) -> dict[str, fields.Field[Any]]:
    """Return a field of an answer for each column, of its type; null where the column may be null."""
    return {column.name: _field_of(column) for column in columns}


def _field_of(column: Column[Any]) -> fields.Field[Any]:
    words = {"description": DESCRIBED[column.name]} if column.name in DESCRIBED else {}
    return OF_TYPE[column.type.python_type](allow_none=column.nullable or None, metadata=words)


class DoneAloneRow(Schema):
    """What one person did alone that otherwise takes several, and who reviewed it. It stays for good."""

    workflow = fields.String()
    steps = fields.List(fields.String())
    by_name = fields.String()
    by_for = fields.UUID(allow_none=True, metadata={"description": "as the deputy of which owner"})
    created_at = fields.AwareDateTime()
    reviewed_by_name = fields.String(allow_none=True, metadata={"description": "null: nobody else looked yet"})
    reviewed_at = fields.AwareDateTime(allow_none=True)
    alike = fields.List(fields.Nested(AlikeAnswer), metadata={"description": "who reviewed looks like who did these"})


class DueAnswer(Schema):
    """One thing that is still due once the breach was decided or notified."""

    what = fields.String(metadata={"description": "notice, not_reached, on_the_way, questions or measures"})
    count = fields.Integer(allow_none=True, metadata={"description": "of people or questions; null: not counted"})


class BreachRow(Schema):
    """A breach in a list, with only the columns that a list shows."""

    class Meta:
        include = fields_of(column for column in columns_shown("answered") if column.info.get("listed"))

    id = fields.UUID()
    created_at = fields.AwareDateTime(
        metadata={"description": "when it was recorded; of an old register, the day that it had there"}
    )
    changed_after_approval = fields.Boolean(metadata={"description": "facts came between approval and submission"})
    decision_state = fields.String(metadata={"enum": STATES, "description": "approved: to be sent, and not sent yet"})
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

    class Meta:
        include = fields_of(column for column in columns_shown("answered") if not column.info.get("listed"))

    enisa = fields.Nested(EnisaAnswer, allow_none=True)
    facts_changed = fields.Boolean(metadata={"description": "since it was assessed or decided, and nobody looked yet"})
    notice_id = fields.UUID(allow_none=True)
    run = fields.Nested(RunAnswer, allow_none=True, metadata={"description": "null: taken over from an old register"})
    still_due = fields.List(
        fields.Nested(DueAnswer), metadata={"description": "empty while a step of its run is due, and when it is ready"}
    )
    turn = fields.Nested(TurnAnswer, allow_none=True, metadata={"description": "null: no person's step is due"})


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
    for_name = fields.String(allow_none=True, metadata={"description": "null also when that account ended"})
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

"""The state of a dossier: its step and its clocks."""

from marshmallow import Schema, fields

from workflows.decisions.turn import HINDRANCES, WAYS_OUT


class ClockAnswer(Schema):
    """One period. People work by `alarm_at`; `due_at` is the first moment that is late."""

    name = fields.String()
    state = fields.String()
    alarm_at = fields.AwareDateTime(allow_none=True)
    due_at = fields.AwareDateTime(allow_none=True)
    stopped_at = fields.AwareDateTime(allow_none=True)


class AlikeAnswer(Schema):
    """An earlier step that was done by an account like this one, and in what the accounts are alike."""

    step = fields.String()
    why = fields.List(fields.String(metadata={"enum": ["mailbox", "app", "passkey", "browser"]}))


class StepAnswer(Schema):
    """One step that was done, or is open."""

    name = fields.String()
    state = fields.String()
    attempt = fields.Integer(metadata={"description": "how often a machine tried it; 0 for a person's"})
    outcome = fields.String(allow_none=True)
    reason = fields.String(allow_none=True)
    done_by_name = fields.String(allow_none=True)
    done_for = fields.UUID(allow_none=True, metadata={"description": "as the deputy of whom"})
    done_at = fields.AwareDateTime(allow_none=True)
    alike = fields.List(fields.Nested(AlikeAnswer))


class RunAnswer(Schema):
    """The dossier. `step` is what is to be done now, null when there is nothing to do."""

    id = fields.UUID()
    state = fields.String()
    step = fields.Function(lambda run: opened.name if (opened := run.open_step()) else None)
    steps = fields.List(fields.Nested(StepAnswer))
    clocks = fields.List(fields.Nested(ClockAnswer))


class LaterAnswer(Schema):
    """Somebody who can do the step from a later moment: their seat or second factor does not count yet."""

    name = fields.String()
    counts_from = fields.AwareDateTime()


class TurnAnswer(Schema):
    """Whose turn the step of a person is that is due now, or once the service is done with its own step."""

    step = fields.String()
    me = fields.Boolean(attribute="is_mine", metadata={"description": "whoever asks is asked to do it"})
    me_alone = fields.Boolean(attribute="may_alone", metadata={"description": "alone, with a reason (broken-glass)"})
    hindrance = fields.String(allow_none=True, metadata={"enum": [*HINDRANCES, None]})
    names = fields.List(fields.String(), attribute="people", metadata={"description": "who can do it now"})
    later = fields.List(fields.Nested(LaterAnswer))
    way_out = fields.String(allow_none=True, metadata={
        "enum": [*WAYS_OUT, None], "description": "when nobody can do it now; null while somebody can",
    })  # fmt: skip
    owners = fields.Function(
        lambda turn: [owner.name for owner in turn.owners],
        metadata={"type": "array", "items": {"type": "string"}, "description": "who could do it alone, with a reason"},
    )

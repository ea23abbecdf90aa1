"""Proposals beside the faults of a file, as somebody accepts them or takes that back."""

from dataclasses import dataclass
from typing import Any

from marshmallow import ValidationError, post_load, validates_schema

from service.schemas.faults import Key
from service.schemas.fields import Line, Many, Part, Whole
from service.schemas.resource import Resource
from service.schemas.uploaded_file import LAST_ROW

LONGEST_HEADING, LONGEST_PROPOSAL, MOST_AT_ONCE = 300, 400, 1_000
PROPOSALS = {
    "accept": [{"key": "client.unknown"}, {"row": 4, "column": "E-mail", "proposal": "bjorn@kooi.example"}],
    "take_back": [{"row": 9, "column": "E-mail"}],
}  # fmt: skip


@dataclass(frozen=True)
class Accepting:
    """What somebody accepts: the proposal in this row and column (`proposal`: which, where there are several), or with
    `key` all proposals beside faults of that kind. `is_undone`: it is taken back."""

    row: int | None = None
    column: str | None = None
    proposal: str | None = None
    key: str | None = None
    is_undone: bool = False


class AcceptedSchema(Resource):
    """A proposal in this row and column; `proposal` says which, where there are several. Or with `key`, and nothing
    beside it, the proposals of all faults of that kind."""

    row = Whole(least=1, most=LAST_ROW)
    column = Line(most=LONGEST_HEADING)
    proposal = Line(most=LONGEST_PROPOSAL)
    key = Line(most=60)

    @validates_schema
    def _here_or_everywhere(self, values: dict[str, Any], **_: Any) -> None:
        """Raise ValidationError for a kind of faults with a place beside it: nobody can say which of both is meant.
        And for a place without its row or its column."""
        here = {name: values[name] is not None for name in ("row", "column", "proposal")}
        if values["key"] is not None and any(here.values()):
            raise ValidationError({"key": [Key("file.here_or_everywhere")]})
        if values["key"] is None and not (here["row"] and here["column"]):
            raise ValidationError({name: [Key("field.required")] for name in ("row", "column") if not here[name]})


class TakenBackSchema(Resource):
    """A proposal that was accepted in this row and column, and is not any more."""

    row = Whole(least=1, most=LAST_ROW, required=True)
    column = Line(most=LONGEST_HEADING, required=True)


class ProposalsSchema(Resource):
    """Which proposals are accepted in place of what the file says, and of which that is taken back."""

    accept = Many(Part(AcceptedSchema, required=True), most=MOST_AT_ONCE)
    take_back = Many(Part(TakenBackSchema, required=True), most=MOST_AT_ONCE)

    @post_load
    def acceptings(self, values: dict[str, Any], **_: Any) -> dict[str, Any]:
        """Return what is accepted, and what is taken back."""
        undone = [Accepting(**row, is_undone=True) for row in values["take_back"] or ()]
        return {"acceptings": [*undone, *(Accepting(**row) for row in values["accept"] or ())]}

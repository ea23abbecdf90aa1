"""A file that is brought in through the API: what it is read as, its dry run, and what is taken of it."""

from collections import Counter
from dataclasses import dataclass
from typing import Any

from marshmallow import Schema, ValidationError, fields, post_load, validates_schema
from marshmallow.validate import OneOf

from service.reading.fields import PURPOSES as FIELDS
from service.reading.outcome import Choices as Chosen
from service.schemas.clients_from_file import ForAllSchema, ForClients, ForClientsSchema
from service.schemas.faults import Key
from service.schemas.fields import Choice, Identifier, Line, Many, Part, Whole, YesNo
from service.schemas.here_already import HereAlreadyAnswer
from service.schemas.resource import Resource
from service.schemas.second_list import HOW, ComparedAnswer
from tenants.files.uploaded import TAKEN, UNDONE, WAITING

MOST_COLUMNS, LAST_ROW = 1_000, 1_048_576
"""As many columns as are read, and the last row of a spreadsheet."""
FIELD_NAMES = tuple(dict.fromkeys(field.name for fields_ in FIELDS.values() for field in fields_.fields))
ORDERS = ("day-month", "month-day", "surname-first", "as-written")
EXAMPLE = {
    "id": "0199d3f2-1c5e-7a44-9c55-2f0f7a1f6f10", "purpose": "recipients", "name": "leden.csv", "state": "waiting",
    "notice_id": "0199d3f0-77aa-7b0e-8a39-4f6f0a2b9c11", "hash": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd1",
    "is_confirmed": False, "is_remembered": False, "encoding": "cp1252", "sheet": "", "sheets": [],
    "headings_row": 3, "columns": [
        {"place": 0, "heading": "Lidnr.", "field": None, "examples": ["1041", "1042"], "left_out": ""},
        {"place": 1, "heading": "Naam", "field": "name", "examples": ["Björn van der Kooi"], "left_out": ""},
        {"place": 2, "heading": "E-mail", "field": "email", "examples": ["bjorn@kooi.example"], "left_out": ""},
    ],
    "asks": [{"key": "file.total_row", "text": "Deze rijen zijn een optelling: 9. We slaan ze over.", "columns": [],
              "rows": [9], "count": 1, "choices": [], "proposed": "", "examples": []}],
    "rows": 5, "fits": 5, "faults": 0, "wrong_rows": 0, "left_out_rows": 0, "accepted": 0, "result": None, "version": 1,
}  # fmt: skip
"""An answer about a file, for the specification."""
MAPPING = {"columns": [{"place": 1, "field": "name"}, {"place": 2, "field": "email"}], "headings_row": 3}
DRY_RUN = EXAMPLE | {
    "items": [{"row": 4, "name": "Björn van der Kooi", "address": "bjorn@kooi.example", "channel": "email"}],
    "next_page": None, "known": None, "alike": None, "differ": None, "equal": None, "compared": {
        "listed": 3, "in_file": 5, "both": 1, "list": "3:9f86d081", "lost": {"replace": 2, "add": 0, "take_away": 1},
        "after": {"replace": 5, "add": 7, "take_away": 2}, "too_long": [], "elsewhere": 4,
        "first_elsewhere": ["Björn van der Kooi, bjorn@kooi.example"],
    },
}  # fmt: skip
TAKEN_EXAMPLE = EXAMPLE | {
    "state": "taken", "is_confirmed": True, "version": 3, "columns": [], "asks": [], "encoding": None, "sheet": None,
    "headings_row": None, "rows": None, "fits": None, "faults": None, "wrong_rows": None, "left_out_rows": None,
    "result": {"rows": 5, "fits": 5, "how": "add", "people": 7, "list": "7:4e07408562"},
}  # fmt: skip

ALL, FITTING = "all", "fitting"


@dataclass(frozen=True)
class Taking:
    """What to take: "all" or "fitting". `how`: what becomes of a list that is there: "replace", "add", "take_away".

    `answers`: what a person says about all clients of a file. `list`: which list its sender looked at, as `compared`
    says.
    """

    take: str
    how: str | None = None
    answers: ForClients | None = None
    list: str | None = None


class FileForm(Resource):
    """What comes beside the file itself."""

    purpose = Choice(tuple(FIELDS), required=True)
    notice_id = Identifier()


class MappedColumn(Resource):
    """A column of the file, counted from 0, and what it holds."""

    place = Whole(least=0, most=MOST_COLUMNS, required=True)
    field = Choice(FIELD_NAMES, required=True)


class DayOrder(Resource):
    """In which order a column has its days, or the parts of its names."""

    place = Whole(least=0, most=MOST_COLUMNS, required=True)
    order = Choice(ORDERS, required=True)


class MappingSchema(Resource):
    """Which column is which, and what else a person says about the file. Columns that are not named are not kept.

    Without `columns` the file is read again as the rest says, such as another sheet, and its columns are proposed anew.
    """

    columns = Many(Part(MappedColumn, required=True), most=MOST_COLUMNS)
    orders = Many(Part(DayOrder, required=True), most=MOST_COLUMNS)
    headings_row = Whole(least=0, most=LAST_ROW)
    sheet = Line(most=100)
    encoding = Line(most=40)
    hidden_rows = YesNo()
    side_rows = YesNo()
    answers = Part(ForAllSchema)

    @validates_schema
    def _each_column_once(self, values: dict[str, Any], **_: Any) -> None:
        """Raise ValidationError for columns that are named twice: nobody can say which of the two is meant."""
        times = {name: Counter(row["place"] for row in values[name] or ()) for name in ("columns", "orders")}
        faults = {
            name: [Key("file.column_twice", place=place) for place, count in places.items() if count > 1]
            for name, places in times.items()
        }  # fmt: skip
        if any(faults.values()):
            raise ValidationError({name: keys for name, keys in faults.items() if keys})

    @post_load
    def choices(self, values: dict[str, Any], **_: Any) -> dict[str, Any]:
        """Return the choices as the reader takes them."""
        named = values["columns"]
        mapping = None if named is None else {row["place"]: row["field"] for row in named}
        orders = {row["place"]: row["order"] for row in values["orders"] or ()}
        chosen = Chosen(
            values["encoding"], values["sheet"], values["headings_row"], mapping, bool(values["hidden_rows"]), orders,
            side_rows=bool(values["side_rows"]),
        )  # fmt: skip
        return {"choices": chosen, "answers": values["answers"]}


class TakingSchema(Resource):
    """What to take of a file. `how` is asked where the list of the notice has people already."""

    makes = Taking
    take = Choice((ALL, FITTING), required=True)
    how = Choice(HOW)
    answers = Part(ForClientsSchema)
    list = Line()


class DryRunAsked(Schema):
    """Which rows of the dry run are wanted, by page, counted from 0."""

    show = Choice(("fits", "faults"), load_default="fits")
    page = Whole(least=0, most=LAST_ROW, load_default=0, allow_none=False)


class ColumnAnswer(Schema):
    """A column of the file."""

    place = fields.Integer()
    heading = fields.String()
    field = fields.String(allow_none=True, metadata={"description": "null: it is not kept"})
    examples = fields.List(fields.String())
    left_out = fields.String(metadata={
        "description": "citizen_numbers, hidden, or blank; citizen_numbers_used: it is used, its values are not shown"
    })  # fmt: skip


class AskAnswer(Schema):
    """A question about the file, in words; `proposed` is how it is read until somebody says otherwise."""

    key = fields.String()
    text = fields.String()
    columns = fields.List(fields.String())
    rows = fields.List(fields.Integer())
    count = fields.Integer()
    choices = fields.List(fields.String())
    proposed = fields.String()
    examples = fields.List(fields.String())


class SheetAnswer(Schema):
    """A sheet of a workbook."""

    name = fields.String()
    is_hidden = fields.Boolean()


NOT_REPEATED = {"description": "null in the answer to a repeated request: ask for the file"}
"""What holds values of the file, and is not kept for requests that are repeated."""


class FileAnswer(Schema):
    """A file and its reading. After it was taken only its name, its hash and `result` are left."""

    id = fields.UUID()
    purpose = fields.String(validate=OneOf(tuple(FIELDS)))
    notice_id = fields.UUID(allow_none=True)
    name = fields.String(allow_none=True, metadata=NOT_REPEATED)
    hash = fields.String(metadata={"description": "SHA-256 of the file, in hexadecimals"})
    state = fields.String(validate=OneOf((WAITING, TAKEN, UNDONE)))
    is_confirmed = fields.Boolean(metadata={"description": "whether somebody said which column is which"})
    is_remembered = fields.Boolean(metadata={"description": "whether the columns are as chosen for an earlier file"})
    encoding = fields.String(allow_none=True)
    sheet = fields.String(allow_none=True)
    sheets = fields.List(fields.Nested(SheetAnswer))
    headings_row = fields.Integer(allow_none=True, metadata={"description": "0: the file has none"})
    columns = fields.List(fields.Nested(ColumnAnswer), allow_none=True, metadata=NOT_REPEATED)
    asks = fields.List(fields.Nested(AskAnswer), allow_none=True, metadata=NOT_REPEATED)
    rows = fields.Integer(allow_none=True)
    fits = fields.Integer(allow_none=True)
    faults = fields.Integer(allow_none=True, metadata={"description": "what is wrong: a row may have several"})
    wrong_rows = fields.Integer(allow_none=True, metadata={"description": "rows with a fault"})
    left_out_rows = fields.Integer(
        allow_none=True, metadata={"description": "rows that say nothing new; with `fits` and `wrong_rows`: all `rows`"}
    )
    accepted = fields.Integer(metadata={"description": "proposals that were accepted in place of what the file says"})
    result = fields.Dict(keys=fields.String(), allow_none=True)
    version = fields.Integer()


class DryRunAnswer(FileAnswer, HereAlreadyAnswer):
    """A file with one page of its rows: as they would be kept, or what is wrong with them."""

    items = fields.List(fields.Dict(keys=fields.String()))
    next_page = fields.Integer(allow_none=True, metadata={"description": "null on the last page"})
    compared = fields.Nested(
        ComparedAnswer, allow_none=True, metadata={"description": "null: no list is there yet, or a later page"}
    )

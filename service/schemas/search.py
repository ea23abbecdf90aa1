"""A search: what was typed, which kind, and what was found."""

from marshmallow import Schema, fields
from marshmallow.validate import OneOf

from service.schemas.fields import Choice, Line
from service.schemas.paging import PageSchema
from tenants.search.finding import KINDS
from tenants.search.terms import LONGEST_SEARCH


class SearchAskedSchema(PageSchema):
    """What is searched: `q`, of one kind or of all. `after` goes with a kind."""

    q = Line(most=LONGEST_SEARCH, required=True)
    kind = Choice(KINDS, load_default=None)


class TermAnswer(Schema):
    """One word as it was typed, and the words of this organisation that it stands for."""

    typed = fields.String()
    words = fields.List(fields.String(), metadata={"description": "empty: no word here is like it"})
    is_alike = fields.Boolean(metadata={"description": "typing errors were forgiven"})
    has_more = fields.Boolean(metadata={"description": "more words begin so than are searched"})


class HitRow(Schema):
    """One row that was found, whatever its kind."""

    id = fields.UUID()
    reference = fields.String(metadata={"description": "of a client its number, of a notice that of its breach"})
    title = fields.String(metadata={"description": "of a client its name, of a notice that of its breach"})
    state = fields.String(allow_none=True)
    at = fields.AwareDateTime(metadata={"description": "when it was recorded"})
    beside = fields.List(
        fields.String(), metadata={"description": "what holds the search, where reference and title do not"}
    )
    is_test = fields.Boolean(metadata={"description": "a client or an incident of a test that the office sent itself"})


class HitsAnswer(Schema):
    """The rows of one kind, the newest first."""

    kind = fields.String(validate=OneOf(KINDS))
    items = fields.List(fields.Nested(HitRow))
    next = fields.String(allow_none=True)
    is_cut = fields.Boolean(metadata={"description": "`next` goes on with older rows that were not read yet"})


class FoundAnswer(Schema):
    """What a search found: the words that it stands for, and a page of each kind."""

    terms = fields.List(fields.Nested(TermAnswer))
    kinds = fields.List(fields.Nested(HitsAnswer))
    more_is_pending = fields.Boolean(metadata={"description": "so much was just recorded that some is not found yet"})

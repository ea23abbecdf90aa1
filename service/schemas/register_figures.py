"""The register in figures, as the API answers it."""

from marshmallow import Schema, fields

from workflows.dossiers.register_figures import FIGURES, SUM, WORDS


class FigureRow(Schema):
    """One figure. Figures that are not named are 0."""

    group = fields.String(metadata={"enum": [*WORDS, SUM], "description": "sum: people, added up"})
    word = fields.String(metadata={"description": "what it counts; of sum: least or most"})
    figure = fields.String(
        allow_none=True, metadata={"enum": [*FIGURES, None], "description": "the filter of the list; null of sum"}
    )
    total = fields.Integer(allow_none=True, metadata={"description": "null: not known of every breach"})
    old = fields.Integer(allow_none=True, metadata={"description": "how many of them come from an old register"})
    estimated = fields.List(
        fields.String(), metadata={"description": "of sum: the years whose sum holds an estimate; so does the total",
                                   "example": ["2026"]},
    )  # fmt: skip
    years = fields.Dict(
        keys=fields.String(), values=fields.Integer(allow_none=True),
        metadata={"description": "by year of discovery in the Netherlands; unknown: nobody wrote it down",
                  "example": {"2026": 3, "2025": 1, "unknown": 2}},
    )  # fmt: skip


class FiguresAnswer(Schema):
    """The figures of a register, and the years of discovery, newest first."""

    years = fields.List(fields.String(), metadata={"example": ["2026", "2025", "unknown"]})
    items = fields.List(fields.Nested(FigureRow))

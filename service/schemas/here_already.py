"""What the dry run of an old register says of breaches that the register has already."""

from marshmallow import Schema, fields


class HereAlreadyAnswer(Schema):
    """Which breaches are here already, or look so; null for a file for another purpose."""

    known = fields.Integer(
        allow_none=True, metadata={"description": "breaches of an old register that are here already; else null"}
    )
    alike = fields.Integer(allow_none=True, metadata={
        "description": "breaches with the number of one that is here, and another title or day: they are taken as "
                       "other breaches; null for another purpose",
    })  # fmt: skip
    differ = fields.List(fields.Integer(), allow_none=True, metadata={
        "description": "rows of known breaches with the number of an old register, and another title or day than was "
                       "taken over: taking them changes nothing",
    })  # fmt: skip
    equal = fields.Integer(allow_none=True, metadata={
        "description": "rows of an old register without a number that say the same as a row before them: each is taken "
                       "as a breach of its own; null for another purpose",
    })  # fmt: skip

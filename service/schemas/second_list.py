"""A second list for one notice: what each way of taking it would do to the list that is there."""

from marshmallow import Schema, fields
from marshmallow.validate import OneOf

HOW = REPLACE, ADD, TAKE_AWAY = "replace", "add", "take_away"


class ByWayAnswer(Schema):
    """A number of people for each way to take a file."""

    replace = fields.Integer()
    add = fields.Integer()
    take_away = fields.Integer()


class ComparedAnswer(Schema):
    """How many people are on the list now, in the file, and in both: these go when the file is taken away."""

    listed = fields.Integer()
    in_file = fields.Integer()
    both = fields.Integer()
    list = fields.String(metadata={"description": "which list that is; sent along, another list is refused"})
    lost = fields.Nested(ByWayAnswer, metadata={"description": "people of the list who are not on it afterwards"})
    after = fields.Nested(ByWayAnswer, metadata={"description": "people on the list afterwards"})
    too_long = fields.List(
        fields.String(validate=OneOf(HOW)), metadata={"description": "ways that are refused: such a list is too long"}
    )
    elsewhere = fields.Integer(metadata={"description": "people of the file who are not on the list: taking away the "
                                                        "file takes nobody away for them"})
    first_elsewhere = fields.List(fields.String(), metadata={"description": "the first of these, at most five"})

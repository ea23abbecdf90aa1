"""The board of an incident: its sums, and which of its clients a list has, in which order."""

from marshmallow import Schema, fields
from marshmallow.validate import OneOf

from service.schemas.escalation import EscalationRow
from service.schemas.fields import Choice, Line
from service.schemas.paging import PageSchema
from service.schemas.people_counted import ESTIMATED, IN_ALL, IN_NO_SUM
from tenants.agreements.client_list import LONGEST_SEARCH
from workflows.escalation.board_list import ORDERS, TERM
from workflows.escalation.board_states import FILTERS, STATES, TERMS


class BoardAnswer(Schema):
    """How many controllers are in each state, at one moment.

    The numbers in `states` make the total. So do waiting, soon, late, informed, acknowledged and decided.
    """

    read_at = fields.AwareDateTime(metadata={"description": "the moment of the reading, for all of these numbers"})
    states = fields.Nested(
        Schema.from_dict({name: fields.Integer() for name in STATES}, name="BoardStates"),
        metadata={"description": "where each controller stands; those before informed still have to be informed"},
    )
    total = fields.Integer()
    waiting = fields.Integer()
    soon = fields.Integer()
    late = fields.Integer()
    informed = fields.Integer()
    acknowledged = fields.Integer()
    decided = fields.Integer()
    decided_alone = fields.Integer(metadata={"description": "of the decided: by one person, without a second"})
    informed_in_all = fields.Integer()
    informed_in_time = fields.Integer()
    informed_late = fields.Integer()
    call = fields.Integer()
    people_min = fields.Integer(allow_none=True, metadata=IN_ALL)
    people_max = fields.Integer(allow_none=True, metadata=IN_ALL)
    people_estimate = fields.Boolean(metadata=ESTIMATED)
    people_not_known = fields.Integer(metadata=IN_NO_SUM)


class BoardFilters(Schema):
    """Which clients of an incident are wanted, and in which order."""

    search = Line(most=LONGEST_SEARCH, load_default="")
    state = Choice(FILTERS, load_default=None)
    sort = Choice(ORDERS, load_default=TERM)


class BoardAskedSchema(BoardFilters, PageSchema):
    """A page of the clients of an incident, or of those that are wanted."""


class BoardRow(EscalationRow):
    """One controller in the list of a board, with where it stands and the number that the office knows it by."""

    client_number = fields.String()
    state = fields.String(validate=OneOf(STATES))
    term = fields.String(
        validate=OneOf(TERMS), allow_none=True, metadata={"description": "null once the controller is informed"}
    )

"""A controller that was told by telephone or letter."""

from service.schemas.fields import Choice, LongText
from service.schemas.incident import INFORMED_HOW
from service.schemas.moment import Moment
from service.schemas.resource import Resource


class CallSchema(Resource):
    """Art. 33(2): informed at that moment, in that way."""

    informed_at = Moment(required=True)
    how = Choice(INFORMED_HOW, required=True)
    note = LongText()

"""The first office of a new installation, as whoever sets it up types it."""

from service.schemas.fields import Choice, Email, KvkNumber, Line
from service.schemas.resource import Resource
from service.words.texts import LOCALES


class SetUpSchema(Resource):
    """The office, its first owner, and the language of its mail."""

    name = Line(required=True)
    kvk_number = KvkNumber(required=True)
    owner_name = Line(required=True)
    owner_email = Email(required=True)
    locale = Choice(LOCALES, required=True)

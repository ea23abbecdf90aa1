"""The ending of the address of a table: it says in which form the table comes."""

from flask import Flask
from werkzeug.routing import BaseConverter

from service.downloads.tables import CONTENT_TYPES

ENDINGS = tuple(CONTENT_TYPES)


class Ending(BaseConverter):
    """One of ENDINGS, in a rule such as "/register.<ending:ending>". Another ending is an unknown address."""

    regex = f"(?:{'|'.join(ENDINGS)})"


def register(app: Flask) -> None:
    """Let the rules of this app have an ending."""
    app.url_map.converters["ending"] = Ending

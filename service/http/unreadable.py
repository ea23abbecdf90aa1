"""What no part of the house could read is refused at the door: a NUL in an address or form, a body in broken chunks."""

from flask import Flask, current_app, request
from flask.typing import ResponseReturnValue
from gunicorn.http.errors import NoMoreData, ParseException
from werkzeug.exceptions import BadRequest

from service.admission.access import is_api


def _refuse_nul() -> None:
    """PostgreSQL keeps no NUL in a text, and no person types one."""
    texts = [request.path, *request.args.values()] + ([] if is_api() else [*request.form.values()])
    if any("\0" in text for text in texts):
        raise BadRequest()


def _broken_off(_: Exception) -> ResponseReturnValue:
    """The web server hears of it only when the body is read."""
    return current_app.make_response(current_app.handle_http_exception(BadRequest()))


def register(app: Flask) -> None:
    """Before anything is looked up, and when a body is read."""
    app.before_request(_refuse_nul)
    for fault in (ParseException, NoMoreData):
        app.register_error_handler(fault, _broken_off)

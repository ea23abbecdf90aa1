"""Requests that no code can read are refused first: a NUL in an address or form, a broken chunked body."""

from flask import Flask, current_app, request
from flask.typing import ResponseReturnValue
from gunicorn.http.errors import NoMoreData, ParseException
from werkzeug.exceptions import BadRequest

from service.admission.access import is_api


def _refuse_nul() -> None:
    """Raise BadRequest for a NUL: PostgreSQL cannot store it in a text, and no person types one."""
    texts = [request.path, *request.args.values()] + ([] if is_api() else [*request.form.values()])
    if any("\0" in text for text in texts):
        raise BadRequest()


def _broken_off(_: Exception) -> ResponseReturnValue:
    """Answer a request whose body breaks off. The web server notices that only when the body is read."""
    return current_app.make_response(current_app.handle_http_exception(BadRequest()))


def register(app: Flask) -> None:
    """Check for a NUL before any query, and for a broken body when it is read."""
    app.before_request(_refuse_nul)
    for fault in (ParseException, NoMoreData):
        app.register_error_handler(fault, _broken_off)

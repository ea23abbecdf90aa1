"""How large a form may be, judged before any of it is read as fields: reading many fields takes long, and so does
writing them into a page.

Whoever shows no session sends a name, a password, a code: that is small. Whoever has one may paste a list of people.
"""

from flask import Flask, current_app, request
from werkzeug.exceptions import RequestEntityTooLarge

from service.admission.access import COOKIE, is_api, mark_of

LARGEST_BODY = 8 * 1024 * 1024
SMALL_FORM = 64 * 1024
"""Bytes of a form for pages that anybody may send to."""
MOST_KEPT_FIELDS = 2000
"""So many fields of a form wait for a login or a proof."""
FIELDS_OF_ANYBODY, FIELDS_OF_A_SESSION = MOST_KEPT_FIELDS + 100, 20_000
FORM = "application/x-www-form-urlencoded"


def _bound_form() -> None:
    """Raises RequestEntityTooLarge (413) for a form that is larger than its page takes."""
    if is_api():
        return
    if _is_small():
        request.max_content_length = SMALL_FORM
    most = FIELDS_OF_ANYBODY if _is_small() else FIELDS_OF_A_SESSION
    if request.mimetype == FORM and request.get_data(cache=True).count(b"&") >= most:
        raise RequestEntityTooLarge()


def _is_small() -> bool:
    """Whether anybody may send this: to a public page, to one that takes no form, or without a session."""
    if request.method != "POST" or request.endpoint is None or COOKIE not in request.cookies:
        return True
    return bool(mark_of(current_app.view_functions[request.endpoint], "post", "is_public"))


def register(app: Flask) -> None:
    """Before anything else reads a form."""
    app.before_request(_bound_form)

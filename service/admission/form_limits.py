"""The largest size of a form, which is checked before its fields are read.

Reading many fields takes long, and so does writing them into a page. A sender without a valid session only sends a
name, a password or a code, which is small. A sender with a session may paste a list of people, or choose a file. A file
that is too large does not end the form: the form comes back as it was typed, with the fault at the file.
"""

from tempfile import SpooledTemporaryFile
from typing import Any

from flask import Flask, current_app, request
from werkzeug.exceptions import RequestEntityTooLarge

from service.admission.access import COOKIE, is_api, mark_of
from tenants.identity.sessions import lapsed_session, person_of_session
from tenants.isolation import asking_for_nobody

LARGEST_BODY = 8 * 1024 * 1024
"""The most bytes of a form without its files, and of a file that its page did not ask for."""
LARGEST_FILE = 30 * 1024 * 1024
"""The most bytes of a file that is brought in by itself, through a page or through the API (`takes_file`)."""
LARGEST_WITH_FILE = 32 * 1024 * 1024
"""The most bytes of a form with a file. The web server collects no larger body (service/http/arriving.py)."""
IN_MEMORY = 500 * 1024
SMALL_FORM = 64 * 1024
"""The most bytes of a form for pages that anybody may send to."""
MOST_KEPT_FIELDS = 2000
"""The most fields of a form that waits for a login or a proof."""
FIELDS_OF_ANYBODY, FIELDS_OF_A_SESSION = MOST_KEPT_FIELDS + 100, 20_000
FORM, WITH_FILE = "application/x-www-form-urlencoded", "multipart/form-data"


class Uploaded(SpooledTemporaryFile[bytes]):
    """A file of a form while it arrives. Of one that is too large the rest is counted, and not kept."""

    def __init__(self, most: int) -> None:
        super().__init__(max_size=IN_MEMORY)
        self.most, self.arrived = most, 0

    def write(self, part: Any) -> int:
        """Keep these bytes, unless the file is too large by now; return how many there were."""
        self.arrived += len(part)
        return len(part) if self.is_too_large else super().write(part)

    @property
    def is_too_large(self) -> bool:
        """Return whether more bytes arrived than its page takes."""
        return self.arrived > self.most


def largest_file() -> int:
    """Return the most bytes of a file of this request."""
    return LARGEST_FILE if _takes_file() else LARGEST_BODY


def _bound_form() -> None:
    """Raise RequestEntityTooLarge (413) for a form that is larger than its page accepts."""
    if is_api():
        if _takes_file():
            request.max_content_length = LARGEST_WITH_FILE
        return
    is_small = _is_small() or (_may_be_large() and not _has_session())
    if is_small:
        request.max_content_length = SMALL_FORM
    fields = request.get_data(cache=True).count(b"&") if request.mimetype == FORM else 0
    is_many = fields >= FIELDS_OF_ANYBODY and (is_small or fields >= FIELDS_OF_A_SESSION or not _has_session())
    if is_many:
        raise RequestEntityTooLarge()
    if not is_small:
        request.max_form_parts = FIELDS_OF_A_SESSION
        _bound_files()


def _takes_file() -> bool:
    view = current_app.view_functions.get(request.endpoint or "")
    return view is not None and bool(mark_of(view, request.method.lower(), "takes_file"))


def _bound_files() -> None:
    """Let a form be larger by its files. Raises RequestEntityTooLarge where its other fields are too large alone."""
    if request.mimetype != WITH_FILE or (request.content_length or 0) <= LARGEST_BODY:
        return
    request.max_content_length = LARGEST_WITH_FILE
    files = request.files.items(multi=True)
    in_files = sum(file.stream.arrived for _, file in files)  # type: ignore[attr-defined]
    if (request.content_length or 0) - in_files > LARGEST_BODY:
        raise RequestEntityTooLarge()


def _is_small() -> bool:
    """Return whether the small limit holds: for a public page, a page without a form, or a request without a session.

    A login may carry a form that waits for it, so it is as large as that form may be.
    """
    if request.method != "POST" or request.endpoint is None or COOKIE not in request.cookies:
        return True
    view = current_app.view_functions[request.endpoint]
    return bool(mark_of(view, "post", "is_public")) and not mark_of(view, "post", "carries_kept_form")


def _may_be_large() -> bool:
    return request.content_length is None or request.content_length > SMALL_FORM


def _has_session() -> bool:
    """Return whether the cookie belongs to a login that runs or ended lately.

    It is asked before a large form is read.
    """
    token = request.cookies.get(COOKIE, "")
    with asking_for_nobody():
        return person_of_session(token) is not None or lapsed_session(token) is not None


def register(app: Flask) -> None:
    """Check the size of each form before any code reads its fields."""
    app.before_request(_bound_form)

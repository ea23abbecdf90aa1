"""A form that could not be sent in: its sender is logged out, or the browser lost the cookie of its token.

What they sent stands on the page that they get in hidden fields, and what they typed in words to read and copy too.
They log in in another tab, and send it again. Nothing of it is stored. A form that another site sent is not shown.
"""

from urllib.parse import quote, urlsplit

from flask import Blueprint, current_app, flash, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import CSRFError

from service.admission.access import mark_of
from service.admission.proving import LoggedOut
from service.http.error_page import error_page
from service.web.kept_forms import BY, FILES, MARK, SECRETS, TARGET, Kept, what_was_sent
from service.web.typed_texts import texts_typed
from service.web.waiting_drafts import kept_as_draft
from service.words.texts import t

blueprint = Blueprint("not_sent", __name__)
OURS = frozenset({BY, FILES, SECRETS, TARGET})


@blueprint.app_errorhandler(LoggedOut)
def log_in_beside_it(needed: LoggedOut) -> ResponseReturnValue:
    """Show the page of a form whose sender is not known. A page that only asks who somebody is redirects instead.

    A long form waits as the draft of its sender where that is known after all, and its page asks for the login.
    """
    if at := kept_as_draft():
        return redirect(at, 303)
    sent = what_was_sent()
    return redirect(f"/login?next={quote(needed.back)}", 303) if sent is None else _page(sent, 401)


@blueprint.app_errorhandler(CSRFError)
def send_again(_: CSRFError) -> ResponseReturnValue:
    """Show the form again when its token is not that of this browser.

    The browser lost its cookie, or another site sent the form. A long form stands on its own page, as a draft.
    """
    if not request.endpoint or not _comes_from_us():
        return error_page(400, "csrf", {})
    if at := kept_as_draft():
        flash(t("drafts.token_gone"))
        return redirect(at, 303)
    sent = what_was_sent()
    return error_page(400, "csrf", {}) if sent is None else _page(sent, 400)


def _comes_from_us() -> bool:
    """Return whether a page of this site sent the form, as the browser itself says."""
    said = request.headers.get("Sec-Fetch-Site")
    if said is not None:
        return said == "same-origin"
    came_from = request.headers.get("Origin") or request.referrer or ""
    return urlsplit(came_from).netloc == request.host


def _page(sent: Kept, status: int) -> tuple[str, int]:
    view = current_app.view_functions[request.endpoint or ""]
    needs_login = not mark_of(view, request.method.lower(), "is_public")
    typed = ((name.removeprefix(MARK), value) for name, value in sent.typed if name not in OURS)
    texts = texts_typed(typed)
    return render_template("not_sent.html", kept=sent, needs_login=needs_login, texts=texts), status

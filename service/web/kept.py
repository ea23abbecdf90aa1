"""What somebody typed in a form stays while they show again who they are: it goes along through their own pages.

The service stores none of it. A file cannot be filled in again by a page, and a secret is never written into one: both
are asked once more, before the form goes on.
"""

from dataclasses import dataclass
from uuid import UUID

from flask import current_app, g, request
from itsdangerous import BadData, URLSafeTimedSerializer

from service.web.layout import own_path

TARGET, MARK, FILES, SECRETS, BY = "kept_for", "kept.", "kept_file", "kept_secret", "kept_by"
WAITS_S = 3600
"""How long a form waits for a login, in seconds."""
SECRET = frozenset({"password", "new_password", "client_secret"})
OF_THIS_PAGE = frozenset({"csrf_token", "credential"})
"""A token against forged forms, and what a device signed for one challenge: the next page has its own."""


@dataclass(frozen=True)
class Kept:
    """A form that was sent in: where to, what was typed in it (name and value), and which fields are asked again."""

    target: str
    typed: tuple[tuple[str, str], ...]
    files: tuple[str, ...]
    secrets: tuple[str, ...]
    by: str = ""
    """Who sent it in, signed, where their login had lapsed; blank: they are logged in."""


def keep_what_was_sent(by: UUID | None = None) -> Kept:
    """The form of this request, for the pages that ask who somebody is; `by`: who sent it, when they must log in."""
    sent = request.form
    typed = tuple(pair for pair in sent.items(multi=True) if pair[0] not in SECRET | OF_THIS_PAGE)
    files = tuple(name for name, file in request.files.items() if file.filename)
    secrets = tuple(name for name in sorted(SECRET) if sent.get(name))
    signed = _signer().dumps(str(by)) if by else ""
    g.kept = Kept(request.full_path.rstrip("?"), typed, files, secrets, signed)
    found: Kept = g.kept
    return found


def kept() -> Kept | None:
    """The form that waits until this person has shown who they are; None when none does."""
    now: Kept | None = g.get("kept")
    if now is not None or TARGET not in request.form:
        return now
    carried = request.form
    typed = tuple((n.removeprefix(MARK), value) for n, value in carried.items(multi=True) if n.startswith(MARK))
    files, secrets = tuple(carried.getlist(FILES)), tuple(carried.getlist(SECRETS))
    return Kept(own_path(carried[TARGET]), typed, files, secrets, carried.get(BY, ""))


def kept_by(user_id: UUID) -> Kept | None:
    """The form that waits for this person's login: nobody else goes on with what they typed, nor they after an hour."""
    waits = kept()
    try:
        mine = waits is not None and _signer().loads(waits.by, max_age=WAITS_S) == str(user_id)
    except BadData:
        return None
    return waits if mine else None


def _signer() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(current_app.config["SECRET_KEY"], salt="a form that waits for a login")

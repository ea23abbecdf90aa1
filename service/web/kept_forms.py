"""A form is kept while its sender proves who they are: hidden fields on the pages of that proof carry its values.

The service stores nothing of it. A page cannot fill in a file, and a secret is never written into one, so both are
asked again before the form is sent. A form that is too large is not kept, and the page says so.
"""

from dataclasses import replace
from urllib.parse import urlencode
from uuid import UUID

from flask import current_app, request
from itsdangerous import BadData, URLSafeTimedSerializer

from service.admission.admission import Kept, admission
from service.admission.form_limits import MOST_KEPT_FIELDS
from service.web.layout import own_path

TARGET, MARK, FILES, SECRETS, BY = "kept_for", "kept.", "kept_file", "kept_secret", "kept_by"
WAITS_S = 3600
"""How long a form waits for a login, in seconds."""
MOST_BYTES = 2 * 1024 * 1024
"""The most bytes of a kept form as a browser sends it."""
SECRET = frozenset({"password", "new_password", "client_secret", "code", "secret", "token"})
PROOFS = "/proof"
"""A form to these pages proves who somebody is, so it is never kept. The form that waits behind it is."""
OF_THIS_PAGE = frozenset({"csrf_token", "credential"})
"""A token against forged forms, and what a device signed for one challenge. The next page has its own."""


def keep_what_was_sent(by: UUID | None = None) -> None:
    """Keep the form of this request with its admission, for the pages that ask who somebody is.

    A form that only proves who somebody is, is not kept. `by`: the sender, when they must log in.
    """
    waits = _waiting()
    if waits is None:
        return
    admission().kept = _within(replace(waits, by=_signer().dumps(str(by)) if by else ""))


def what_was_sent() -> Kept | None:
    """Return the form of this request, for its sender to send again; None when it only proves who somebody is."""
    waits = _waiting()
    return None if waits is None else _within(waits)


def kept() -> Kept | None:
    """Return the form that waits until this user has proven who they are; None when none waits."""
    now = admission().kept
    carried = now or _carried()
    return None if carried is None or (now is None and _within(carried).is_too_large) else carried


def kept_for_login() -> Kept | None:
    """Return the form that waits for a login; None when none waits, or when our signature of its sender is missing."""
    now = admission().kept
    waits = now or _carried()
    return waits if waits is not None and _sender(waits) is not None else None


def kept_by(user_id: UUID) -> Kept | None:
    """Return the form that waits for this person's login.

    Nobody else can send it, and the sender only within an hour.
    """
    waits = kept_for_login()
    return waits if waits is not None and _sender(waits) == str(user_id) else None


def _waiting() -> Kept | None:
    return _carried() if request.path.startswith(PROOFS) else _sent()


def _sent() -> Kept:
    sent = request.form
    typed = tuple(pair for pair in sent.items(multi=True) if pair[0] not in SECRET | OF_THIS_PAGE)
    files = tuple(name for name, file in request.files.items() if file.filename)
    secrets = tuple(name for name in sorted(SECRET) if sent.get(name))
    return Kept(request.full_path.rstrip("?"), typed, files, secrets)


def _carried() -> Kept | None:
    carried = request.form
    if TARGET not in carried:
        return None
    fields = ((n.removeprefix(MARK), value) for n, value in carried.items(multi=True) if n.startswith(MARK))
    typed = tuple(pair for pair in fields if pair[0] not in SECRET)
    secrets = tuple(name for name in carried.getlist(SECRETS) if name in SECRET)
    return Kept(own_path(carried[TARGET]), typed, tuple(carried.getlist(FILES)), secrets, carried.get(BY, ""))


def _within(waits: Kept) -> Kept:
    """Return the form without its values when it is too large, or has more fields than a form may have."""
    fields = len(waits.typed) + len(waits.files) + len(waits.secrets)
    if fields <= MOST_KEPT_FIELDS and _size(waits) <= MOST_BYTES:
        return waits
    return Kept("/", (), (), (), waits.by, is_too_large=True)


def _size(waits: Kept) -> int:
    """Return its size in bytes, as a browser sends it."""
    fields = [(TARGET, waits.target), *((MARK + name, value) for name, value in waits.typed)]
    return len(urlencode([*fields, *((FILES, name) for name in waits.files)]))


def _sender(waits: Kept) -> str | None:
    """Return the sender whose login it waits for, by our own signature of at most an hour ago."""
    try:
        return str(_signer().loads(waits.by, max_age=WAITS_S))
    except BadData:
        return None


def _signer() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(current_app.config["SECRET_KEY"], salt="a form that waits for a login")

"""What somebody typed in a form stays while they show again who they are: it goes along through their own pages.

The service stores none of it. A file cannot be filled in again by a page, and a secret is never written into one: both
are asked once more, before the form goes on.
"""

from dataclasses import dataclass

from flask import g, request

from service.web.layout import own_path

TARGET, MARK, FILES, SECRETS = "kept_for", "kept.", "kept_file", "kept_secret"
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


def keep_what_was_sent() -> Kept:
    """The form of this request, for the pages that ask who somebody is."""
    sent = request.form
    typed = tuple(pair for pair in sent.items(multi=True) if pair[0] not in SECRET | OF_THIS_PAGE)
    files = tuple(name for name, file in request.files.items() if file.filename)
    secrets = tuple(name for name in sorted(SECRET) if sent.get(name))
    g.kept = Kept(request.full_path.rstrip("?"), typed, files, secrets)
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
    return Kept(own_path(carried[TARGET]), typed, files, secrets)

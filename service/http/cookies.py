"""Cookies that no other host can set: over HTTPS each is Secure and named `__Host-` (RFC 6265bis).

All other code uses a cookie's bare name. This module adds the prefix to cookies that go out and removes it from
cookies that come in.
"""

from typing import Any

from flask import Request, Response, current_app
from werkzeug.datastructures import ImmutableMultiDict
from werkzeug.utils import cached_property

from service.admission.form_limits import Uploaded, largest_file

PREFIX = "__Host-"


def is_https() -> bool:
    """Return whether this installation is reached over HTTPS, by its own base address, whatever proxy is between."""
    return bool(current_app.config["SESSION_COOKIE_SECURE"])


class Asked(Request):
    """A request whose cookies have their bare names, and whose files are bounded.

    Over HTTPS a cookie without the prefix is left out: anybody may have set it.
    """

    def _get_file_stream(self, *_: Any, **__: Any) -> Uploaded:
        return Uploaded(largest_file())

    @cached_property
    def cookies(self) -> ImmutableMultiDict[str, str]:
        """Return the cookies that the browser kept for this service."""
        by_name = super().cookies
        if not is_https():
            return by_name
        ours = [pair for pair in by_name.items(multi=True) if pair[0].startswith(PREFIX)]
        return ImmutableMultiDict((name.removeprefix(PREFIX), value) for name, value in ours)


class Answered(Response):
    """An answer whose cookies cannot be read by a script or set by another host."""

    def set_cookie(self, key: str, value: str = "", *more: Any, **about: Any) -> None:
        """Make the browser keep this cookie, or delete it."""
        if is_https():
            key, about = f"{PREFIX}{key}", about | {"secure": True, "path": "/", "domain": None}
        about |= {"httponly": True, "samesite": about.get("samesite") or "Lax"}
        super().set_cookie(key, value, *more, **about)

"""Cookies that nobody else can set: over HTTPS each is Secure and called `__Host-` (RFC 6265bis).

The rest of the house calls a cookie by its bare name; the prefix comes and goes here, where cookies come in and go out.
"""

from typing import Any

from flask import Request, Response, current_app
from werkzeug.datastructures import ImmutableMultiDict
from werkzeug.utils import cached_property

PREFIX = "__Host-"


def is_https() -> bool:
    """Whether this installation is reached over HTTPS: its own address says so, whatever stands in between."""
    return bool(current_app.config["SESSION_COOKIE_SECURE"])


class Asked(Request):
    """A request whose cookies have their bare names; over HTTPS one without prefix may be anybody's: left out."""

    @cached_property
    def cookies(self) -> ImmutableMultiDict[str, str]:
        """Return the cookies that the browser kept for this service."""
        by_name = super().cookies
        if not is_https():
            return by_name
        ours = [pair for pair in by_name.items(multi=True) if pair[0].startswith(PREFIX)]
        return ImmutableMultiDict((name.removeprefix(PREFIX), value) for name, value in ours)


class Answered(Response):
    """An answer whose cookies no script can read and no other host can set."""

    def set_cookie(self, key: str, value: str = "", *more: Any, **about: Any) -> None:
        """Ask the browser to keep this cookie, or to delete it."""
        if is_https():
            key, about = f"{PREFIX}{key}", about | {"secure": True, "path": "/", "domain": None}
        about |= {"httponly": True, "samesite": about.get("samesite") or "Lax"}
        super().set_cookie(key, value, *more, **about)

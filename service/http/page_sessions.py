"""Flask's session is for pages alone: it carries the token of their forms and what is said on the next page."""

from flask import Flask, Request
from flask.sessions import SecureCookieSession, SecureCookieSessionInterface

from service.admission.access import is_api


class PageSessions(SecureCookieSessionInterface):
    """The signed cookie of a page; a program that speaks JSON has none, so nothing is made for it or read from it."""

    def open_session(self, app: Flask, request: Request) -> SecureCookieSession | None:
        """What the browser's cookie holds; None for a program: Flask then gives a session that cannot be written."""
        return None if is_api() else super().open_session(app, request)

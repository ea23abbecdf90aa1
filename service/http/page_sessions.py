"""Flask's session is for pages alone: it holds the token of their forms, the message for the next page, and who
made the first office in this browser, until they have an account."""

from flask import Flask, Request
from flask.sessions import SecureCookieSession, SecureCookieSessionInterface

from service.admission.access import is_api


class PageSessions(SecureCookieSessionInterface):
    """The signed cookie of a page. A program that speaks JSON has none, so none is made for it or read from it."""

    def open_session(self, app: Flask, request: Request) -> SecureCookieSession | None:
        """Return what the browser's cookie holds; None for a program.

        For None, Flask gives a session that cannot be written.
        """
        return None if is_api() else super().open_session(app, request)

"""The sandbox as a Flask app: SendGrid's API, the switches for tests, and the inbox."""

import gc
from urllib.parse import urlsplit

from flask import Flask, Response, request
from werkzeug.exceptions import HTTPException

from service.safe_settings import is_this_machine
from service.sandbox import account, control, inbox, mail_send
from service.sandbox.answers import MESSAGES, error, refusal
from service.sandbox.courier import Courier
from service.sandbox.faults import Faults
from service.sandbox.folder import claim
from service.sandbox.mailbox import Mailbox
from service.sandbox.settings import SandboxSettings
from service.sandbox.state import Sandbox

LARGEST_REQUEST = 30 * 1024 * 1024
OBJECTS_PER_COLLECTION = 100_000
HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
}


def create_sandbox(settings: SandboxSettings) -> Flask:
    """Make a sandbox on its folder. This starts the thread that posts events, so call it in the process that serves."""
    app = Flask(__name__)
    app.config["MAX_CONTENT_LENGTH"] = LARGEST_REQUEST
    lock = claim(settings.folder)
    mailbox, faults = Mailbox(settings.folder / "mail.jsonl"), Faults()
    courier = Courier(settings, mailbox, faults)
    app.extensions["sandbox"] = Sandbox(
        settings, mailbox, courier, faults, lock, account.new_account(settings)
    )
    for blueprint in (mail_send.blueprint, account.blueprint, account.control, control.blueprint, inbox.blueprint):
        app.register_blueprint(blueprint)
    app.before_request(_refuse_another_host)
    app.register_error_handler(HTTPException, _refused)
    app.after_request(_headers)
    courier.start()
    return app


def from_environment() -> Flask:
    """Make the sandbox for gunicorn, with settings from the environment, through the one module that reads it."""
    from service.config import environment

    app = create_sandbox(SandboxSettings.from_mapping(environment()))
    # The loaded modules stay, and a mail has no reference cycles. Looking for cycles took longer than the mail itself.
    gc.freeze()
    gc.set_threshold(OBJECTS_PER_COLLECTION)
    return app


def _refuse_another_host() -> Response | None:
    """Refuse a request that names another host.

    Without this, a page elsewhere could read all mail here through a name of its own that leads to this machine.
    """
    try:
        host = urlsplit(f"//{request.host}").hostname or ""
    except ValueError:
        host = ""
    return None if is_this_machine(host) else Response("This sandbox answers on this machine only.\n", 421)


def _headers(response: Response) -> Response:
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)
    return response


def _refused(problem: HTTPException) -> Response:
    if not request.path.startswith(("/v3/", "/sandbox/")):
        return inbox.not_found()
    status = problem.code or 500
    return refusal(status, () if status in MESSAGES else [error(problem.name)])

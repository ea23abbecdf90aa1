"""The JSON API: one blueprint for each resource. A route loads its schema, calls one function, and answers.

May import http, steps, schemas, files, downloads, evidence, letters, admission and words; never web or webhooks.
Its words: resource, precondition (the version in If-Match), unattended (a key may, without a person).
"""

from http import HTTPStatus
from threading import Lock
from typing import Any

from flask import Flask
from flask_smorest import Api, Blueprint

from service.api import (
    advice,
    agreements,
    breaches,
    broken_glass,
    clients,
    decisions,
    deputies,
    docs,
    escalations,
    exports,
    facts,
    figures,
    files,
    genuine,
    incidents,
    invitations,
    joining,
    mail_decisions,
    me,
    members,
    notices,
    organisations,
    processors,
    provider,
    search,
    session,
    settings,
    tokens,
    verification,
)
from service.downloads.endings import ENDINGS, Ending
from service.schemas.problem import Problem

PARTS = (
    session, me, organisations, invitations, members, agreements, clients, incidents, escalations, breaches, exports,
    figures, files, advice, facts, decisions,
    notices, broken_glass, deputies, mail_decisions, tokens, provider, processors, joining, genuine, verification,
    settings,
    search,
)  # fmt: skip
BEARER = {"type": "http", "scheme": "bearer"}
TOKEN = BEARER | {"bearerFormat": "meld_<6>_<46>", "description": "An API token of an organisation, for a program."}


class DescribedApi(Api):
    """The API of flask-smorest, used for the specification alone. service/http/errors.py answers every refusal.

    The specification is written when it is first asked for: most processes that make the app never show it, and
    writing it takes longer than all the rest of making the app.
    """

    ERROR_SCHEMA = Problem

    def __init__(self, app: Flask) -> None:
        self._undescribed: list[Blueprint] = []
        self._describes = Lock()
        super().__init__(app)

    def register_blueprint(self, part: Blueprint) -> None:
        """Add the routes of a part of the API to the app; `document` describes them."""
        self._app.register_blueprint(part)
        self._undescribed.append(part)

    def document(self) -> dict[str, Any]:
        """Return the OpenAPI document of all parts that were registered."""
        with self._describes:
            while self._undescribed:
                part = self._undescribed.pop(0)
                part.register_views_in_doc(self, self._app, self.spec, name=part.name, parameters=None)
                self.spec.tag({"name": part.name, "description": part.description})
            document: dict[str, Any] = self.spec.to_dict()
            return document

    def _register_error_handlers(self) -> None:
        """Register nothing: the table in service/http/errors.py says how each refusal is answered."""

    def _register_responses(self) -> None:
        words = {status.name: status.phrase for status in HTTPStatus} | {"DEFAULT_ERROR": "Refused"}
        for name, description in words.items():
            content = {"application/problem+json": {"schema": self.ERROR_SCHEMA}}
            self.spec.components.response(name, {"description": description, "content": content}, lazy=True)


def register(app: Flask) -> None:
    """Add every resource of the API, its specification and the page that shows it."""
    app.config.update(API_TITLE="Meldketen", API_VERSION="1", OPENAPI_VERSION="3.1.0")
    api = DescribedApi(app)
    api.register_converter(Ending, lambda _: {"type": "string", "enum": list(ENDINGS)})
    api.spec.components.security_scheme("session", BEARER)
    api.spec.components.security_scheme("token", TOKEN)
    for part in PARTS:
        api.register_blueprint(part.blueprint)
    docs.register(app, api.document)

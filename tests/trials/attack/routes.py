"""Every route of the code and of the specification, and how its address and body are filled in."""

import random
import re
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any
from urllib.parse import quote, urlencode, urlsplit
from uuid import UUID

from flask import Flask
from werkzeug.exceptions import HTTPException

from service.admission.access import mark_of
from tests.trials.attack.requests import json_body
from tests.trials.attack.seeding import IDS, Firm

PARAMETER = re.compile(r"<(?:(\w+):)?(\w+)>")
FORM = "application/x-www-form-urlencoded"
STEPS = ("assess", "draft", "approve", "submit", "recipients", "text", "release")
WORDS = {
    "purpose": ("recipients", "clients", "hits", "register", "iets"),
    "name": STEPS, "screen": ("known", "protection", "last"),
    "step": STEPS, "code": ("AAAA-AAAA",), "token": ("guess",), "slug": ("kantoor-a",),
    "language": ("nl", "en"), "organisation": (), "filename": (), "workflow": ("escalation", "bulk_notice"),
    "section": ("names", "address", "fg", "mail", "flags", "closed"),
    "form": ("own_breach", "facts", "text"), "wrong": ("RuntimeError",), "seq": ("1", "2"), "nth": ("1", "3"),
    "ending": ("csv", "xlsx", "json"),
}  # fmt: skip
"""The words that stand in an address in the places of parameters that are no ids."""
NOT_IN_THE_SPECIFICATION = ("/api/openapi.json", "/api/docs", "/api/docs/static/<path:filename>")


@dataclass
class Route:
    """One method of one route."""

    method: str
    rule: str
    endpoint: str
    is_public: bool
    doc: dict[str, Any] | None = None
    does: str = ""
    spec: dict[str, Any] = field(default_factory=dict, repr=False)
    fields: dict[str, str] = field(default_factory=dict)

    @property
    def is_api(self) -> bool:
        """Whether the route answers with JSON."""
        return self.rule.startswith(("/api/", "/webhooks/"))

    @property
    def is_page(self) -> bool:
        """Whether a browser sends a form to it."""
        return not self.is_api

    @property
    def ids(self) -> list[str]:
        """Return the parameters that are ids."""
        return [name for kind, name in PARAMETER.findall(self.rule) if kind == "uuid"]

    @property
    def is_of_organisation(self) -> bool:
        """Whether the route acts for one organisation."""
        return "<organisation>" in self.rule

    def at(self, slug: str, ids: dict[str, str], chance: random.Random, words: str | None = None) -> str:
        """Return its address with these values; `words` fills each parameter that takes a word."""

        def value(parameter: re.Match[str]) -> str:
            name = parameter[2]
            if name == "organisation":
                return slug
            if parameter[1] == "uuid":
                return ids[name]
            return quote(words, safe="") if words is not None else chance.choice(WORDS[name])

        return PARAMETER.sub(value, self.rule)

    def body(self, ids: dict[str, str], csrf: str, word: str) -> tuple[str, bytes] | None:
        """Return content type and content as the specification or the form asks for them; None for a GET."""
        if self.method == "GET":
            return None
        if self.is_api:
            content = (self.doc or {}).get("requestBody", {}).get("content", {}).get("application/json")
            filled = _filled(content.get("schema", {}), self.spec, ids, word) if content else {}
            return "application/json", json_body(filled)
        typed = {name: value or word for name, value in self.fields.items()} | {"csrf_token": csrf}
        return FORM, urlencode(typed).encode()


def routes_of(app: Flask, spec: dict[str, Any]) -> list[Route]:
    """Return every method of every route except files, each with its operation where the specification has it."""
    routes = []
    for rule in app.url_map.iter_rules():
        view = app.view_functions[rule.endpoint]
        if rule.endpoint.endswith("static"):
            continue
        path = spec["paths"].get(PARAMETER.sub(r"{\2}", rule.rule), {})
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
            is_public = bool(mark_of(view, method.lower(), "is_public"))
            doc = path.get(method.lower())
            does = mark_of(view, method.lower(), "does") or ""
            routes.append(Route(method, rule.rule, rule.endpoint, is_public, doc, does, spec))
    return sorted(routes, key=lambda route: (route.rule, route.method))


def strange_parameters(routes: list[Route]) -> set[str]:
    """Return the parameters for which the attack has no values. Whoever adds a parameter adds it to seeding.IDS."""
    return {name for route in routes for _, name in PARAMETER.findall(route.rule)} - set(IDS) - set(WORDS)


def ids_of(firm: Firm, chance: random.Random) -> dict[str, str]:
    """Return one of the organisation's ids for each parameter, and an id that belongs to nobody where it has none."""
    return {name: chance.choice(known) if known else guessed(chance)[name] for name, known in firm.ids.items()}


def guessed(chance: random.Random) -> dict[str, str]:
    """Return ids that belong to nobody."""
    return {name: str(UUID(int=chance.getrandbits(128), version=4)) for name in IDS}


def learn_fields(app: Flask, routes: list[Route], html: str) -> None:
    """Read the fields of the forms on this page, and note them at the route that each form goes to."""
    reader = _Forms()
    reader.feed(html)
    match = app.url_map.bind("localhost")
    by_place = {(route.endpoint, route.method): route for route in routes}
    for action, names in reader.forms:
        try:
            endpoint, _ = match.match(urlsplit(action).path, method="POST")
        except HTTPException:
            continue
        if (route := by_place.get((endpoint, "POST"))) is not None:
            route.fields |= names


class _Forms(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.forms: list[tuple[str, dict[str, str]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        if tag == "form" and (values.get("method") or "").lower() == "post":
            self.forms.append((values.get("action") or "", {}))
        elif tag in ("input", "select", "textarea", "button") and self.forms and values.get("name"):
            self.forms[-1][1].setdefault(str(values["name"]), values.get("value") or "")


def _filled(schema: dict[str, Any], spec: dict[str, Any], ids: dict[str, str], word: str, depth: int = 0) -> Any:
    if "$ref" in schema:
        schema = spec["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
    for either in ("anyOf", "allOf", "oneOf"):
        if either in schema:
            return _filled(next(kind for kind in schema[either] if kind.get("type") != "null"), spec, ids, word, depth)
    if schema.get("enum"):
        return schema["enum"][0]
    kinds = schema.get("type", "object")
    kind = kinds if isinstance(kinds, str) else kinds[0]
    if kind == "object" and depth < 6:
        fields = schema.get("properties", {})
        return {name: _named(name, inner, spec, ids, word, depth + 1) for name, inner in fields.items()}
    if kind == "array":
        return [_filled(schema.get("items", {}), spec, ids, word, depth + 1)]
    return {"integer": 1, "number": 1, "boolean": True, "null": None}.get(kind, _text(schema, word))


def _named(name: str, schema: dict[str, Any], spec: dict[str, Any], ids: dict[str, str], word: str, depth: int) -> Any:
    if schema.get("format") == "uuid":
        return ids.get(name, ids["user_id"])
    return _filled(schema, spec, ids, word, depth)


def _text(schema: dict[str, Any], word: str) -> str:
    by_format = {"date-time": "2026-11-20T10:00:00+01:00", "email": "iemand@nergens.example", "date": "2026-11-20"}
    return by_format.get(schema.get("format", ""), word)

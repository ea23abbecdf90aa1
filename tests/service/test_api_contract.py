"""What every route of the API promises: its specification, its words, its few statements."""

import re
import string
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from tests import factories
from tests.factories import Office
from tests.service.caller import Caller, refused
from workflows.text_files import texts_of

Count = Callable[[Callable[[], Any]], int]
TRANSLATIONS = Path(__file__).parents[2] / "service" / "translations"
ONLY_ASKS = {"advise_on", "check_incident_first"}
"""Stores nothing, so there is nothing to repeat."""
WORKS_ONCE = {
    "prove", "ask_proof", "begin_app", "confirm_app", "renew_recovery_codes", "ask_new_passkey", "add_passkey",
    "change_password", "post_code", "put_own_reporter", "mail_reply_link",
}  # fmt: skip
"""About one person and no organisation, or a code from a letter; a code, a challenge or a secret cannot be doubled."""
LOGGED_IN = 4
"""The session and the places of the user, and whose turn the transaction is."""


@pytest.fixture(scope="module")
def spec(app: Flask) -> dict[str, Any]:
    """As anybody may read it."""
    answer = app.test_client().get("/api/openapi.json")
    assert answer.status_code == 200
    document: dict[str, Any] = answer.json
    return document


def operations(spec: dict[str, Any]) -> list[tuple[str, str, dict[str, Any]]]:
    """Every operation: path, method, what it says."""
    methods = ("get", "post", "put", "delete")
    return [(path, m, path_item[m]) for path, path_item in spec["paths"].items() for m in methods if m in path_item]


def test_the_specification_names_every_route(app: Flask, spec: dict[str, Any]) -> None:
    described = {(path, method.upper()) for path, method, _ in operations(spec)}
    routes = {
        (re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", rule.rule), method)
        for rule in app.url_map.iter_rules()
        if rule.rule.startswith("/api/") and not (rule.endpoint or "").startswith("api_docs.")
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    }
    assert described == routes


def test_the_specification_holds_together(spec: dict[str, Any]) -> None:
    assert spec["openapi"] == "3.1.0"
    names = [operation["operationId"] for _, _, operation in operations(spec)]
    assert len(set(names)) == len(names)
    text = str(spec)
    for name in {part.partition("'")[0] for part in text.split("#/components/schemas/")[1:]}:
        assert name in spec["components"]["schemas"]
    public = {operation["operationId"] for _, _, operation in operations(spec) if operation["security"] == [{}]}
    assert public == {
        "log_in", "ask_passkey", "log_in_by_passkey", "show_invitation", "accept_invitation",
        "confirm_receipt_by_link", "check_code",
    }  # fmt: skip


def test_what_decides_can_be_repeated(app: Flask, spec: dict[str, Any]) -> None:
    for _, method, operation in operations(spec):
        headers = [parameter for parameter in operation.get("parameters", []) if parameter["in"] == "header"]
        offered = {parameter["name"] for parameter in headers} - {"If-Match"}
        repeats = operation["operationId"] not in ONLY_ASKS | WORKS_ONCE
        decides = method in ("post", "put") and operation["security"] != [{}] and repeats
        assert offered == ({"Idempotency-Key"} if decides else set()), operation["operationId"]
        [view] = [view for name, view in app.view_functions.items() if name.endswith(f".{operation['operationId']}")
                  and name.startswith("api_")]  # fmt: skip
        assert ("idempotent" in _layers(view)) == decides, operation["operationId"]


def test_a_refusal_is_described_as_it_is(spec: dict[str, Any]) -> None:
    assert list(spec["components"]["responses"]["DEFAULT_ERROR"]["content"]) == ["application/problem+json"]


def _layers(view: Any) -> str:
    """The names of the functions that a view is wrapped in."""
    names = []
    while view is not None:
        names.append(view.__code__.co_qualname)
        view = getattr(view, "__wrapped__", None)
    return " ".join(names)


@pytest.mark.parametrize("language", ["nl", "en"])
def test_every_operation_is_explained(app: Flask, spec: dict[str, Any], language: str) -> None:
    texts = tomllib.loads((TRANSLATIONS / language / "api.toml").read_text())
    assert set(texts["operation"]) == {operation["operationId"] for _, _, operation in operations(spec)}
    page = app.test_client().get("/api/docs", headers={"Accept-Language": language})
    assert page.status_code == 200
    for words in texts["operation"].values():
        assert words.replace("'", "&#39;") in page.text
    assert "<script" not in page.text
    assert "//" not in page.text.replace("<!doctype", "").split("<body>")[0]


def test_the_page_brings_its_own_looks(app: Flask) -> None:
    assert app.test_client().get("/api/docs/static/api_docs.css").status_code == 200


def test_the_same_errors_in_both_languages() -> None:
    dutch, english = (texts_of(TRANSLATIONS / language / "errors.toml") for language in ("nl", "en"))
    assert set(dutch) == set(english)
    def named(text: str) -> set[str]:
        return {name for _, name, _, _ in string.Formatter().parse(text) if name}

    assert {key: named(text) for key, text in dutch.items()} == {key: named(text) for key, text in english.items()}


def test_a_message_is_in_the_readers_language(officer: Caller) -> None:
    dutch = officer.call("GET", "breaches?limit=0", headers={"Accept-Language": "nl"})
    assert dutch.json["errors"][0]["message"] == "Vul een getal in van 1 tot en met 200."
    assert officer.get("breaches?limit=0").json["errors"][0]["message"] == "Fill in a number from 1 to 200."


def test_a_body_that_is_too_large_is_refused(officer: Caller) -> None:
    body = b'{"title": "' + b"x" * (8 * 1024 * 1024) + b'"}'
    refused(officer.call("POST", "incidents", data=body, content_type="application/json"), 413, "http.413")


@pytest.mark.parametrize(
    ("path", "most"), [("breaches", 2), ("incidents", 2), ("notices", 1), ("agreements", 4)]
)
def test_a_list_needs_as_many_statements_however_long_it_is(
    officer: Caller, office: Office, statements: Count, path: str, most: int
) -> None:
    officer.get(path)
    few = statements(lambda: officer.get(f"{path}?limit=1"))
    for _ in range(3):
        breach = factories.an_own_breach(office.id, office.officer)
        officer.post(f"breaches/{breach}/notice")
        factories.an_incident(office)
    many = statements(lambda: officer.get(f"{path}?limit=200"))
    assert few == many <= LOGGED_IN + most


def test_details_need_few_statements(officer: Caller, office: Office, statements: Count) -> None:
    incident = factories.an_incident(office)
    breach = factories.an_own_breach(office.id, office.officer)
    notice = officer.post(f"breaches/{breach}/notice").json["id"]
    escalation = officer.get(f"incidents/{incident.id}/escalations").json["items"][0]["id"]
    for path, most in {
        f"incidents/{incident.id}": 2, f"incidents/{incident.id}/board": 2,
        f"incidents/{incident.id}/escalations": 4, f"escalations/{escalation}": 5,
        f"breaches/{breach}": 6, f"breaches/{breach}/history": 2, f"breaches/{breach}/advice": 1,
        f"breaches/{breach}/form": 5, f"notices/{notice}": 5,
    }.items():  # fmt: skip
        assert statements(lambda path=path: officer.get(path)) <= LOGGED_IN + most, path

"""A question that is left empty is answered or refused in words: each parameter of the specification, each way."""

import re
from typing import Any
from uuid import uuid4

import pytest
from flask import Flask

from tests.factories import Office
from tests.service.caller import Caller
from tests.trials.attack.payloads import EMPTY


@pytest.fixture(scope="module")
def questions(app: Flask) -> list[tuple[str, str, str]]:
    """Method, path and name of every parameter behind the question mark."""
    spec: Any = app.test_client().get("/api/openapi.json").json
    return [
        (method, path, asked["name"])
        for path, methods in spec["paths"].items() for method, operation in methods.items() if method != "parameters"
        for asked in operation.get("parameters", []) if asked["in"] == "query"
    ]  # fmt: skip


@pytest.mark.parametrize("word", EMPTY)
def test_no_empty_question_breaks_anything(
    officer: Caller, office: Office, questions: list[tuple[str, str, str]], own_breach: object, word: str
) -> None:
    assert {"search", "sort", "limit", "after"} <= {name for _, _, name in questions}
    for method, path, name in questions:
        where = path.replace("{organisation}", officer.slug).replace("{breach_id}", str(own_breach))
        where = re.sub(r"\{\w+\}", str(uuid4()), where)
        answer = officer.call(method.upper(), where, query_string={name: word}, json=None if method == "get" else {})
        is_answered = answer.status_code == 200
        assert is_answered or (answer.json["status"] == answer.status_code and answer.json["key"]), (path, name, word)


@pytest.mark.parametrize("word", EMPTY)
def test_an_empty_search_finds_all(officer: Caller, word: str) -> None:
    every = officer.get("agreements").json["items"]
    assert officer.call("GET", "agreements", query_string={"search": word}).json["items"] == every != []


def test_an_order_that_is_left_empty_is_the_usual_one(officer: Caller) -> None:
    assert officer.get("agreements?sort=").json == officer.get("agreements").json

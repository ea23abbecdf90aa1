"""``meldketen attack``: the short run as a build server runs it, and that its judge sees each kind of fault."""

import json
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from uuid import UUID

import pytest
from flask import Flask

from tests.trials.attack.judging import COUNTED, PRODUCED, SCRIPT, Eyes, Judge
from tests.trials.attack.requests import Answer, Request
from tests.trials.attack.routes import NOT_IN_THE_SPECIFICATION, Route, routes_of, strange_parameters
from tests.trials.attack.rows import changed
from tests.trials.attack.seeding import CONTROLLERS, IDS, Canaries, Firm
from tests.trials.attack.visitors import Visitor
from tests.trials.attack.walking import Walk

COMMAND = [sys.executable, "-m", "service.cli", "attack"]
WITHIN = 1200.0
"""Seconds after which the command counts as hung. On two cores beside four other test runs it needs over 400."""
HTML = ("Content-Type", "text/html; charset=utf-8")
DOC = {"responses": {"200": {"content": {"application/json": {}}}, "204": {}, "default": {"$ref": "#"}}}


@pytest.fixture
def judge() -> Judge:
    """A judge that has counted nothing yet."""
    return Judge(Canaries(1), say=lambda line: None)


def look(judge: Judge, content: str = "", status: int = 200, target: str = "/x", **more: object) -> dict[str, int]:
    """Judge one answer to a person of organisation a; return the counts that are above zero."""
    headers = more.pop("headers", (HTML,))
    answer = Answer(status, headers, content.encode())  # type: ignore[arg-type]
    operation = more.pop("doc", None)
    judge.look(Request("GET", target), answer, Eyes(frozenset("a")), operation, "/x")  # type: ignore[arg-type]
    return {name: count for name, count in judge.counts.items() if count}


def test_a_word_of_another_is_a_cross_read_wherever_it_stands(judge: Judge) -> None:
    theirs, ours = judge.canaries.new("b"), judge.canaries.new("ab")
    assert look(judge, f"<p>{ours}</p>") == {}
    assert look(judge, f"<!-- {theirs.upper()} -->") == {"cross_reads": 1}
    assert look(judge, headers=(HTML, ("Location", f"/o/{theirs}"))) == {"cross_reads": 2}


def test_an_id_of_another_counts_unless_the_asker_named_it(judge: Judge) -> None:
    judge.canaries.add("01a200a1-4fe2-7e77-9e4c-bed158534916", "b")
    assert look(judge, "01a200a1-4fe2-7e77-9e4c-bed158534916", target="/x/01A200A1-4fe2-7e77-9e4c-bed158534916") == {}
    assert look(judge, "01a200a1-4fe2-7e77-9e4c-bed158534916") == {"cross_reads": 1}


@pytest.mark.parametrize(
    ("answer", "counted"),
    [
        ({"status": 500}, "status_500"), ({"content": PRODUCED}, "undocumented"), ({"content": SCRIPT}, "undocumented"),
        ({"headers": (HTML, ("X-Injected", "ja"))}, "undocumented"),
        ({"status": 303, "headers": (("Location", "/\\evil.example/x"),)}, "undocumented"),
        ({"content": '<a href="//evil.example/">'}, "undocumented"),
        ({"doc": DOC, "content": "{}"}, "undocumented"), ({"doc": DOC, "status": 302}, "undocumented"),
        ({"doc": DOC, "status": 404, "content": "x"}, "undocumented"),
    ],
)  # fmt: skip
def test_what_breaks_or_was_not_written_down_is_counted(judge: Judge, answer: dict[str, object], counted: str) -> None:
    assert look(judge, **answer) == {counted: 1}  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "answer",
    [
        {"status": 303, "headers": (("Location", "/login?next=//evil.example"),)},
        {"doc": DOC, "headers": (("Content-Type", "application/json"),), "content": "{}"}, {"doc": DOC, "status": 204},
        {"doc": DOC, "status": 404, "headers": (("Content-Type", "application/problem+json"),), "content": "{}"},
    ],
)  # fmt: skip
def test_a_right_answer_is_not_counted(judge: Judge, answer: dict[str, object]) -> None:
    assert look(judge, **answer) == {}  # type: ignore[arg-type]


def test_rows_that_came_went_or_changed_are_seen_by_whose_they_are() -> None:
    before = {("a", "breach", "1"): "x", ("a", "breach", "2"): "x", ("b", "breach", "3"): "x"}
    after = {("a", "breach", "1"): "y", ("a", "notice", "4"): "x", ("b", "breach", "3"): "x"}
    assert changed(before, after, "a") == [("breach", "1", "other"), ("breach", "2", "gone"), ("notice", "4", "new")]
    assert changed(before, after, "b") == []


def test_the_attack_has_values_for_every_address_and_the_specification_has_every_door(app: Flask) -> None:
    routes = routes_of(app, app.test_client().get("/api/openapi.json").json)
    assert strange_parameters(routes) == set()
    undocumented = {route.rule for route in routes if route.rule.startswith("/api/") and route.doc is None}
    assert undocumented == set(NOT_IN_THE_SPECIFICATION) - {"/api/docs/static/<path:filename>"}


def planned(routes: list[Route], quick: bool, seed: int = 1) -> set[tuple[str, str, str, str, str]]:
    """Each route, the organisation that tries it, the kind of try, and whose ids are tried where it names one."""
    firms = {letter: Firm(letter, UUID(int=0), letter, ids={name: [letter] for name in IDS}) for letter in "abc"}
    walk = Walk(None, None, routes, firms, None, None, seed, quick)  # type: ignore[arg-type]
    people = [Visitor("owner"), Visitor("handler")]
    return {
        (route.method, route.rule, letter, aim.kind, aim.of)
        for letter in ("", *firms)
        for _, route, aim in walk.plan(letter, people)
    }


def kinds_of_tries(routes: list[Route], quick: bool) -> set[tuple[str, str, str, str]]:
    """Each route, the kind of organisation that tries it, and the kind of try. The two clients are of one kind."""
    tries = planned(routes, quick)
    return {(method, rule, letter.replace("c", "b"), kind) for method, rule, letter, kind, _ in tries}


def test_the_short_run_makes_every_kind_of_try_at_every_route(app: Flask) -> None:
    routes = routes_of(app, app.test_client().get("/api/openapi.json").json)
    tries = kinds_of_tries(routes, quick=False)
    assert len(tries) > 5 * len(routes) and kinds_of_tries(routes, quick=True) == tries


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_in_the_short_run_both_clients_try_each_route_and_both_are_a_target_there(app: Flask, seed: int) -> None:
    """They are not quite alike: one of them shares a person with another office. So neither is left out anywhere."""
    routes = routes_of(app, app.test_client().get("/api/openapi.json").json)
    short, whole = planned(routes, True, seed), planned(routes, False, seed)
    for part in (clients_who_try, clients_aimed_at):
        assert part(short) == part(whole), part.__name__
    assert len(short) < 0.8 * len(whole)


def clients_who_try(tries: set[tuple[str, str, str, str, str]]) -> set[tuple[str, str, str]]:
    """Each route and each client that tries more there than to walk it as itself."""
    return {
        (method, rule, who)
        for method, rule, who, kind, _ in tries
        if who in CONTROLLERS and not kind.startswith("own ")
    }


def clients_aimed_at(tries: set[tuple[str, str, str, str, str]]) -> set[tuple[str, str, str]]:
    """Each route and each client whose ids are tried there by somebody else."""
    return {(method, rule, of) for method, rule, _, _, of in tries if of in CONTROLLERS}


def test_the_short_attack_finds_nothing() -> None:
    with TemporaryDirectory() as folder:
        env = {"PATH": "/usr/bin:/bin", "TMPDIR": folder}
        done = subprocess.run(
            [*COMMAND, "--quick", "--json"], env=env, capture_output=True, text=True, timeout=WITHIN, check=False
        )
        assert done.returncode == 0, done.stderr
        assert list(Path(folder).iterdir()) == []
    report = json.loads(done.stdout)
    assert done.stdout.count("\n") == 1 and report["ok"] is True
    assert report["requests"] > 4000 and {name: report[name] for name in COUNTED} == dict.fromkeys(COUNTED, 0)

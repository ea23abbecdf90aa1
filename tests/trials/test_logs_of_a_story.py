"""The whole story with every log at DEBUG: no line of any process holds a person's name or address."""

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import psycopg
import pytest
from psycopg.rows import scalar_row

from service.embedded import ports
from service.embedded.databases import DATABASE
from service.embedded.stack import Stack, command, held, on, sandbox_command, web_command
from service.story.demo_office import load_demo
from service.story.inbox import Inbox
from service.story.play import Story
from service.story.scenarios import scenario
from service.story.screen import Screen

CONTROLLERS, PEOPLE = 12, 30
OURS = ("web", "worker", "clock")
LATELY_TYPED = "select name from app_user union select email from app_user"
KNOWN = f"""{LATELY_TYPED} union select name from organisation union select slug from organisation
    union select c->>'name' from processing_agreement, jsonb_array_elements(contacts) c
    union select c->>'email' from processing_agreement, jsonb_array_elements(contacts) c"""


@pytest.fixture(scope="module")
def played() -> Iterator[tuple[dict[str, str], set[str]]]:
    """Play the story; return what every process logged, and every name and address that occurred."""
    with TemporaryDirectory() as folder, held(Path(folder), print, outlives=False) as servers:
        with on(servers, ports.any_free(), ports.any_free(), print) as stack:
            _start(stack)
            load_demo(stack.config, CONTROLLERS)
            with Screen() as screen:
                Story(scenario("lost-backup"), CONTROLLERS, PEOPLE, 1, stack.config).play(screen)
            known = _known(stack)
        logs = {file.stem: file.read_text("utf-8") for file in (Path(folder) / "logs").glob("*.log")}
        yield logs, known


def _start(stack: Stack) -> None:
    settings = replace(stack.config, owner_database_url=None, log_level="DEBUG").as_environment()
    stack.children.start("sandbox", sandbox_command(stack.sandbox_url), settings)
    stack.children.start("web", web_command(stack.base_url), settings)
    for name in ("worker", "clock"):
        stack.children.start(name, command(name), settings)
    for url in (stack.sandbox_url, stack.base_url):
        ports.wait_for(url, 60.0, lambda: None)


def _known(stack: Stack) -> set[str]:
    mailed = {mail["to"] for mail in Inbox(stack.sandbox_url).mails()}
    with psycopg.connect(stack.servers.postgres.url(DATABASE), row_factory=scalar_row) as connection:
        written = {word for word in connection.execute(KNOWN) if word}
    assert len(mailed) >= PEOPLE
    return mailed | written


def lines_of(log: str) -> list[dict[str, Any]]:
    """Return the lines, each read as one JSON object."""
    return [json.loads(line) for line in log.splitlines()]


def test_no_name_and_no_address_stands_in_any_log(played: tuple[dict[str, str], set[str]]) -> None:
    logs, known = played
    assert set(logs) >= {*OURS, "postgres"} and len(known) > 3 * CONTROLLERS
    seen = {name: [word for word in known if word in log] for name, log in logs.items() if name != "sandbox"}
    assert seen == {name: [] for name in logs if name != "sandbox"}


def test_every_line_of_every_process_is_json(played: tuple[dict[str, str], set[str]]) -> None:
    for name in OURS:
        lines = lines_of(played[0][name])
        assert lines and {line["process"] for line in lines} == {name}
        assert "debug" in {line["level"] for line in lines}


def test_the_steps_can_be_followed_by_their_ids(played: tuple[dict[str, str], set[str]]) -> None:
    worked = [line for line in lines_of(played[0]["worker"]) if line["event"] == "steps done"]
    decided = [line for line in lines_of(played[0]["web"]) if line["event"] == "step done by a person"]
    assert {line["workflow"] for line in worked} == {"escalation", "bulk_notice"} | {w["workflow"] for w in worked}
    assert all(len(line["run_ids"]) == len(line["step_ids"]) == line["steps"] for line in worked)
    assert {"assess", "draft", "approve"} <= {line["step"] for line in decided}
    assert all(line["run_id"] and line["step_id"] for line in decided)

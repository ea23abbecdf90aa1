"""Every text that code asks for is there, in Dutch and in English, and mentions the same things in both."""

import ast
import re
from pathlib import Path

import pytest

from tests.house.reading import (
    MAIL_TEXTS,
    ROOT,
    SERVICE_TEXTS,
    beginnings,
    keys_in_templates,
    mentioned,
    name_of,
    nodes,
    texts,
)
from workflows.catalogue import CATALOGUE
from workflows.engine.steps import Human, Step
from workflows.escalation.board_contacts import HOW

REFUSALS = ("Refused", "Invalid", "NotFound", "NotAllowed", "AlreadyDone", "OutOfDate", "Key")
SUBJECTS = "agreement|breach|consent|escalation|incident|notice|office|register"
NAMED = re.compile(r"(?<!\w)'([A-Z][^'{}]{2,60})'(?!\w)")
"""A button, a link or a page that a text names, in quotes."""
KEY = re.compile(r"[a-z_]+(\.[a-z_0-9]+)+")
NL, EN = texts(SERVICE_TEXTS / "nl"), texts(SERVICE_TEXTS / "en")
STEPS = [(workflow.name, step) for workflow in CATALOGUE.values() for step in workflow.steps]


def test_dutch_and_english_have_the_same_keys():
    assert sorted(set(NL) ^ set(EN)) == []


def test_dutch_and_english_mention_the_same_things():
    assert [key for key in sorted(set(NL) & set(EN)) if mentioned(NL[key]) != mentioned(EN[key])] == []


@pytest.mark.parametrize("language", ["nl", "en"])
def test_what_a_text_names_in_quotes_is_called_so(language: str):
    """Whoever is sent to a button looks for these very words."""
    shown = NL if language == "nl" else EN
    mails = {file.name: file.read_text("utf-8") for file in (MAIL_TEXTS / language).iterdir()}
    named = {(key, name) for key, words in {**shown, **mails}.items() for name in NAMED.findall(words)}
    assert len(named) > 15 and {(key, name) for key, name in named if name not in set(shown.values())} == set()


def test_no_text_is_blank():
    assert [key for key, text in (NL | EN).items() if not text.strip()] == []


def missing(asked: list[tuple[Path, str, bool]]) -> list[str]:
    return [
        f"{file}: {key}" for file, key, whole in asked
        if (key not in NL if whole else key and not any(known.startswith(key) for known in NL))
    ]  # fmt: skip


def test_every_text_that_code_asks_for_is_there():
    asked = [
        (file, *beginnings(node.args[0])) for file, node in nodes("service")
        if isinstance(node, ast.Call) and name_of(node.func) in ("t", "lazy") and node.args
        and "sandbox" not in file.parts
    ]  # fmt: skip
    assert len(asked) > 5 and missing(asked) == []


def test_every_text_that_a_template_asks_for_is_there():
    asked = [key for key in keys_in_templates() if "sandbox" not in key[0].parts]
    assert len(asked) > 100 and missing(asked) == []


def refusals() -> set[str]:
    """Every key that the house refuses with: given to a refusal, named in its class, or returned to who raises it."""
    keys: set[str] = set()
    for _, node in nodes("tenants", "workflows", "service"):
        if isinstance(node, ast.Call) and name_of(node.func) in REFUSALS and node.args:
            key, whole = beginnings(node.args[0])
            keys |= {key} if whole else set()
        if isinstance(node, ast.ClassDef):
            keys |= {
                line.value.value for line in node.body
                if isinstance(line, ast.Assign) and isinstance(line.value, ast.Constant)
                and isinstance(line.value.value, str) and [name_of(target) for target in line.targets] == ["key"]
            }  # fmt: skip
    for _, node in nodes("tenants", "workflows"):
        value = node.value.value if isinstance(node, ast.Return) and isinstance(node.value, ast.Constant) else None
        keys |= {value} if isinstance(value, str) and KEY.fullmatch(value) else set()
    return keys


def test_every_refusal_has_its_words():
    asked = refusals()
    assert {"client.doubled", "step.four_eyes", "moment.in_future", "not_found"} <= asked
    assert sorted(key for key in asked if f"errors.{key}" not in NL) == []


def test_every_status_that_is_answered_has_its_words():
    codes = (400, 401, 403, 404, 405, 409, 412, 413, 415, 422, 429, 500, 503)
    assert {f"errors.http.{code}" for code in codes} <= set(NL)


@pytest.mark.parametrize("word", ["title", "why", "button"])
@pytest.mark.parametrize(("workflow", "step"), STEPS, ids=[f"{workflow}.{step.name}" for workflow, step in STEPS])
def test_every_persons_step_says_what_why_and_how(workflow: str, step: Step, word: str):
    if isinstance(step, Human):
        key = f"steps.{workflow}.{step.name}.{word}"
        assert key in NL and key in EN


def test_every_way_in_which_a_contact_was_reached_has_its_words_and_no_other_has():
    assert sorted(key for key in NL if key.startswith("board.contact_how.")) == sorted(
        f"board.contact_how.{how}" for how in HOW
    )


def test_every_article_can_be_named():
    laws = {word.law for workflow in CATALOGUE.values() for word in (*workflow.steps, *workflow.clocks)}
    keys = {"labels.articles." + "".join(sign for sign in law.lower() if sign.isalnum()) for law in laws}
    assert sorted(keys - set(NL)) == []


def remembered() -> set[str]:
    """Everything that history can tell, as far as it stands in the code or follows from the catalogue. What a
    function of an earlier version wrote still stands in the histories, so the old migrations count."""
    steps = {f"{workflow}.{step.name}" for workflow, step in STEPS if isinstance(step, Human)}
    for _, node in nodes("tenants", "workflows"):
        if isinstance(node, ast.Call) and name_of(node.func) == "Entry" and len(node.args) > 2:
            what, whole = beginnings(node.args[2])
            steps |= {what} if whole else set()
    for route in (ROOT / "migrations").rglob("*.sql"):
        steps |= set(re.findall(rf"'((?:{SUBJECTS})\.[a-z_]+)'", route.read_text("utf-8")))
    return steps


def test_everything_that_history_tells_has_its_words():
    asked = {f"labels.history.{what.replace('.', '_')}" for what in remembered()}
    assert len(asked) > 10 and sorted(asked - set(NL)) == []


def test_mails_are_the_same_set_in_both_languages():
    names = {language: {file.name for file in (MAIL_TEXTS / language).iterdir()} for language in ("nl", "en")}
    assert names["nl"] == names["en"]
    assert set(texts(MAIL_TEXTS / "nl")) == set(texts(MAIL_TEXTS / "en"))


def test_every_word_that_a_mail_asks_for_is_there():
    asked = [
        beginnings(node.args[0]) for _, node in nodes("workflows")
        if isinstance(node, ast.Call) and name_of(node.func) == "word" and node.args
    ]  # fmt: skip
    known = texts(MAIL_TEXTS / "nl")
    assert asked and [key for key, whole in asked if whole and f"words.{key}" not in known] == []
    reminders = {
        f"words.clock.{beginnings(node.args[0])[0]}" for _, node in nodes("workflows")
        if isinstance(node, ast.Call) and name_of(node.func) == "remind_people"
    }  # fmt: skip
    assert reminders and sorted(reminders - {key.replace("words.words.", "words.") for key in known}) == []

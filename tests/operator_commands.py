"""The commands of the operator, against the database of a test."""

import subprocess
from pathlib import Path
from uuid import UUID

from tests.commands import ROOT, run_command
from tests.conftest import Database
from tests.factories import let
from workflows.trust.verifying import make_letter


def operate(database: Database, *words: str, folder: Path | None = None) -> subprocess.CompletedProcess[str]:
    """One command of the operator, as on a server."""
    return run_command(*words, settings=database.config.as_environment(), folder=folder or ROOT)


def verify_history(database: Database, *words: str) -> subprocess.CompletedProcess[str]:
    return run_command("history", "verify", *words, settings=database.config.as_environment())


def a_letter(database: Database, organisation: UUID) -> str:
    url = database.config.owner_url()
    code, _ = let(url, organisation, "letter", "brief", lambda act: make_letter(act, "Straat 1"))
    return str(code)


def organisation_command(database: Database, *words: str) -> subprocess.CompletedProcess[str]:
    return run_command("organisation", *words, settings=database.config.as_environment())

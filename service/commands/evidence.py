"""``meldketen evidence export BREACH -o file.zip``: the evidence of one breach, to check without this service.

BREACH is its id or its reference. When several organisations have that reference, `--organisation` says which is
meant. The file is written whole or not at all, and only its owner can read it.
"""

import errno
import os
import tempfile
from argparse import ArgumentParser, Namespace
from pathlib import Path
from typing import IO
from uuid import UUID

from service.evidence.archive import write_evidence
from service.running.app_without_routes import app_without_routes
from service.running.installation import add_data, config_of
from service.words.law_texts import LANGUAGES, law_texts
from service.words.one_line import refuse
from tenants.database import db
from tenants.errors import NotFound
from tenants.history.entries import SYSTEM
from tenants.history.witness import organisations_to_verify
from tenants.isolation import acting_for
from workflows.evidence.evidence import breach_called

PROGRAM = "meldketen evidence"


def add_arguments(parser: ArgumentParser) -> None:
    """Add which breach to export, and to which file."""
    parser.add_argument("verb", choices=["export"], help="write the proof of a breach to a file")
    parser.add_argument("breach", metavar="BREACH", help="its id or its reference")
    parser.add_argument("-o", "--output", metavar="FILE", type=Path, required=True, help="the zip to write")
    parser.add_argument("--organisation", metavar="SLUG", help="whose breach it is")
    parser.add_argument("--lang", choices=LANGUAGES, default="nl", help="of what it says (default: nl)")
    add_data(parser)


def run(arguments: Namespace) -> int:
    """Export from the database that the environment names."""
    words = law_texts("evidence", arguments.lang)
    with app_without_routes(config_of(arguments.data)).app_context():
        try:
            return _export(arguments, words)
        except OSError as fault:
            failure = {"file": arguments.output, "why": fault.strerror or type(fault).__name__}
            return refuse(PROGRAM, words["no_file"].format(**failure))
        finally:
            db.engine.dispose()


def _export(arguments: Namespace, words: dict[str, str]) -> int:
    asked = {"breach": arguments.breach, "organisation": arguments.organisation}
    everybody = organisations_to_verify(arguments.organisation)
    if arguments.organisation and not everybody:
        return refuse(PROGRAM, words["organisation_unknown"].format(**asked))
    places = [place for organisation, _ in everybody if (place := _in(organisation, arguments.breach))]
    if len(places) != 1:
        return refuse(PROGRAM, words["organisation_needed" if places else "breach_unknown"].format(**asked))
    reference = _write(*places[0], arguments.output)
    print(words["written"].format(file=arguments.output, reference=reference))
    return 0


def _in(organisation: UUID, breach: str) -> tuple[UUID, UUID] | None:
    with acting_for(organisation):
        try:
            return organisation, breach_called(breach)
        except NotFound:
            return None


def _write(organisation: UUID, breach: UUID, output: Path) -> str:
    """Write the file under its name once the history records the export; an unfinished file is removed."""
    if output.is_dir():
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR))
    number, begun = tempfile.mkstemp(prefix=f".{output.name}.", dir=output.parent)
    try:
        with os.fdopen(number, "wb") as file:
            reference = _remembered(organisation, breach, file)
        os.replace(begun, output)
    except BaseException:
        Path(begun).unlink(missing_ok=True)
        raise
    return reference


def _remembered(organisation: UUID, breach: UUID, file: IO[bytes]) -> str:
    with acting_for(organisation):
        return write_evidence(breach, SYSTEM, file)

"""``meldketen doctor``: checks an installation from outside in, one line for each part.

    meldketen doctor [--data DIR] [--json]

Each line says whether the part is right, is wrong, or cannot be told from here, and what to do. It changes nothing and
shows no secret. Exit status: 1 when anything is wrong; 2 when there is no installation to look at.
"""

from argparse import ArgumentParser, Namespace
from collections.abc import Iterator

import orjson

from service.config import Config, ConfigError
from service.doctor.address import check_address
from service.doctor.database import check_database
from service.doctor.findings import WRONG, Finding, ok, wrong
from service.doctor.queue import check_queue
from service.doctor.sendgrid import check_sendgrid
from service.running.app_without_routes import unchecked_app
from service.running.installation import add_data, config_of, is_in_a_folder
from service.running.stamping import trusted_of
from service.words.law_texts import LANGUAGES, law_texts
from tenants.database import db


def add_arguments(parser: ArgumentParser) -> None:
    """Add which installation, and in which form it answers."""
    parser.add_argument("--json", action="store_true", help="one JSON object as the last line")
    parser.add_argument("--lang", choices=LANGUAGES, default="nl", help="of what it says (default: nl)")
    add_data(parser)


def run(arguments: Namespace) -> int:
    """Look at each part, and print its line as soon as it is known."""
    words, lines = law_texts("doctor", arguments.lang), []
    for finding in _findings(arguments):
        sentence = words[finding.key].format(**finding.values)
        print(f"{words[f'state.{finding.state}']:<9} {sentence}", flush=True)
        lines.append({"check": finding.check, "state": finding.state, "text": sentence})
    is_wrong = any(row["state"] == WRONG for row in lines)
    if arguments.json:
        print(orjson.dumps({"ok": not is_wrong, "checks": lines}).decode())
    return int(is_wrong)


def _findings(arguments: Namespace) -> Iterator[Finding]:
    try:
        config = config_of(arguments.data)
    except ConfigError as refused:
        if is_in_a_folder(arguments.data):
            raise
        for fault in refused.faults:
            yield wrong("settings.impossible", fault=fault)
        return
    yield _certificates(config)
    yield from check_address(config)
    yield from _database(config)
    yield from check_queue(config)
    yield from check_sendgrid(config)


def _certificates(config: Config) -> Finding:
    """Read the file that one setting names, as the clock process does when it starts."""
    try:
        trusted_of(config)
    except ConfigError as fault:
        return wrong("settings.impossible", fault=fault)
    return ok("settings.possible")


def _database(config: Config) -> Iterator[Finding]:
    with unchecked_app(config).app_context():
        try:
            yield from check_database(config)
        finally:
            db.engine.dispose()

"""``meldketen office create``: makes an organisation, admits it as an office, and prints its first owner's link.

    meldketen office create --name NAME --kvk NUMBER --owner-name NAME --owner-email ADDRESS [--json]

The link is mailed as well; it works once, within seven days. The same command again changes nothing: ``--again`` makes
a new link, as long as nobody opened the office. No password is asked for or printed.
"""

from argparse import ArgumentParser, Namespace

import orjson
from sqlalchemy import Connection

from service.commands.organisation_found import already, found_and_invite, wrong_to_found
from service.config import Config
from service.running.app_without_routes import app_without_routes
from service.words.law_texts import LANGUAGES, law_texts
from service.words.one_line import refuse
from tenants.database import db
from tenants.lines import long_text, one_line
from tenants.organisations.admission import ADMITTED, Decision, decide, offices_decided
from tenants.organisations.founding import FOUNDED, IN_USE, INVITED, Founded, Founding
from tenants.organisations.kvk_numbers import kvk_number
from tenants.organisations.organisations import slug_of
from workflows.trust.founding import FirstLink

NOTE = "created by the operator"
OPTIONS = ("name", "kvk", "owner_name", "owner_email", "language", "again", "json")


def add_create_arguments(parser: ArgumentParser) -> None:
    """Add which office to create, and who opens it."""
    parser.add_argument("--name", metavar="NAME", help="create: its name as in the trade register")
    parser.add_argument("--kvk", type=kvk_number, metavar="NUMBER", help="create: its KvK number, eight digits")
    parser.add_argument("--owner-name", metavar="NAME", help="create: the name of its first owner")
    parser.add_argument("--owner-email", metavar="ADDRESS", help="create: the first owner's mail address")
    parser.add_argument("--language", choices=LANGUAGES, help="create: of its mail (default: nl)")
    parser.add_argument("--again", action="store_true", help="create: a new link; the one before opens nothing more")
    parser.add_argument("--json", action="store_true", help="create: one JSON object as the last line")


def has_create_arguments(arguments: Namespace) -> bool:
    """Return whether an option was given that only `create` has."""
    return any(getattr(arguments, name) for name in OPTIONS)


def faults_to_create(arguments: Namespace) -> list[str]:
    """Return the key of the message about each value that is missing or wrong."""
    wrong = wrong_to_found(
        arguments.name or "", arguments.kvk or "", arguments.owner_name or "", arguments.owner_email or ""
    )
    at_limit = arguments.most_clients is not None and arguments.most_clients < 0
    return ["create_alone"] * (arguments.slug is not None) + [f"create_needs_{what}" for what in wrong] + (
        ["which_limit"] * at_limit)  # fmt: skip


def run_create(config: Config, arguments: Namespace, words: dict[str, str]) -> int:
    """Create the office and print its link. When it exists, say so with exit status 2, and change nothing."""
    name, note = one_line(arguments.name), one_line(long_text(arguments.note or "")) or NOTE
    language = arguments.language or "nl"
    asked = Founding(slug_of(name), name, arguments.kvk, language, note, arguments.again)
    offices: list[str] = []

    def admit(operator: Connection, founded: Founded) -> None:
        offices.extend(office.slug for office in offices_decided(operator) if office.slug == founded.slug)
        if founded.act is not None and not offices:
            decide(operator, Decision(founded.slug, ADMITTED, note, arguments.most_clients))

    with app_without_routes(config).app_context():
        try:
            founded, link = found_and_invite(
                config, asked, arguments.owner_name, arguments.owner_email, is_mailed=True, beside=admit
            )
        finally:
            db.engine.dispose()
    if link is None:
        return refuse("meldketen office", _why_not(founded, bool(offices), arguments, words))
    _tell(founded, link, arguments, words)
    return 0


def _why_not(founded: Founded, is_office: bool, arguments: Namespace, words: dict[str, str]) -> str:
    assert founded.outcome in (INVITED, IN_USE)
    if not is_office:
        return words["create_not_admitted"].format(name=founded.name, slug=founded.slug)
    return already(founded, arguments.kvk, arguments.lang, law_texts("organisation", arguments.lang))


def _tell(founded: Founded, link: FirstLink, arguments: Namespace, words: dict[str, str]) -> None:
    key = "created" if founded.outcome == FOUNDED else "created_again"
    print(words[key].format(name=founded.name, slug=founded.slug))
    mailed = "created_mailed" if link.is_mailed else "created_held"
    print(words[mailed].format(email=one_line(arguments.owner_email)), link.address, sep="\n")
    if arguments.json:
        answer = {
            "organisation": founded.slug, "name": founded.name, "link": link.address, "mailed": link.is_mailed,
            "expires_at": link.expires_at,
        }  # fmt: skip
        print(orjson.dumps(answer).decode())

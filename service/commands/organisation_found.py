"""``meldketen organisation found NAME --kvk NUMBER --owner NAME --email ADDRESS``: founds an organisation.

This is for a controller on its own; an office is made by `meldketen office create`. The first owner gets a link by
mail that works once, within seven days; with ``--print-link`` the operator gets the link and nothing is mailed.
Founding twice makes no second organisation: ``--again`` makes a new link, as long as nobody opened the organisation.
No password is asked for or printed.
"""

from argparse import ArgumentParser, Namespace
from collections.abc import Callable

from sqlalchemy import Connection

from service.config import Config
from service.running.operator import as_operator
from service.words.addresses import mail_address
from service.words.law_texts import LANGUAGES
from service.words.one_line import refuse
from tenants.errors import Invalid
from tenants.isolation import acting_for
from tenants.lines import one_line
from tenants.organisations.founding import FOUNDED, Founded, Founding, found
from tenants.organisations.kvk_numbers import is_kvk_number, kvk_number
from tenants.organisations.organisations import slug_of
from workflows.mail.batches import Addressee, addressee
from workflows.mail.words import local_moment
from workflows.trust.founding import FirstLink, invite_first_owner

LONGEST_NAME = 200
NOTE = "founded by the operator"


def add_found_arguments(parser: ArgumentParser) -> None:
    """Add which organisation to found, and who opens it."""
    parser.add_argument(
        "--kvk", type=kvk_number, default="", metavar="NUMBER", help="found: its KvK number, eight digits"
    )
    parser.add_argument("--owner", default="", metavar="NAME", help="found: the name of its first owner")
    parser.add_argument("--email", default="", metavar="ADDRESS", help="found: where the first owner gets the link")
    parser.add_argument("--language", choices=LANGUAGES, default="nl", help="found: of its mail (default: nl)")
    parser.add_argument("--again", action="store_true", help="found: a new link; the one before opens nothing any more")
    parser.add_argument("--print-link", action="store_true", help="found: print the link here, and mail nothing")


def missing_to_found(arguments: Namespace) -> str | None:
    """Return the key of the message about the first value that is missing or wrong; None when all are right."""
    if arguments.domains:
        return "found_needs_name"
    wrong = wrong_to_found(arguments.organisation, arguments.kvk, arguments.owner, arguments.email)
    return f"found_needs_{wrong[0]}" if wrong else None


def wrong_to_found(name: str, kvk: str, owner: str, email: str) -> list[str]:
    """Return which of these are missing or wrong: name, kvk, owner, email."""
    right = {
        "name": 0 < len(one_line(name)) <= LONGEST_NAME, "kvk": is_kvk_number(kvk),
        "owner": 0 < len(one_line(owner)) <= LONGEST_NAME, "email": _owner(owner, email) is not None,
    }  # fmt: skip
    return [what for what, is_right in right.items() if not is_right]


def run_found(config: Config, arguments: Namespace, words: dict[str, str]) -> int:
    """Found the organisation and write the link.

    When it exists already, say so with exit status 2, and change nothing.
    """
    name, note = one_line(arguments.organisation), one_line(arguments.note) or NOTE
    asked = Founding(slug_of(name), name, arguments.kvk, arguments.language, note, arguments.again)
    founded, link = found_and_invite(
        config, asked, arguments.owner, arguments.email, is_mailed=not arguments.print_link
    )
    if link is None:
        return refuse("meldketen organisation", already(founded, arguments.kvk, arguments.lang, words))
    print(words[f"found_{founded.outcome}"].format(name=founded.name, slug=founded.slug))
    if arguments.print_link:
        print(words["found_link"], link.address, sep="\n")
    else:
        print(words["found_mailed"].format(email=one_line(arguments.email)))
    return 0


def found_and_invite(
    config: Config,
    asked: Founding,
    owner: str,
    email: str,
    is_mailed: bool,
    beside: Callable[[Connection, Founded], None] = lambda operator, founded: None,
) -> tuple[Founded, FirstLink | None]:
    """Found an organisation, and make a link for its first owner; None when it existed and nothing was changed.

    `beside` is done in the operator's transaction that founds. Who ends between that and the link runs the same command
    again: without a link that works it makes one.
    """
    to = _owner(owner, email)
    assert to is not None
    with as_operator(config) as operator:
        founded = found(operator, asked)
        beside(operator, founded)
    if founded.act is None:
        return founded, None
    with acting_for(founded.organisation_id):
        return founded, invite_first_owner(founded.act, to, founded.outcome == FOUNDED, is_mailed)


def already(founded: Founded, kvk: str, language: str, words: dict[str, str]) -> str:
    """Return in words that the organisation was there, so that nothing changed, and what to do."""
    until = local_moment(founded.link_until, language) if founded.link_until else ""
    values = {"name": founded.name, "slug": founded.slug, "kvk": kvk, "until": until}
    return words[f"found_{founded.outcome}"].format(**values)


def _owner(name: str, email: str) -> Addressee | None:
    try:
        return addressee(one_line(name), mail_address(one_line(email)).lower())
    except Invalid:
        return None

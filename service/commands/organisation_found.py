"""``meldketen organisation found NAME --kvk NUMBER --owner NAME --email ADDRESS``: founds an organisation.

An installation gets its first office in this way. The first owner gets a link by mail that works once, within seven
days; with ``--print-link`` the operator gets the link and nothing is mailed. Founding twice makes no second
organisation: ``--again`` makes a new link, as long as nobody opened the organisation. No password is asked for or
printed.
"""

from argparse import ArgumentParser, Namespace
from dataclasses import replace

from service.config import Config
from service.running.operator import as_operator
from service.words.law_texts import LANGUAGES
from service.words.one_line import refuse
from tenants.isolation import acting_for
from tenants.lines import one_line
from tenants.organisations.founding import FOUNDED, IN_USE, INVITED, Founded, Founding, found
from tenants.organisations.kvk_numbers import is_kvk_number, kvk_number
from tenants.organisations.organisations import slug_of
from workflows.mail.batches import Addressee, addressee
from workflows.mail.words import local_moment
from workflows.trust.founding import invite_first_owner

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
    if not 0 < len(one_line(arguments.organisation)) <= LONGEST_NAME or arguments.domains:
        return "found_needs_name"
    if not is_kvk_number(arguments.kvk):
        return "found_needs_kvk"
    if not 0 < len(one_line(arguments.owner)) <= LONGEST_NAME:
        return "found_needs_owner"
    return None if _owner(arguments) else "found_needs_email"


def run_found(config: Config, arguments: Namespace, words: dict[str, str]) -> int:
    """Found the organisation and write the link.

    When it exists already, say so with exit status 2, and change nothing.
    """
    name, note = one_line(arguments.organisation), one_line(arguments.note) or NOTE
    slug = slug_of(name)
    asked = Founding(slug, name, arguments.kvk, arguments.language, note, arguments.again)
    with as_operator(config) as operator:
        founded = found(operator, asked)
    if founded.outcome in (INVITED, IN_USE) or founded.act is None:
        return refuse("meldketen organisation", _already(founded, arguments, words))
    to, is_new = _owner(arguments), founded.outcome == FOUNDED
    assert to is not None
    with acting_for(founded.organisation_id):
        link = invite_first_owner(founded.act, to, is_new, is_mailed=not arguments.print_link)
    print(words[f"found_{founded.outcome}"].format(name=founded.name, slug=founded.slug))
    if arguments.print_link:
        print(words["found_link"], link, sep="\n")
    else:
        print(words["found_mailed"].format(email=to.address))
    return 0


def _already(founded: Founded, arguments: Namespace, words: dict[str, str]) -> str:
    until = local_moment(founded.link_until, arguments.lang) if founded.link_until else ""
    values = {"name": founded.name, "slug": founded.slug, "kvk": arguments.kvk, "until": until}
    return words[f"found_{founded.outcome}"].format(**values)


def _owner(arguments: Namespace) -> Addressee | None:
    to = addressee(one_line(arguments.owner), one_line(arguments.email))
    return replace(to, address=to.address.lower()) if to else None

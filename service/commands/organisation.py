"""``meldketen organisation``: the operator founds an organisation, and records whose register it is.

``found NAME --kvk NUMBER --owner NAME --email ADDRESS``: an organisation, such as the first office
(organisation_found.py). ``letter SLUG --address "..." -o letter.pdf``: a letter to the registered address with a code,
for 30 days and five tries; the letter before it ends. ``domains SLUG example.nl ... --note "..."``: links to its own
pages stay links in its mail; without a domain no link stays. ``verify SLUG --note "..."``: the operator saw a proof;
with ``--name-checked`` they compared the name with it too, also later. ``verify SLUG --withdraw --note "..."``: the
proof does not hold. ``rename SLUG --name "..." --note "..."``: a new name, which nobody compared yet. After a proof
only this command changes a name. Needs OWNER_DATABASE_URL, or the data folder of a running `up`: the app's settings
alone are not enough.
"""

import re
from argparse import ArgumentParser, Namespace
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

from service.commands.organisation_found import LONGEST_NAME, add_found_arguments, missing_to_found, run_found
from service.config import Config
from service.running.app_without_routes import app_without_routes
from service.running.installation import add_data, config_of
from service.running.operator import carry_out, why
from service.words.law_texts import LANGUAGES, law_texts
from service.words.one_line import refuse, told_apart
from tenants.database import db
from tenants.errors import Refused
from tenants.history.witness import organisations_to_verify
from tenants.isolation import acting_for
from tenants.lines import one_line
from tenants.organisations.organisations import the_acting_organisation
from workflows.settings.renaming import rename
from workflows.trust.allowing import let_links_be
from workflows.trust.verifying import make_letter, prove_by_operator, prove_name_by_operator, take_proof_back

PROGRAM = "meldketen organisation"
DOMAIN = re.compile(r"(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.){1,8}[A-Za-z]{2,24}")


def add_arguments(parser: ArgumentParser) -> None:
    """Add which organisation it is, what the operator saw, and where the letter goes."""
    parser.add_argument("verb", choices=TOLD, help=told_apart(TOLD))
    parser.add_argument("organisation", metavar="SLUG", help="as in its address /o/SLUG/; found: the name of a new one")
    add_found_arguments(parser)
    parser.add_argument("domains", nargs="*", metavar="DOMAIN", help="domains: such as example.nl; none: no links")
    parser.add_argument("--address", help=r'letter: the registered address, lines divided by "\n" or a comma')
    parser.add_argument("-o", "--output", type=Path, metavar="FILE", help="letter: where the PDF goes")
    parser.add_argument("--note", default="", help="verify, rename, domains: what was seen, and by whom")
    parser.add_argument("--name", default="", help="rename: the name from now on")
    parser.add_argument("--name-checked", action="store_true", help="verify: the name was compared with the proof too")
    parser.add_argument("--withdraw", action="store_true", help="verify: the proof does not hold (any more)")
    parser.add_argument("--lang", choices=LANGUAGES, default="nl", help="of what it says (default: nl)")
    add_data(parser)


def run(arguments: Namespace) -> int:
    """Work in the installation that the environment or --data names."""
    words = law_texts("organisation", arguments.lang)
    missing = _missing(arguments)
    if missing:
        return refuse(PROGRAM, words[missing])
    config = config_of(arguments.data)
    with app_without_routes(config).app_context():
        try:
            if arguments.verb == "found":
                return run_found(config, arguments, words)
            organisations = organisations_to_verify(arguments.organisation)
            if not organisations:
                return refuse(PROGRAM, words["unknown"].format(organisation=arguments.organisation))
            return VERBS[arguments.verb](config, organisations[0][0], arguments, words)
        except Refused as refused:
            return refuse(PROGRAM, why(refused, arguments.lang))
        finally:
            db.engine.dispose()


def _missing(arguments: Namespace) -> str | None:
    if arguments.verb == "found":
        return missing_to_found(arguments)
    if arguments.verb == "letter":
        return None if arguments.address and arguments.output else "letter_needs"
    if arguments.verb == "domains":
        right = one_line(arguments.note) and all(DOMAIN.fullmatch(domain) for domain in arguments.domains)
        return None if right else "domains_need"
    if arguments.verb == "rename":
        right = one_line(arguments.note) and 0 < len(one_line(arguments.name)) <= LONGEST_NAME
        return None if right and not arguments.domains else "rename_needs"
    at_once = arguments.withdraw and arguments.name_checked
    return None if one_line(arguments.note) and not arguments.domains and not at_once else "verify_needs"


def _letter(config: Config, organisation: UUID, arguments: Namespace, words: dict[str, str]) -> int:
    from service.letters.verification import letter  # Its module loads a typesetter, which no other verb needs.

    address = "\n".join(part.strip() for part in arguments.address.replace("\\n", "\n").replace(",", "\n").split("\n"))
    with acting_for(organisation):
        name = the_acting_organisation().name
    code, until = carry_out(config, organisation, "letter", "a letter", lambda act: make_letter(act, address))
    today = datetime.now(UTC).date()
    pdf = letter(name, address, code, until, today, config.base_url, config.mail_from_name, arguments.lang)
    arguments.output.write_bytes(pdf)
    print(words["letter_made"].format(organisation=arguments.organisation, file=arguments.output))
    return 0


def _verify(config: Config, organisation: UUID, arguments: Namespace, words: dict[str, str]) -> int:
    name = "withdrawn" if arguments.withdraw else "name_checked" if arguments.name_checked else "verified"
    act, verb = PROOFS[name]
    carry_out(config, organisation, act, one_line(arguments.note), verb)
    print(words[name].format(organisation=arguments.organisation))
    return 0


def _rename(config: Config, organisation: UUID, arguments: Namespace, words: dict[str, str]) -> int:
    name = one_line(arguments.name)
    carry_out(config, organisation, "rename", one_line(arguments.note), lambda act: rename(act, name))
    print(words["renamed"].format(organisation=arguments.organisation, name=name))
    return 0


def _domains(config: Config, organisation: UUID, arguments: Namespace, words: dict[str, str]) -> int:
    domains = sorted({domain.lower() for domain in arguments.domains})
    note = one_line(arguments.note)
    carry_out(config, organisation, "allow_links", note, lambda act: let_links_be(act, domains))
    key = "links_allowed" if domains else "links_ended"
    print(words[key].format(organisation=arguments.organisation, domains=", ".join(domains)))
    return 0


PROOFS = {
    "verified": ("verify", prove_by_operator), "name_checked": ("check_name", prove_name_by_operator),
    "withdrawn": ("withdraw", take_proof_back),
}  # fmt: skip
"""The function of each verb, which carries out the operator's act."""
VERBS = {"letter": _letter, "verify": _verify, "rename": _rename, "domains": _domains}
TOLD = {
    "found": "make a new one", "letter": "write a letter with a code",
    "verify": "say that a proof was seen, or does not hold", "rename": "give it another name",
    "domains": "let links to its own pages be links",
}  # fmt: skip
"""What each verb does, for --help."""

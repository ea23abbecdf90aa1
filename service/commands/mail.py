"""``meldketen mail``: shows the mail that waits before it is sent, to the operator of the installation.

``held``: one line for each. ``release SLUG ID --note "..."``: the mail may go; ID stands in the line of ``held``.
``limit SLUG KIND=NUMBER --note "..."``: at most so many mails of a kind a day. Needs OWNER_DATABASE_URL, or the data
folder of `up`.
"""

from argparse import ArgumentParser, Namespace
from uuid import UUID

from sqlalchemy import text

from service.config import Config
from service.running.app_without_routes import app_without_routes
from service.running.installation import add_data, config_of
from service.running.operator import as_operator, carry_out
from service.words.law_texts import LANGUAGES, law_texts
from service.words.one_line import refuse, told_apart
from tenants.database import db
from tenants.history.witness import organisations_to_verify
from tenants.lines import one_line
from workflows.mail.limits import DROPPED, LIMITS, REFUSED
from workflows.plurals import form
from workflows.trust.allowing import let_mail_go, widen_limit

PROGRAM = "meldketen mail"
HELD = text("select * from held_mail()")
MOST = 1_000_000
VERBS = {"held": "see what waits", "release": "let it go", "limit": "widen a limit"}


def add_arguments(parser: ArgumentParser) -> None:
    """Add what to show, or what may be sent."""
    parser.add_argument("verb", choices=VERBS, help=told_apart(VERBS))
    parser.add_argument("organisation", nargs="?", metavar="SLUG", help="release, limit: the organisation")
    parser.add_argument("what", nargs="?", metavar="ID", help="release: what `held` names; limit: KIND=NUMBER")
    parser.add_argument("--note", default="", help="why, and who decided it")
    parser.add_argument("--lang", choices=LANGUAGES, default="nl", help="of what it says (default: nl)")
    add_data(parser)


def run(arguments: Namespace) -> int:
    """Work in the installation that the environment or --data names."""
    words, config = law_texts("mail", arguments.lang), config_of(arguments.data)
    if arguments.verb == "held":
        return _held(config, arguments, words)
    if not (arguments.organisation and arguments.what and one_line(arguments.note)):
        return refuse(PROGRAM, words["needs"])
    with app_without_routes(config).app_context():
        try:
            organisations = organisations_to_verify(arguments.organisation)
            if not organisations:
                return refuse(PROGRAM, words["unknown"].format(organisation=arguments.organisation))
            return (_release if arguments.verb == "release" else _limit)(config, organisations[0][0], arguments, words)
        finally:
            db.engine.dispose()


def _held(config: Config, arguments: Namespace, words: dict[str, str]) -> int:
    with as_operator(config) as connection:
        rows = connection.execute(HELD).all()
    for row in rows:
        until = row.held_until.isoformat(timespec="minutes") if row.held_until else "-"
        print(row.slug, row.about_id, row.purpose, row.held_for, until, row.people, sep="\t")
    print(form(words, "held", {"rows": len(rows)}, arguments.lang).format(rows=len(rows)))
    return 0


def _release(config: Config, organisation: UUID, arguments: Namespace, words: dict[str, str]) -> int:
    try:
        about = UUID(arguments.what)
    except ValueError:
        return refuse(PROGRAM, words["needs"])
    batches = carry_out(config, organisation, "release_mail", one_line(arguments.note), let_mail_go, about)
    if not batches:
        return refuse(PROGRAM, words["nothing"].format(about=about))
    print(form(words, "released", {"batches": batches}, arguments.lang).format(batches=batches))
    return 0


def _limit(config: Config, organisation: UUID, arguments: Namespace, words: dict[str, str]) -> int:
    kind, _, number = arguments.what.partition("=")
    if kind not in LIMITS | DROPPED | REFUSED or not number.isdecimal() or not 0 < len(number) < len(str(MOST)):
        return refuse(PROGRAM, words["limit_needs"].format(kinds=", ".join(LIMITS | DROPPED | REFUSED)))
    most = int(number)
    carry_out(config, organisation, "limit_mail", one_line(arguments.note), lambda act: widen_limit(act, kind, most))
    print(words["limited"].format(organisation=arguments.organisation, kind=kind, most=most))
    return 0

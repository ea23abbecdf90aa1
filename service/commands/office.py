"""``meldketen office admit | limits | suspend | release-claim SLUG --note TEXT``: who registers clients and escalates.

An admitted office may register clients and record incidents that hit them; a suspended one may not any more, while
what it escalated before goes on. `release-claim` closes the register of a client again that a stranger opened by a
mailed link: all seats, sessions, invitations, keys, deputies and the login provider in it end, so it freezes until
its own people open it. Runs as the owner of the database, and stands in the office's own history.
"""

from argparse import ArgumentParser, Namespace

from service.app_without_doors import app_without_doors
from service.installation import add_data, config_of
from service.law_texts import LANGUAGES, law_texts
from service.one_line import refuse
from service.operator import as_operator, close_register
from tenants.admission import ADMITTED, SUSPENDED, Decision, decide
from tenants.database import db
from tenants.lines import long_text

PROGRAM = "meldketen office"
STATES = {"admit": ADMITTED, "suspend": SUSPENDED, "limits": None}
RELEASE = "release-claim"


def add_arguments(parser: ArgumentParser) -> None:
    """What is decided, about whom, and why."""
    verbs = "let it in, stop it, only change its limits; or close a client's register again"
    parser.add_argument("verb", choices=[*STATES, RELEASE], help=verbs)
    parser.add_argument("slug", metavar="SLUG", help="the office (or register), as in its address /o/SLUG/")
    parser.add_argument("--note", required=True, metavar="TEXT", help="why; it stands in the office's history")
    parser.add_argument(
        "--most-clients", type=int, metavar="N", help="how many clients it may have at most; 0: no limit"
    )
    parser.add_argument("--lang", choices=LANGUAGES, default="nl", help="of what it says (default: nl)")
    add_data(parser)


def run(arguments: Namespace) -> int:
    """Decide it; one line on stdout says what is so from now on."""
    words, most = law_texts("office", arguments.lang), arguments.most_clients
    if not long_text(arguments.note):
        return refuse(PROGRAM, words["say_why"])
    if (most is not None and most < 0) or (most is None and arguments.verb == "limits"):
        return refuse(PROGRAM, words["which_limit"])
    if arguments.verb == RELEASE:
        return _release(arguments, words)
    decision = Decision(arguments.slug, STATES[arguments.verb], long_text(arguments.note), most)
    with as_operator(config_of(arguments.data)) as operator:
        if decide(operator, decision) is None:
            key = "unknown" if decision.state else "not_admitted_yet"
            return refuse(PROGRAM, words[key].format(office=arguments.slug))
    print(words[arguments.verb].format(office=arguments.slug))
    return 0


def _release(arguments: Namespace, words: dict[str, str]) -> int:
    config = config_of(arguments.data)
    with app_without_doors(config).app_context():
        register = close_register(config, arguments.slug, long_text(arguments.note))
        db.engine.dispose()
    if register is None:
        return refuse(PROGRAM, words["not_released"].format(office=arguments.slug))
    print(words["released"].format(office=arguments.slug))
    return 0

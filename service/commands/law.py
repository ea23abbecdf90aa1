"""``meldketen law``: answers questions about the rules, without a register. Each question is a module of its own."""

import importlib
from argparse import REMAINDER, ArgumentParser, Namespace

from service.words.one_line import OneLineParser, refuse, told_apart

VERBS = {
    "due": "until when, counted from the moment of awareness (Art. 33)",
    "severity": "how severe, by ENISA's methodology",
    "advise": "which duties the facts of a breach bring (Art. 33, 34)",
    "form": "the AP's form, filled with what is known",
}


def add_arguments(parser: ArgumentParser) -> None:
    """Add the question. The words after it are its own arguments."""
    parser.usage = "meldketen law {" + ",".join(VERBS) + "} [--help]"
    parser.add_argument("verb", choices=VERBS, help=told_apart(VERBS))
    parser.add_argument("words", nargs=REMAINDER, help="what the question needs; see its own --help")


def run(arguments: Namespace) -> int:
    """Print the answer as JSON on the last line of stdout.

    A wrong or impossible question gets one line and status 2.
    """
    name = f"meldketen law {arguments.verb}"
    module = importlib.import_module(f"service.commands.law_{arguments.verb}")
    parser = OneLineParser(prog=name, description=VERBS[arguments.verb])
    module.add_arguments(parser)
    try:
        status: int = module.run(parser.parse_args(arguments.words))
        return status
    except OverflowError:
        return refuse(name, "that lies beyond the years that can be counted")
    except ValueError as error:
        return refuse(name, error)

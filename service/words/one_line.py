"""A wrong option is one clear line on stderr and exit status 2, without the usage before it."""

import sys
from argparse import ArgumentParser
from collections.abc import Mapping
from typing import NoReturn


class ToldInOneLine(Exception):
    """Why a command cannot begin; its message is one line that says what to do, for whoever started it."""


class OneLineParser(ArgumentParser):
    """An argument parser that refuses in one line, and takes no abbreviated options."""

    def __init__(self, **settings: object) -> None:
        super().__init__(allow_abbrev=False, **settings)  # type: ignore[arg-type]

    def error(self, message: str) -> NoReturn:
        """Say what is wrong, and end with status 2."""
        refuse(self.prog, message)
        sys.exit(2)


def told_apart(verbs: Mapping[str, str]) -> str:
    """What each verb of a command does, for its --help."""
    return "; ".join(f"{verb}: {what}" for verb, what in verbs.items())


def refuse(command: str, why: object) -> int:
    """One line on stderr; the exit status that goes with it."""
    print(f"{command}: {' '.join(str(why).split())}", file=sys.stderr)
    return 2

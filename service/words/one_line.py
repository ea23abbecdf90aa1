"""A wrong option gives one clear line on stderr and exit status 2, without the usage before it."""

import sys
from argparse import ArgumentParser
from collections.abc import Mapping
from typing import NoReturn


class ToldInOneLine(Exception):
    """A command cannot begin. The message is one line that tells the person who started it what to do."""


class OneLineParser(ArgumentParser):
    """An argument parser that refuses in one line, and accepts no abbreviated options."""

    def __init__(self, **settings: object) -> None:
        super().__init__(allow_abbrev=False, **settings)  # type: ignore[arg-type]

    def error(self, message: str) -> NoReturn:
        """Print what is wrong, and end with status 2."""
        refuse(self.prog, message)
        sys.exit(2)


def told_apart(verbs: Mapping[str, str]) -> str:
    """Return what each verb of a command does, for its --help."""
    return "; ".join(f"{verb}: {what}" for verb, what in verbs.items())


def refuse(command: str, why: object) -> int:
    """Print one line on stderr. Return the exit status of a refusal."""
    print(f"{command}: {' '.join(str(why).split())}", file=sys.stderr)
    return 2

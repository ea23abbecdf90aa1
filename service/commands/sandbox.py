"""``meldketen sandbox``: starts only the SendGrid sandbox, on this machine."""

import os
from argparse import ArgumentParser, Namespace

from service.embedded import ports
from service.embedded.programs import sandbox_command

DEFAULT_PORT = 8025


def add_arguments(parser: ArgumentParser) -> None:
    """Add the address on which the sandbox listens."""
    parser.add_argument("--port", type=int, default=DEFAULT_PORT, help="where it answers")


def run(arguments: Namespace) -> int:
    """Replace this process by the sandbox, which reads its own settings from the environment."""
    with ports.exactly(arguments.port) as held:
        words = sandbox_command(f"http://{ports.LOOPBACK}:{ports.number_of(held)}")
    os.execv(words[0], words)

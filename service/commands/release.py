"""``meldketen release``: migrates the database to this version, as its owner."""

from argparse import Namespace

from service.config import Config
from service.release import release


def run(arguments: Namespace) -> int:
    """Migrate and fill the database that the environment names."""
    release(Config.from_environment())
    return 0

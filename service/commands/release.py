"""``meldketen release``: migrates the database to this version, as its owner."""

from argparse import Namespace

from migrations.release import migrate
from service.config import Config


def run(arguments: Namespace) -> int:
    """Migrate the database that the environment names."""
    migrate(Config.from_environment())
    return 0

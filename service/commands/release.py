"""``meldketen release``: migrates the database to this version, as its owner."""

from argparse import Namespace

from migrations.release import ReleasedVersionChanged
from service.config import Config
from service.release import release
from service.words.one_line import refuse


def run(arguments: Namespace) -> int:
    """Migrate and fill the database that the environment names; refuse a build that changed a released version."""
    try:
        release(Config.from_environment())
    except ReleasedVersionChanged as changed:
        return refuse("meldketen release", changed)
    return 0

"""``meldketen release``: migrates the database to this version, as its owner."""

from argparse import Namespace

from migrations.release import ReleaseRefused
from service.config import Config
from service.release import release
from service.words.one_line import refuse


def run(arguments: Namespace) -> int:
    """Migrate and fill the database that the environment names; refuse in one line what cannot be released."""
    try:
        release(Config.from_environment())
    except ReleaseRefused as refusal:
        return refuse("meldketen release", refusal)
    return 0

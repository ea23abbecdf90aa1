"""``meldketen release``: bring the database to this version, as its owner."""

import importlib.util
from argparse import Namespace
from pathlib import Path

from alembic import command
from alembic.config import Config as Alembic

from service.config import Config, ConfigError


def run(arguments: Namespace) -> int:
    """Migrate the database that the environment names."""
    migrate(Config.from_environment())
    return 0


def migrate(config: Config) -> None:
    """Run every migration that the database has not had yet."""
    alembic = Alembic()
    alembic.set_main_option("script_location", str(_migrations()))
    alembic.attributes["url"] = config.owner_url()
    alembic.attributes["app_url"] = config.database_url
    command.upgrade(alembic, "head")


def _migrations() -> Path:
    spec = importlib.util.find_spec("migrations")
    if spec is None or not spec.submodule_search_locations:
        raise ConfigError("The migrations are not installed with this program.")
    return Path(next(iter(spec.submodule_search_locations)))

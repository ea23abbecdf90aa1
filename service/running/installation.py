"""The installation that a command works on: the one that the environment names, or else that of `meldketen up`."""

from argparse import ArgumentParser
from pathlib import Path

from service.config import Config, ConfigError, environment

HERE = Path(".data")
ANYWHERE = "http://127.0.0.1"
"""Such a command serves no pages. The links in its mail lead to the address of `up`."""


def add_data(parser: ArgumentParser) -> None:
    """Add where to find the installation."""
    parser.add_argument(
        "--data", type=Path, metavar="DATA",
        help="the data folder of a running `up` (default: what the environment names, or else .data)",
    )  # fmt: skip


def config_of(data: Path | None) -> Config:
    """Return its settings. Raises ConfigError when there are none, or when it does not run."""
    if data is None and "DATABASE_URL" in environment():
        return Config.from_environment()
    return _config_in(data)


def _config_in(data: Path | None) -> Config:
    from service.embedded.folder import DataFolder

    if data is None and not DataFolder(HERE).keys.exists():
        return Config.from_environment()
    folder = data or HERE
    if not DataFolder(folder).keys.exists():
        raise ConfigError(f"No installation in {folder}; name the data folder of `meldketen up` with --data.")
    # This needs the extra `local`, as the `up` that made this folder did.
    from service.embedded.servers import Embedded

    servers = Embedded(folder, holds=False)
    if not servers.running():
        raise ConfigError(f"Nothing runs on {folder}; start it with `make run` first.")
    address, sandbox = servers.folder.announced()
    return servers.config(address or ANYWHERE, sandbox or ANYWHERE)


def is_in_a_folder(data: Path | None) -> bool:
    """Return whether a command would work on the data folder of `up`, and not on what the environment names."""
    from service.embedded.folder import DataFolder

    return data is not None or ("DATABASE_URL" not in environment() and DataFolder(HERE).keys.exists())

"""The one reader of texts in TOML files. Standard library only."""

import tomllib
from collections.abc import Iterator
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any


def texts_of(file: Path | Traversable) -> dict[str, str]:
    """Return every text of the file by its key: the names of the tables around it and its own, joined by dots.

    Raises OSError for a file that cannot be read, ValueError (TOMLDecodeError) for one that is no TOML.
    """
    return dict(_flat(tomllib.loads(file.read_text("utf-8")), ""))


def texts_in(folder: Path) -> dict[str, str]:
    """Return every text of the folder's `.toml` files by its key, which begins with the name of the file. Raises as
    above."""
    files = sorted(folder.glob("*.toml"))
    return {f"{file.stem}.{key}": text for file in files for key, text in texts_of(file).items()}


def _flat(table: dict[str, Any], before: str) -> Iterator[tuple[str, str]]:
    for name, value in table.items():
        if isinstance(value, dict):
            yield from _flat(value, f"{before}{name}.")
        else:
            yield f"{before}{name}", str(value)

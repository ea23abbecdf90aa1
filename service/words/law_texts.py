"""The texts of the law's answers, read without the pages: translations/<language>/<name>.toml, by key."""

import tomllib
from functools import cache
from pathlib import Path
from typing import Any

LANGUAGES = ("nl", "en")
FOLDER = Path(__file__).parents[1] / "translations"


@cache
def law_texts(name: str, language: str) -> dict[str, str]:
    """Every text of one file by its key: tables joined by dots. One of LANGUAGES."""
    return _flat(tomllib.loads((FOLDER / language / f"{name}.toml").read_text("utf-8")))


def _flat(table: dict[str, Any], before: str = "") -> dict[str, str]:
    texts: dict[str, str] = {}
    for key, value in table.items():
        texts |= _flat(value, f"{before}{key}.") if isinstance(value, dict) else {f"{before}{key}": str(value)}
    return texts

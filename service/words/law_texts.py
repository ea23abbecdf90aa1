"""The texts of the law's answers, read without the pages: translations/<language>/<name>.toml, by key."""

from functools import cache
from pathlib import Path

from workflows.text_files import texts_of

LANGUAGES = ("nl", "en")
FOLDER = Path(__file__).parents[1] / "translations"


@cache
def law_texts(name: str, language: str) -> dict[str, str]:
    """Return every text of one file by its key, where dots join the names of tables. `language` is one of LANGUAGES."""
    return texts_of(FOLDER / language / f"{name}.toml")

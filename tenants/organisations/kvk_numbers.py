"""Numbers of the Chamber of Commerce (KvK): eight digits, that people type with spaces, dots or dashes."""

import re

from tenants.lines import one_line

NUMBER = re.compile(r"[0-9]{8}")
BETWEEN = re.compile(r"[\s.\u00b7\u2010-\u2015-]+")


def kvk_number(text: str) -> str:
    """Return the typed number without the signs that people put between digits. Other signs stay, so that it is
    refused."""
    return BETWEEN.sub("", one_line(text))


def is_kvk_number(text: str) -> bool:
    """Whether this is eight digits and nothing else."""
    return NUMBER.fullmatch(text) is not None

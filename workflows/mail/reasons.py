"""Makes SendGrid's words about a mail fit to keep: short, on one line, without anybody's address."""

import re

LONGEST = 300
ADDRESS = re.compile(r"[^\s<>()\[\]\"',;:]+@[^\s<>()\[\]\"',;:]+")
UNFIT = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]+")


def fit_to_keep(reason: str) -> str:
    """Return the reason without addresses (those are kept sealed) and control characters, cut to length."""
    line = UNFIT.sub(" ", reason[: 4 * LONGEST])
    return (ADDRESS.sub("[address]", line) if "@" in line else line).strip()[:LONGEST]

"""An answer with more behind it, as people write it: "ja, 13-03-2024", "nee, geen risico"."""

import re

from service.reading.outcome import Wrong
from service.reading.values.choice import NO, YES, choice_in
from tenants.lines import one_line

KEPT = {YES: "ja", NO: "nee"}
_PARTS = re.compile(r"([^\W\d_]+)[\s,;:.(\u2013\u2014-]+(\S.*)")
_BEFORE_DAY = re.compile(r"(?:op|per|d\.?d\.?|sinds|on|since)[\s:]+", re.IGNORECASE)


def parted(cell: str) -> tuple[str | None, str]:
    """Return the yes or no that a cell begins with, and what stands behind it; (None, the cell) for another one."""
    match = _PARTS.fullmatch(one_line(cell))
    answer = choice_in(match[1]) if match else None
    return (answer, match[2]) if match and isinstance(answer, str) and answer in KEPT else (None, cell)


def behind_answer(cell: str) -> str:
    """Return the text where a day may stand in a cell that says yes: what is behind the answer, or the whole cell."""
    answer, rest = parted(cell)
    return _BEFORE_DAY.sub("", rest, count=1).rstrip(" )") if answer == YES else cell


def answer_in(cell: str) -> str | Wrong:
    """Return the answer of a cell. Where more stands behind it, the answer alone is proposed, and Wrong names what is
    not kept then."""
    choice, (answer, rest) = choice_in(cell), parted(cell)
    if not isinstance(choice, Wrong) or answer is None:
        return choice
    values = {"value": cell[:60], "kept": KEPT[answer], "rest": rest[:60]}
    return Wrong("file.answer_with_more", KEPT[answer], values)

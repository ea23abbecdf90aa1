"""Yes, no, unknown, unclear, not applicable: five answers, and none of them is made of another."""

from collections.abc import Iterable

from service.reading.outcome import Wrong
from service.reading.values import no_value
from tenants.lines import one_line

YES, NO, UNKNOWN, UNCLEAR, NOT_APPLICABLE = "yes", "no", "unknown", "unclear", "not_applicable"
_WORDS: dict[str, Iterable[str]] = {
    YES: (
        *("ja", "j", "yes", "y", "true", "waar", "1", "x", "v", "✓", "✔", "gemeld", "gedaan"),
        *("gemeld bij de ap", "notified to the ap", "submitted"),
    ),
    NO: (
        *("nee", "neen", "n", "no", "false", "onwaar", "0", "niet", "niet gemeld"),
        *("niet melden", "not notified", "not_notified"),
    ),
    UNKNOWN: (
        *no_value.UNKNOWN, "nog geen besluit", "wacht op goedkeuring", "goedgekeurd, nog versturen", "no decision yet",
        "waits for approval", "approved, still to be sent", "undecided", "drafted", "approved",
    ),
    UNCLEAR: no_value.UNCLEAR, NOT_APPLICABLE: (*no_value.NOT_APPLICABLE, NOT_APPLICABLE),
}
"""With what our own register says of a decision."""
_CHOICES = {word: choice for choice, words in _WORDS.items() for word in words}


def choice_in(cell: str) -> str | Wrong:
    """Return the answer of a cell; another text is wrong, because a person decides which answer it is."""
    text = one_line(cell).casefold().rstrip("!.")
    choice = _CHOICES.get(text) or _CHOICES.get(f"{text}.")
    return choice or Wrong("file.no_choice", "", {"value": cell[:40]})

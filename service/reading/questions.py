"""What a person is asked about a file, in words."""

from collections.abc import Callable

from service.reading.outcome import Ask

MOST_ROWS_NAMED = 20


def words_of(ask: Ask, say: Callable[..., str]) -> str:
    """Return a question in the language of `say`, which takes a key and the values that its text mentions."""
    rows = ", ".join(map(str, ask.rows[:MOST_ROWS_NAMED]))
    return say(
        f"files.ask.{ask.key.removeprefix('file.')}", columns=", ".join(ask.columns), choices=", ".join(ask.choices),
        rows=f"{rows}, ... ({ask.count})" if ask.count > MOST_ROWS_NAMED else rows, proposed=ask.proposed,
        examples="; ".join(ask.examples),
    )  # fmt: skip

"""What a person is asked about a file, in words: no name of the machine's own stands in a question."""

from collections.abc import Callable, Sequence

from service.reading.encodings import TABLES
from service.reading.letters import TWICE
from service.reading.outcome import Ask
from service.reading.values.day_order import both_ways

MOST_ROWS_NAMED = 20
LETTERS = ("file.letters_uncertain", "file.letters_twice")
ORDERED = ("file.day_or_month", "file.days_contradict", "file.surname_first")
OF_FIELDS = ("file.column_missing", "file.citizen_numbers_used", "file.column_by_values")
"""The questions whose answers are orders, and fields."""
Say = Callable[..., str]
"""Takes a key and the values that its text mentions."""


def words_of(ask: Ask, say: Say) -> str:
    """Return a question in the language of `say`."""
    choices = [words_of_choice(ask, choice, say) for choice in ask.choices]
    between = say("files.choice.or") if ask.key == "file.column_missing" else ", "
    return say(
        f"files.ask.{ask.key.removeprefix('file.')}", count=_counted(ask), columns=", ".join(ask.columns),
        choices=between.join(choices), rows=rows_in_words(ask.rows, ask.count),
        proposed=words_of_choice(ask, ask.proposed, say), examples="; ".join(examples_of(ask, say)),
    )  # fmt: skip


def rows_in_words(rows: Sequence[int], count: int) -> str:
    """Return the numbers of the first rows, of `count` in all."""
    named = ", ".join(map(str, rows[:MOST_ROWS_NAMED]))
    return f"{named}, ... ({count})" if count > MOST_ROWS_NAMED else named


def _counted(ask: Ask) -> int:
    """Return of how many rows, columns or sheets the question is."""
    return ask.count or len(ask.rows) or len(ask.columns) or len(ask.choices)


def words_of_choice(ask: Ask, choice: str, say: Say) -> str:
    """Return a possible answer in words; a heading, the name of a sheet or a number of a row stays as it is."""
    if ask.key in ORDERED or (ask.key == "file.two_columns" and choice == "both"):
        return say(f"files.choice.{choice}") if choice else ""
    if ask.key in OF_FIELDS and choice:
        return say(f"files.field.{choice}")
    if ask.key == "file.sheets" and choice in ask.examples and choice != ask.proposed:
        return say("files.choice.hidden", sheet=choice)
    if ask.key == "file.letters_twice":
        return say("files.choice.mended" if TWICE in choice else "files.choice.as_saved")
    return words_of_letters(choice, say) if ask.key == "file.letters_uncertain" else choice


def words_of_letters(encoding: str, say: Say) -> str:
    """Return the name of an encoding in words: by its programs where it has a table, else as it is called."""
    base, twice, _ = encoding.partition(TWICE)
    words = say(f"files.letters.{base}") if base in TABLES else base.upper()
    return say("files.choice.put_right", letters=words) if twice else words


def examples_of(ask: Ask, say: Say) -> list[str]:
    """Return the examples of a question in words: days with the names of the months, readings by their program."""
    if ask.cells:
        months = say("files.months.written").split(", ")
        return [both_ways(cell, months) for cell in ask.cells]
    if ask.key != "file.letters_uncertain":
        return list(ask.examples)
    pairs = (example.partition(": ") for example in ask.examples)
    return [f"{words_of_choice(ask, choice, say)}: {words}" for choice, _, words in pairs]

"""What somebody says of a whole file before it is taken: it is kept while they look around, and asked of its rows."""

from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from service.files.receiving import read_as_before
from tenants.errors import Invalid
from tenants.files.uploaded import UploadedFile, waiting_file

MOST_TYPED, LONGEST_TYPED = 60, 1_000


def keep_typed(file_id: UUID, typed: Iterable[tuple[str, str]]) -> None:
    """Keep what was typed on the page of a file, by field, as it stands. Raises NotFound, AlreadyDone."""
    file = waiting_file(file_id)
    pairs = [[name, value[:LONGEST_TYPED]] for name, value in typed if name == "how" or name.startswith("answers.")]
    file.keep_words({**file.words, "typed": pairs[:MOST_TYPED]})


def typed_before(file: UploadedFile) -> list[tuple[str, str]]:
    """Return what was typed on the page of a file that waits."""
    return [(name, value) for name, value in file.words.get("typed") or ()]


def check_with(file_id: UUID, answers: Mapping[str, Any], version: int | None) -> UploadedFile:
    """Ask the rules of the rows of a file once more, with what is said of all its clients (ForAllSchema).

    Raises NotFound, OutOfDate, AlreadyDone, and Invalid while nobody said which column is which.
    """
    file = waiting_file(file_id, version)
    if not file.is_confirmed:
        raise Invalid("file.columns_first")
    return read_as_before(file, answers=answers)

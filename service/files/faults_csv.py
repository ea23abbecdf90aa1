"""What does not fit of a file, as a file: corrected and given back, it reads again. Only its used columns are in it.

It stays for a day after the rest was taken (FAULTS_KEPT), sealed, in place of the content of the file.
"""

import tempfile
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from itertools import groupby
from typing import IO, Any

from flask import Response

from service.downloads.csv_file import CONTENT_TYPE, csv_rows
from service.downloads.files import IN_MEMORY, sent
from service.files.cells_shown import is_workbook
from service.files.choices import from_kept
from service.files.dry_run import words_of_fault
from service.files.proposed_clients import proposal_words
from service.files.purposes import actor_of
from service.files.receiving import reading_as_chosen
from service.reading.accepted import with_accepted
from service.reading.fields import PURPOSES as FIELDS
from service.reading.reader import Reading
from service.reading.tables import numbered
from service.words.texts import t
from tenants.errors import AlreadyDone
from tenants.files.parts import CONTENT, FAULTS, all_rows, content_of, end_parts, keep_content
from tenants.files.uploaded import WAITING, UploadedFile
from tenants.isolation import database_now
from workflows.evidence.exporting import remember_faults

FILE_NAME = "meldketen-na-te-kijken.csv"
MARKS = ("files.csv.row", "files.csv.wrong", "files.csv.proposal")
"""The headings of the columns that we add. No purpose knows them, so they are not used when the file comes back."""


def faults_csv(file: UploadedFile) -> Response:
    """Return the rows of a file that do not fit, as they stand in it, each with its number and what is wrong. The
    history says who took them, because they are people.

    Of a file that was taken it is what did not fit then, in the language of who took it. Raises AlreadyDone for one
    that was taken more than a day ago, and for one of which everything fitted.
    """
    if file.state == WAITING:
        written, count = _written(file)
    elif file.faults_until(database_now()):
        written, count = content_of(file.id), (file.result or {})["wrong_rows"]
    else:
        raise AlreadyDone("file.faults_gone")
    remember_faults(file, count, actor_of(file.purpose))
    return sent(written, FILE_NAME, CONTENT_TYPE)


def keep_faults(file: UploadedFile) -> int:
    """Keep the rows that do not fit of a file that is taken, in place of its content; return how many there are."""
    has_faults = next(all_rows(file.id, FAULTS), None) is not None
    written, count = _written(file) if has_faults else (None, 0)
    end_parts(file.id, CONTENT, FAULTS)
    if written is not None:
        keep_content(file.id, written)
    return count


def _written(file: UploadedFile) -> tuple[IO[bytes], int]:
    """Return the rows that do not fit of a file that waits, written as CSV, and how many there are."""
    reading = reading_as_chosen(content_of(file.id), file.purpose, from_kept(file.words["choices"]))
    places, in_workbook = tuple(reading.columns.used), is_workbook(file)
    written, count = tempfile.SpooledTemporaryFile(max_size=IN_MEMORY), 0  # noqa: SIM115
    with csv_rows(written, [*(heading_of(reading, place) for place in places), *map(t, MARKS)]) as write:
        called = proposal_words(file, reading.known.numbers if reading.known else ())
        for row, cells, faults in wrong_rows(reading, file):
            used = [cells[place] if place < len(cells) else "" for place in places]
            write([*used, row, *_said(faults, in_workbook, called)])
            count += 1
    return written, count


def wrong_rows(reading: Reading, file: UploadedFile) -> Iterator[tuple[int, list[str], list[Mapping[str, Any]]]]:
    """Return each row with faults, its cells as they stand (or as was accepted), and its faults."""
    chunks = (reading.table.as_they_stand or reading.table.chunks)()
    rows, last = numbered(with_accepted(chunks, reading.columns, reading.choices)), (0, list[str]())
    for number, faults in groupby(all_rows(file.id, FAULTS), _row_of):
        while last[0] < number and (following := next(rows, None)):
            last = following
        yield number, last[1] if last[0] == number else [], list(faults)


def _row_of(fault: Mapping[str, Any]) -> int:
    row: int = fault["row"]
    return row


def heading_of(reading: Reading, place: int) -> str:
    """Return the heading of a used column: its own, where a reader knows it by that, else the name of its field."""
    field, headings = reading.columns.used[place], reading.headings.cells
    own = headings[place] if place < len(headings) else ""
    known = FIELDS[reading.purpose].of_heading(own)
    return own if known and known.name == field else t(f"files.field.{field}")


def _said(faults: list[Mapping[str, Any]], in_workbook: bool, called: Callable[[str], str]) -> tuple[str, str]:
    named = (f"{fault['column']}: " if fault["column"] else "" for fault in faults)
    words = map(partial(words_of_fault, in_workbook=in_workbook), faults)
    wrong = dict.fromkeys(map("".join, zip(named, words, strict=True)))
    return " ".join(wrong), "; ".join(dict.fromkeys(called(fault["proposal"]) for fault in faults if fault["proposal"]))

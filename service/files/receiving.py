"""A file comes in: it is read, and kept sealed with what reading it proposes, until somebody takes it or leaves it."""

import hashlib
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import asdict, dataclass, replace
from io import BytesIO
from itertools import chain, islice
from typing import IO, Any
from uuid import UUID

import orjson
from werkzeug.datastructures import FileStorage

from service.admission.form_limits import LARGEST_FILE, Uploaded
from service.files.cells_shown import fault_to_keep
from service.files.choices import as_kept, from_kept, of_columns
from service.files.chosen_columns import refuse_other_columns, refuse_other_fields, refuse_without_needed
from service.files.letters_asked import letters_asked
from service.files.purposes import (
    CLIENTS,
    HITS,
    PURPOSES,
    RECIPIENTS,
    known_numbers,
    refuse_approved,
    refuse_other_subject,
)
from service.files.refused_clients import fitting_clients
from service.files.refused_hits import hits_of_this_list
from service.files.taking_recipients import compare
from service.files.turns import turn_of
from service.reading.examples import columns_seen
from service.reading.headings import LOOKED_AT, heading_cells
from service.reading.kinds import TEXT, kind_of
from service.reading.outcome import Choices, Unreadable
from service.reading.reader import Reading, reading_of
from service.words.texts import t
from tenants.errors import Invalid
from tenants.files.chosen_columns import remember_columns, remembered_columns
from tenants.files.parts import FAULTS, ITEMS, RowsKept, content_of, end_parts, keep_content
from tenants.files.uploaded import UploadedFile, keep_file, waiting_alike, waiting_file
from tenants.history.entries import Actor
from tenants.isolation import acting_organisation, database_now
from tenants.lines import one_line
from workflows.notice.names_to_look_at import names_to_look_at

LONGEST_NAME = 200
MOST_SECONDS = 60
"""Of processor time, for reading one file."""
FIELD = "file"
CHOSEN_IN = {"file.no_such_row": "headings_row", "file.no_such_sheet": "sheet", "file.letters": "encoding"}
"""In which field a choice stands that a file does not have; what else is wrong is about the file."""
KEPT = ("name", "letters", "typed", "answers", "beside")
"""What stays of the words of a file when it is read again: its name, the choice of letters, what was said of it, and
which lists its form goes with."""


@dataclass(frozen=True)
class Upload:
    """A file as it came in: its name on the sender's machine, and its bytes, which may be on the disk."""

    name: str
    content: IO[bytes]


def upload_of(files: Sequence[FileStorage]) -> Upload:
    """Return the file of a field of a form with its bytes. Raises Invalid for one that is too large, for more than one,
    and where none was chosen."""
    chosen = [file for file in files if file.filename]
    if len(chosen) != 1:
        raise Invalid("file.several_files" if chosen else "field.required", FIELD)
    [file] = chosen
    stream, name = file.stream, file.filename or ""
    if isinstance(stream, Uploaded) and stream.is_too_large:
        raise Invalid("file.too_large", FIELD, most=LARGEST_FILE // 1024**2)
    return Upload(name, file.stream)


def pasted_as_file(text: str) -> Upload:
    """Return rows that were pasted, as a file."""
    return Upload(t("files.pasted_name"), BytesIO(text.encode("utf-8", "replace")))


def receive(
    upload: Upload, purpose: str, about_id: UUID | None, by: Actor, again: bool = False, beside: Sequence[str] = (),
    ends_oldest: bool = True,
) -> UploadedFile:  # fmt: skip
    """Read a file for this purpose and keep it. `about_id`: the notice of a list of people. `again`: the same bytes
    that still wait for this person are read anew, in place of what was chosen about them. `beside`: the ids of the
    lists that the same form goes with already. `ends_oldest`: see keep_file.

    Raises Invalid for a file that cannot be read or whose notice was approved, and for more files than may wait; and
    NotFound for a notice of somebody else.
    """
    refuse_other_subject(purpose, about_id)
    refuse_approved(about_id)
    choices = Choices()
    reading = reading_as_chosen(upload.content, purpose, choices)
    remembered = _remembered(reading)
    if remembered is not None:
        reading = reading_as_chosen(upload.content, purpose, remembered)
        choices = replace(remembered, mapping=reading.columns.used)
    file = _kept(upload, purpose, about_id, by, again, ends_oldest)
    about = {
        "name": one_line(upload.name)[:LONGEST_NAME], "is_remembered": remembered is not None,
        "letters": letters_asked(reading.asks), "beside": [each for each in beside if each != str(file.id)],
    }  # fmt: skip
    _keep_reading(file, about, choices, reading)
    return file


def _kept(
    upload: Upload, purpose: str, about_id: UUID | None, by: Actor, again: bool, ends_oldest: bool
) -> UploadedFile:
    """Return the file with these bytes, without anything that was read of it."""
    assert by.id is not None
    upload.content.seek(0)
    digest = hashlib.file_digest(upload.content, "sha256").digest()  # type: ignore[arg-type]
    alike = waiting_alike(purpose, by.id, digest) if again else None
    if alike is not None:
        end_parts(alike.id, ITEMS, FAULTS)
        alike.is_confirmed, alike.version = False, alike.version + 1
        return alike
    file = keep_file(purpose, about_id, by.id, digest, {}, ends_oldest)
    keep_content(file.id, upload.content)
    return file


def choose(
    file_id: UUID, choices: Choices, version: int | None, answers: Mapping[str, Any] | None = None
) -> UploadedFile:
    """Read a file again as somebody chose, and remember which column is which for files with the same headings.
    `answers`: what is said of all clients of a file; None: as it was said before, if it was.

    Raises NotFound, OutOfDate, AlreadyDone for a file that was taken, and Invalid for choices that the file does not
    have.
    """
    file = waiting_file(file_id, version)
    file.is_confirmed = True
    reading, chosen = _read_again(file, _with_accepted(file, choices), answers)
    refuse_without_needed(reading)
    if reading.headings.row:
        remember_columns(file.purpose, _raw_headings(reading), of_columns(chosen))
    return file


def look_again(file_id: UUID, choices: Choices, version: int | None) -> UploadedFile:
    """Read a file again as somebody chose, for another look at its columns: nothing is remembered yet. A choice
    without columns proposes them anew. Raises as `choose`."""
    file = waiting_file(file_id, version)
    file.is_confirmed = False
    _read_again(file, _with_accepted(file, choices))
    return file


def read_as_before(
    file: UploadedFile, choices: Choices | None = None, answers: Mapping[str, Any] | None = None
) -> UploadedFile:
    """Read a file that waits, and whose columns were chosen, once more: with the proposals that `choices` accept, or
    with what `answers` say of all clients."""
    _read_again(file, choices or from_kept(file.words["choices"]), answers)
    return file


def _with_accepted(file: UploadedFile, choices: Choices) -> Choices:
    """Return the choices with the proposals that were accepted, while they are about the same cells: those of this
    sheet, below these headings, in these letters."""
    before, reading = from_kept(file.words["choices"]), file.words["reading"]
    is_same = (
        choices.encoding in (None, reading["encoding"]) and choices.sheet in (None, reading["sheet"])
        and choices.headings_row in (None, reading["headings_row"])
    )  # fmt: skip
    return replace(choices, accepted=before.accepted) if is_same else choices


def _read_again(
    file: UploadedFile, choices: Choices, answers: Mapping[str, Any] | None = None
) -> tuple[Reading, Choices]:
    """Read a file again, and keep it so. Returns the reading, and the choices with the columns that it uses."""
    content, words = content_of(file.id), file.words
    reading = reading_as_chosen(content, file.purpose, choices)
    end_parts(file.id, ITEMS, FAULTS)
    chosen = replace(choices, mapping=reading.columns.used)
    is_remembered = words["is_remembered"] and choices.mapping is not None
    about: dict[str, Any] = {name: words[name] for name in KEPT if name in words}
    about |= {"is_remembered": is_remembered} | ({} if answers is None else {"answers": dict(answers)})
    _keep_reading(file, about, chosen, reading)
    file.version += 1
    return reading, chosen


def reading_as_chosen(content: IO[bytes], purpose: str, choices: Choices) -> Reading:
    """Return the reading of a file as somebody chose. Raises Invalid for one that cannot be read so."""
    refuse_other_fields(purpose, choices)
    with_known = known_numbers(purpose)
    try:
        with nullcontext() if kind_of(content) == TEXT else turn_of(acting_organisation()):
            reading = reading_of(content, purpose, choices, with_known, database_now(), _over_after(MOST_SECONDS))
    except Unreadable as error:
        raise _refused(error, purpose) from error
    refuse_other_columns(reading, choices)
    return reading


def _refused(error: Unreadable, purpose: str) -> Invalid:
    """Return the refusal of a file that cannot be read. The most rows that it names are those of its purpose, also
    where the reader stopped at its own limit."""
    rows = {"most": PURPOSES[purpose].most} if error.key == "file.too_many_rows" else {}
    return Invalid(error.key, CHOSEN_IN.get(error.key, FIELD), **{**error.values, **rows})


def _over_after(seconds: float) -> Callable[[], bool]:
    """Return what says whether this thread worked for so many seconds since."""
    until = time.thread_time() + seconds
    return lambda: time.thread_time() > until


def _raw_headings(reading: Reading) -> tuple[str, ...]:
    """Return the headings as they stand in the file, by which they are known again."""
    rows = islice(reading.table.rows(), reading.headings.row)
    return next((heading_cells(cells) for row, cells in rows if row == reading.headings.row), ())


def _remembered(reading: Reading) -> Choices | None:
    """Return what was chosen before for a file with the same headings, in any of its first rows; None for new ones."""
    first = list(islice(reading.table.rows(), LOOKED_AT))
    remembered = remembered_columns(reading.purpose, [heading_cells(cells) for _, cells in first])
    if remembered is None:
        return None
    nth, columns = remembered
    return replace(from_kept(columns), headings_row=first[nth][0], is_remembered=True)


def _keep_reading(file: UploadedFile, about: dict[str, Any], choices: Choices, reading: Reading) -> None:
    """Read the file to its end, keep its rows and faults in lots while they come, and seal what is shown beside them.
    """
    items, faults = (RowsKept(file.id, kind, as_json) for kind in (ITEMS, FAULTS))
    wrong, names = set[int](), None
    try:
        for batch in chain(_fitting(file, reading, about), [[]]):
            items.keep(batch)
            if file.purpose == RECIPIENTS:
                names = names_to_look_at((values["name"] or "" for _, values in batch), names)
            noted = reading.take_faults()
            wrong.update(fault.row for fault in noted)
            faults.keep(map(fault_to_keep, noted))
    except Unreadable as error:
        raise _refused(error, file.purpose) from error
    fits = items.end()
    compared = compare(file) if file.purpose == RECIPIENTS and file.is_confirmed else None
    beside = {"names": names and asdict(names), "compared": compared and compared.to_keep}
    file.keep_words({**about, **beside, "choices": as_kept(choices), "reading": {
        "encoding": reading.encoding, "sheet": reading.table.name,
        "sheets": [{"name": table.name, "is_hidden": table.is_hidden} for table in reading.tables],
        "headings_row": reading.headings.row, "columns": [asdict(column) for column in columns_seen(reading)],
        "asks": [asdict(ask) for ask in reading.asks], "orders": list(reading.orders.items()),
        "rows": reading.rows, "fits": fits, "faults": faults.end(), "wrong_rows": len(wrong),
    }})  # fmt: skip


def _fitting(
    file: UploadedFile, reading: Reading, about: Mapping[str, Any]
) -> Iterator[list[list[Any]]]:
    """Return the items that would be taken, in lists. What registering clients would refuse is asked of all clients
    together, and clients of an earlier list are left out, once somebody said which column is which."""
    if file.purpose == CLIENTS and file.is_confirmed:
        items = chain.from_iterable(_batches(reading))
        yield fitting_clients(reading, items, about.get("answers"), database_now())
    elif file.purpose == HITS and file.is_confirmed:
        yield from hits_of_this_list(reading, _batches(reading), about.get("beside", ()))
    else:
        yield from _batches(reading)


def _batches(reading: Reading) -> Iterator[list[list[Any]]]:
    """Return the items in lists, each as [row, values]. Raises Unreadable when there are more than its purpose takes.
    """
    most = PURPOSES[reading.purpose].most
    for batch in reading.batches():
        if reading.rows > most:
            raise Unreadable("file.too_many_rows", most=most)
        yield [[item.row, item.values] for item in batch]


def as_json(rows: list[Any]) -> bytes:
    """Return rows, or faults, as they are kept."""
    return orjson.dumps(rows, default=str)

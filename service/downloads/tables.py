"""A table that people take away, in the form that they choose: CSV, XLSX or JSON, by the ending of its address."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from tempfile import SpooledTemporaryFile
from typing import IO, Any, Generic, TypeVar, cast

from flask import Response

from service.downloads import csv_file, json_file, xlsx_file
from service.downloads.files import IN_MEMORY, sent
from service.words.texts import t

Row = TypeVar("Row")
Write = Callable[[Row], None]
CSV, XLSX, JSON = "csv", "xlsx", "json"
CONTENT_TYPES = {CSV: csv_file.CONTENT_TYPE, XLSX: xlsx_file.CONTENT_TYPE, JSON: json_file.CONTENT_TYPE}
"""By ending, in the order in which a page offers them."""


@dataclass(frozen=True)
class Table(Generic[Row]):
    """What a file holds. `name`: of the file, without its ending. `sheet`: which text of "downloads.sheet" names the
    sheet of a workbook.

    A spreadsheet has `headings`, and `cells` of each row, in the reader's language. JSON has `plain`: the values of a
    row by names that are the same in each language.
    """

    name: str
    sheet: str
    headings: Sequence[str]
    cells: Callable[[Row], Iterable[object]]
    plain: Callable[[Row], Mapping[str, Any]]


def download(table: Table[Row], ending: str, export: Callable[[Write[Row]], object]) -> Response:
    """Return the rows that `export` writes as a file with this ending."""
    file = cast(IO[bytes], SpooledTemporaryFile(max_size=IN_MEMORY))  # noqa: SIM115
    with _opened(table, ending, file) as write:
        export(write)
    return sent(file, f"{table.name}.{ending}", CONTENT_TYPES[ending])


def said(value: object, kind: str = "") -> object:
    """Return a value as a cell says it: yes or no, and the words of a value of this kind (labels.toml). Numbers, days
    and moments stay what they are."""
    if isinstance(value, bool):
        return t(f"labels.yes_no.{'yes' if value else 'no'}")
    if isinstance(value, list | tuple):
        return ", ".join(str(said(each, kind)) for each in value)
    return t(f"labels.{kind}.{value}") if kind and value is not None else value


@contextmanager
def _opened(table: Table[Row], ending: str, file: IO[bytes]) -> Iterator[Write[Row]]:
    if ending == JSON:
        with json_file.json_rows(file) as write_object:
            yield lambda row: write_object(table.plain(row))
    else:
        with _opened_for_cells(table, ending, file) as write_cells:
            yield lambda row: write_cells(table.cells(row))


def _opened_for_cells(
    table: Table[Row], ending: str, file: IO[bytes]
) -> AbstractContextManager[Write[Iterable[object]]]:
    if ending == CSV:
        return csv_file.csv_rows(file, table.headings)
    return xlsx_file.xlsx_rows(file, table.headings, t(f"downloads.sheet.{table.sheet}"))

"""Workbooks as tests need them: sheets with hidden rows and columns, days and numbers, XLSX and ODS."""

import io
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from xml.sax.saxutils import escape

import xlsxwriter
from xlsxwriter.utility import xl_cell_to_rowcol

Cell = str | float | bool | date | datetime | None


def xlsx(
    sheets: dict[str, Sequence[Sequence[Cell]]], hidden_sheets: Iterable[str] = (), hidden_rows: Iterable[int] = (),
    hidden_columns: Iterable[int] = (), merged: Iterable[str] = (),
) -> bytes:  # fmt: skip
    """An XLSX file with these sheets. `hidden_rows` are counted from 1 and `hidden_columns` from 0, in each sheet;
    `merged` holds cells such as A2:A4."""
    file = io.BytesIO()
    book = xlsxwriter.Workbook(file, {"strings_to_formulas": False})
    day, moment = (book.add_format({"num_format": words}) for words in ("d-m-yyyy", "d-m-yyyy h:mm"))
    for name, rows in sheets.items():
        sheet = book.add_worksheet(name)
        for row, cells in enumerate(rows):
            for column, cell in enumerate(cells):
                style = moment if isinstance(cell, datetime) else day if isinstance(cell, date) else None
                sheet.write(row, column, cell, style)
        for cells in merged:
            (first_row, first_column), last = map(xl_cell_to_rowcol, cells.split(":"))
            words = rows[first_row][first_column]
            sheet.merge_range(first_row, first_column, *last, words)
        for row in hidden_rows:
            sheet.set_row(row - 1, None, None, {"hidden": True})
        for column in hidden_columns:
            sheet.set_column(column, column, None, None, {"hidden": True})
        if name in hidden_sheets:
            sheet.hide()
        elif set(sheets) & set(hidden_sheets):
            sheet.activate()  # a hidden sheet may be the first one only where another is the active one
            sheet.set_first_sheet()
    book.close()
    return file.getvalue()


def ods(
    rows: Sequence[Sequence[str]], hidden_rows: Iterable[int] = (), name: str = "Blad1",
    merged: Mapping[tuple[int, int], int] | None = None,
) -> bytes:  # fmt: skip
    """An ODS file with one sheet of texts. `hidden_rows` are counted from 1; `merged` holds over how many rows a cell
    goes, by its row from 1 and its column from 0."""
    hidden, spans = set(hidden_rows), merged or {}
    body = "".join(
        f'<table:table-row{chr(32)}table:visibility="{"filter" if number in hidden else "visible"}">'
        + "".join(
            f'<table:table-cell office:value-type="string" table:number-rows-spanned="{spans.get((number, place), 1)}">'
            f"<text:p>{escape(cell)}</text:p></table:table-cell>"
            for place, cell in enumerate(cells)
        )
        + "</table:table-row>"
        for number, cells in enumerate(rows, 1)
    )
    spaces = " ".join(
        f'xmlns:{short}="urn:oasis:names:tc:opendocument:xmlns:{whole}:1.0"'
        for short, whole in (("office", "office"), ("table", "table"), ("text", "text"))
    )
    content = (
        f'<?xml version="1.0"?><office:document-content {spaces} office:version="1.3"><office:body>'
        f'<office:spreadsheet><table:table table:name="{name}">{body}</table:table></office:spreadsheet>'
        "</office:body></office:document-content>"
    )
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as packed:
        packed.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        packed.writestr("META-INF/manifest.xml", '<?xml version="1.0"?><manifest/>')
        packed.writestr("content.xml", content)
    return file.getvalue()


def changed(workbook: bytes, parts: dict[str, bytes], how: int = zipfile.ZIP_STORED) -> bytes:
    """The workbook with these parts in place of its own, and with those that it has not."""
    file = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(workbook)) as old, zipfile.ZipFile(file, "w", how) as new:
        for part in old.infolist():
            new.writestr(part.filename, parts.get(part.filename, old.read(part.filename)))
        for name in sorted(parts.keys() - set(old.namelist())):
            new.writestr(name, parts[name])
    return file.getvalue()

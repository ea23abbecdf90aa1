"""A number is read with the zeros before it that a workbook shows and keeps in the format of its cell alone."""

import io
import zipfile

import pytest
import xlsxwriter

from service.reading.workbooks import tables_of_workbook
from tests.reading.read import read
from tests.reading.workbooks import changed, ods

SPACES = (
    b' xmlns:number="urn:oasis:names:tc:opendocument:xmlns:datastyle:1.0"'
    b' xmlns:style="urn:oasis:names:tc:opendocument:xmlns:style:1.0"'
)
STYLES = (
    b'<office:automatic-styles><number:number-style style:name="N1">'
    b'<number:number number:decimal-places="0" number:min-integer-digits="5"/></number:number-style>'
    b'<style:style style:name="ce1" style:family="table-cell" style:data-style-name="N1"/></office:automatic-styles>'
)
ROWS = [(123, 5), (45678, 7), (1234567, 8), ("00042", 1), (-1, 2), (1.5, 3)]
SEEN = ["00123", "45678", "1234567", "00042", "-1", "1,5"]


def workbook(code: str) -> bytes:
    """An XLSX file of which the first column has this format, and the second one none."""
    file = io.BytesIO()
    book = xlsxwriter.Workbook(file)
    sheet, shown = book.add_worksheet(), book.add_format({"num_format": code})
    sheet.write_row(0, 0, ["Klantnummer", "Aantal personen"])
    for row, (number, people) in enumerate(ROWS, 1):
        sheet.write(row, 0, number, shown)
        sheet.write(row, 1, people)
    book.close()
    return file.getvalue()


def column(content: bytes, kind: str) -> list[str]:
    [table] = tables_of_workbook(io.BytesIO(content), kind)
    return [cells[0] for _, cells in table.rows()][1:]


@pytest.mark.parametrize("code", ["00000", "[$-413]00000", "00000;[Red]-00000"])
def test_a_format_of_zeros_is_read_as_it_is_seen(code: str) -> None:
    assert column(workbook(code), "xlsx") == SEEN


@pytest.mark.parametrize("code", ["0", "#,##0", "0.00", "0%", "General"])
def test_another_format_adds_nothing(code: str) -> None:
    assert column(workbook(code), "xlsx")[:2] == ["123", "45678"]


def cell(value: str, more: str = "") -> str:
    return f'<table:table-cell office:value-type="float" office:value="{value}"{more}><text:p>{value}</text:p>' + (
        "</table:table-cell>"
    )


@pytest.mark.parametrize("of_column", [False, True])
def test_a_format_of_a_cell_or_of_its_column_in_ods(of_column: bool) -> None:
    content = ods([["Klantnummer", "Aantal personen"], ["a", "b"], ["c", "d"]])
    part = _content(content).replace(b"<office:body>", STYLES + b"<office:body>", 1)
    part = part.replace(b"<office:document-content", b"<office:document-content" + SPACES, 1)
    own, default = ("", b"ce1") if of_column else (' table:style-name="ce1"', b"Default")
    columns = b'<table:table-column table:default-cell-style-name="%s"/><table:table-column/>' % default
    part = part.replace(b'table:name="Blad1">', b'table:name="Blad1">' + columns, 1)
    for letter, number, more in (("a", "123", own), ("b", "5", ""), ("c", "45", own), ("d", "7", "")):
        begins = part.rindex(b"<table:table-cell", 0, part.index(b"<text:p>%s</text:p>" % letter.encode()))
        ends = part.index(b"</table:table-cell>", begins) + len(b"</table:table-cell>")
        part = part[:begins] + cell(number, more).encode() + part[ends:]
    assert column(changed(content, {"content.xml": part}), "ods") == ["00123", "00045"]


def test_a_new_client_has_the_number_that_is_seen() -> None:
    file = io.BytesIO()
    book = xlsxwriter.Workbook(file)
    sheet, shown = book.add_worksheet(), book.add_format({"num_format": "00000"})
    sheet.write_row(0, 0, ["Klantnummer", "Naam", "Ingangsdatum", "E-mail contact"])
    sheet.write(1, 0, 123, shown)
    sheet.write_row(1, 1, ["Bakkerij", "1-1-2024", "b@a.example"])
    book.close()
    got = read(file.getvalue(), "clients")
    assert [item["client_number"] for item in got.items.values()] == ["00123"], got.faults


def _content(workbook: bytes) -> bytes:
    with zipfile.ZipFile(io.BytesIO(workbook)) as packed:
        return packed.read("content.xml")

"""Sheets of a workbook: which one is read, that one nobody needs refuses nothing, and cells that were merged."""

import io
import re
import zipfile
from datetime import datetime
from uuid import UUID

import pytest

from service.files.turns import turn_of
from service.reading.outcome import Unreadable
from service.reading.workbooks import TURNS, tables_of_workbook
from tenants.errors import Busy
from tests.reading.read import people, read
from tests.reading.workbooks import changed, ods, xlsx

LIST = [["naam", "e-mail"], ["Jan", "jan@a.example"]]
FAMILY = [["Achternaam", "Voornaam", "E-mail"], ["Kooi", "Sil", "k@a.example"], ["", "Bo", ""], ["Tol", "Aart", ""]]


def test_a_hidden_sheet_is_never_read_by_itself_while_a_visible_one_has_rows() -> None:
    fitting = [["naam", "e-mail", "voornaam"], ["Els", "els@a.example", ""]]
    book = xlsx({"Oud": fitting, "Leden": [["x"], ["Jan"]]}, ["Oud"])
    got = read(book)
    assert got.asks["file.sheets"].proposed == "Leden" and got.asks["file.sheets"].examples == ("Oud",)
    assert "els@a.example" not in str(got.items)
    assert people(book, sheet="Oud") == [("Els", "els@a.example")]


@pytest.mark.parametrize("needed", ["Leden", "Zomaar"])
def test_a_sheet_that_is_too_wide_refuses_itself_only(needed: str) -> None:
    book = xlsx({"Breed": [["naam"] * 1200], needed: LIST})
    got = read(book)
    assert people(book) == [("Jan", "jan@a.example")] and got.asks["file.sheets_unread"].choices == ("Breed",)
    with pytest.raises(Unreadable, match="too_many_cells"):
        read(book, sheet="Breed")


@pytest.mark.parametrize("at", [0, 1])
def test_a_sheet_that_ends_the_process_refuses_itself_only(at: int) -> None:
    names = ["Ver", "Leden"] if at == 0 else ["Leden", "Ver"]
    book = xlsx({name: LIST for name in names})
    part = f"xl/worksheets/sheet{at + 1}.xml"
    far = zipfile.ZipFile(io.BytesIO(book)).read(part).replace(b'r="B2"', b'r="XFD1048576"')
    got = read(changed(book, {part: far}))
    assert [item["name"] for item in got.items.values()] == ["Jan"]
    assert got.asks["file.sheets_unread"].choices == ("Ver",)
    assert people(changed(book, {part: far}), sheet="Leden") == [("Jan", "jan@a.example")]


@pytest.mark.parametrize("kind", ["xlsx", "ods"])
def test_cells_that_are_merged_over_rows_are_read_in_each_of_these(kind: str) -> None:
    as_xlsx = kind == "xlsx"
    merged = ["A2:A3", "C2:C3"]
    got = read(xlsx({"Leden": FAMILY}, merged=merged) if as_xlsx else ods(FAMILY, merged={(2, 0): 2, (2, 2): 2}))
    assert [(item["name"], item["address"]) for item in got.items.values()] == [
        ("Sil Kooi", "k@a.example"), ("Bo Kooi", "k@a.example"), ("Aart Tol", None),
    ]  # fmt: skip
    assert got.asks["file.merged_cells"].rows == (3,)


def test_a_heading_that_is_merged_over_columns_stands_above_each() -> None:
    rows = [["Naam", "", "E-mail", ""], ["Jan", "Pol", "", "jan@a.example"]]
    got = read(xlsx({"Leden": rows}, merged=["A1:B1", "C1:D1"]))
    assert [(item["name"], item["address"]) for item in got.items.values()] == [("Jan Pol", "jan@a.example")]
    assert got.asks["file.merged_heading"].columns == ("Naam (A)", "Naam (B)")


def test_headings_that_are_the_same_have_the_group_above_them() -> None:
    rows = [
        ["Contactpersoon", "", "Klant", ""], ["Naam", "E-mail", "Naam", "Nummer"],
        ["Bea", "bea@a.example", "Bakkerij", "K1"],
    ]  # fmt: skip
    got = read(xlsx({"Klanten": rows}, merged=["A1:B1", "C1:D1"]), "clients")
    assert got.items[3]["name"] == "Bakkerij" and got.items[3]["client_number"] == "K1"
    assert got.items[3]["contacts"] == [{"name": "Bea", "email": "bea@a.example"}]


def test_a_heading_that_is_merged_over_two_rows_is_one_of_the_lower_row() -> None:
    rows = [["Naam", "Contact", ""], ["", "E-mail", "Telefoon"], ["Jan", "jan@a.example", "06"]]
    assert people(xlsx({"Leden": rows}, merged=["A1:A2", "B1:C1"])) == [("Jan", "jan@a.example")]


def test_merged_cells_over_the_whole_sheet_are_read_at_once() -> None:
    book = xlsx({"Leden": [*LIST, *[["", ""]] * 3]})
    part = "xl/worksheets/sheet1.xml"
    cells = b"".join(b'<mergeCell ref="A%d:XFD1048576"/>' % row for row in range(2, 9_000))
    sheet = zipfile.ZipFile(io.BytesIO(book)).read(part)
    sheet = sheet.replace(b"</sheetData>", b"</sheetData><mergeCells>" + cells + b"</mergeCells>")
    assert people(changed(book, {part: sheet}))[0] == ("Jan", "jan@a.example")


@pytest.mark.parametrize("row", [4, 99, 10_000])
def test_headings_in_a_row_that_is_not_there_are_refused(row: int) -> None:
    with pytest.raises(Unreadable, match="no_such_row") as refused:
        read("naam;email\nJan;jan@a.example\n", headings_row=row)
    assert refused.value.values == {"row": row, "rows": 2}


def test_headings_far_below_can_be_chosen() -> None:
    text = "x;y\n" * 500 + "naam;email\nJan;jan@a.example\n"
    assert people(text, headings_row=501) == [("Jan", "jan@a.example")]


def test_a_workbook_whose_turn_does_not_come_is_refused_for_now() -> None:
    book = xlsx({"Leden": LIST})
    with TURNS, TURNS, pytest.raises(Busy):
        tables_of_workbook(io.BytesIO(book), "xlsx", patience_s=0)
    assert people(book) == [("Jan", "jan@a.example")], "its turn is given back"


def test_a_sheet_of_blanks_that_unpacks_to_a_thousand_times_its_size_is_not_unpacked() -> None:
    book, blank = xlsx({"Leden": LIST}), b"<worksheet><sheetData>" + b" " * (65 * 1024**2)
    with pytest.raises(Unreadable, match="too_heavy"):
        read(changed(book, {"xl/worksheets/sheet1.xml": blank}, zipfile.ZIP_DEFLATED))


def test_one_organisation_leaves_the_others_their_turn() -> None:
    busy, other = UUID(int=1), UUID(int=2)
    with turn_of(busy, 0), turn_of(other, 0), pytest.raises(Busy), turn_of(busy, 0):
        pass
    with turn_of(busy, 0):
        pass


@pytest.mark.parametrize(("line_break", "tab"), [
    (b"<text:line-break/>", b"<text:tab/>"), (b"<text:line-break />", b"<text:tab text:tab-ref='5' />"),
    (b"<text:line-break></text:line-break>", b"<text:tab></text:tab>"),
    (b"<text:line-break\n></text:line-break >", b'<text:tab\ttext:tab-ref="5"></text:tab >'),
])  # fmt: skip
def test_a_line_break_in_a_cell_joins_no_words(line_break: bytes, tab: bytes) -> None:
    rows = [["Nr", "Omschrijving", "Maatregelen"], *([str(n), "Weg aXb", "Een aXb aYb"] for n in range(3000))]
    book = ods(rows)
    part = zipfile.ZipFile(io.BytesIO(book)).read("content.xml")
    broken = part.replace(b"aXb", b"a%bb" % line_break).replace(b"aYb", b"a<text:span>c%b</text:span>b" % tab)
    got = read(changed(book, {"content.xml": broken}), "register")
    assert {item["measures"] for item in got.items.values()} == {"Een a\nb ac\tb"}
    assert {item["title"] for item in got.items.values()} == {"Weg a b"} and len(got.items) == 3000


@pytest.mark.parametrize("kept", ["", "<v/>", "<v></v>"])
def test_a_formula_without_a_value_is_a_fault_and_one_that_gives_a_blank_text_is_blank(kept: str) -> None:
    book = xlsx({"Leden": [["naam", "e-mail"], ["Jan", "FIRST"], ["Els", "SECOND"]]})
    part = "xl/worksheets/sheet1.xml"
    with zipfile.ZipFile(io.BytesIO(book)) as packed:
        cells = packed.read(part).decode()
    formula = "<f>LOWER(A2)&amp;&quot;@x.example&quot;</f>"
    cells = re.sub(r'<c r="B2".*?</c>', f'<c r="B2">{formula}{kept}</c>', cells)
    cells = re.sub(r'<c r="B3".*?</c>', f'<c r="B3" t="str">{formula}<v></v></c>', cells)
    got = read(changed(book, {part: cells.encode()}))
    assert got.faults == [(2, "file.formula_not_calculated", "")] and got.items[3]["address"] is None


def test_a_formula_without_a_value_in_ods() -> None:
    book = ods([["naam", "e-mail"], ["Jan", "FIRST"], ["Els", "els@a.example"]])
    with zipfile.ZipFile(io.BytesIO(book)) as packed:
        content = packed.read("content.xml").decode()
    blank = '<table:table-cell table:formula="of:=LOWER([.A2])"/>'
    content = re.sub(r"<table:table-cell [^<>]*><text:p>FIRST</text:p></table:table-cell>", blank, content)
    got = read(changed(book, {"content.xml": content.encode()}))
    assert got.faults == [(2, "file.formula_not_calculated", "")] and list(got.items) == [3]


def test_a_moment_that_a_spreadsheet_keeps_a_little_beside_it_is_read_in_whole_seconds() -> None:
    moments = [
        datetime(2026, 11, 25, 9, 14, 59, 999_000), datetime(2026, 11, 25, 9, 15, 7, 1_000),
        datetime(9999, 12, 31, 23, 59, 59, 999_000),
    ]  # fmt: skip
    [table] = tables_of_workbook(io.BytesIO(xlsx({"Blad1": [[moment] for moment in moments]})), "xlsx")
    read_as = ["2026-11-25T09:15", "2026-11-25T09:15:07", "9999-12-31T23:59:59"]
    assert [cells for _, cells in table.rows()] == [[cell] for cell in read_as]

"""Whatever bytes come, there is an answer or one clear refusal; and rows read at once are rows read one by one."""

import io
import zipfile

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from service.reading import packed
from service.reading.fields import PURPOSES
from service.reading.outcome import Choices, Unreadable
from service.reading.plain_people import PlainPeople
from service.reading.reader import reading_of
from tests.reading.read import answered, read
from tests.reading.workbooks import changed, ods, xlsx

ROWS = [["naam", "e-mail"], ["Jan", "jan@a.example"], ["Els", ""]]
WORKBOOK = xlsx({"Blad1": ROWS, "Blad2": [["x"]]}, hidden_rows=[3])
PEOPLE = st.tuples(
    st.sampled_from((
        "Jan Pol", "JAN POL", "'=Jan", "Renée", "Totaal", "", " Els  Wit ", "O'Neill", 'Els"""',
        "a" * 70, "2 leden", "Jan: 7", "Jo\u200bs", "#N/A",
        "Ren\ufffde",
    )),
    st.sampled_from((
        "jan@a.example", "Jan@A.example", "JAN@A.EXAMPLE", "", "-", "x@", "els@a.example ", "a@b", "<q@a.example>",
        "12", "b@a.c.example",
    )),
)  # fmt: skip

ESCAPED = st.lists(st.integers(0, 0xFFFF).map("\\u{:04x}".format) | st.sampled_from(("\\n", "Jan", "\\ud83d\\ude00")))
CELLS = st.lists(st.tuples(st.sampled_from(("name", "e-mail", "aantal", "nr", "")), ESCAPED, ESCAPED), max_size=4)


@settings(deadline=None)
@given(st.binary(max_size=400), st.sampled_from(sorted(PURPOSES)))
def test_any_bytes(content: bytes, purpose: str) -> None:
    answered(content, purpose)


@settings(deadline=None)
@given(st.text(alphabet="ab@.;,\"\n\r\t'-0123456789<>é\u200b =|ea", max_size=300), st.sampled_from(sorted(PURPOSES)))
def test_any_text(text: str, purpose: str) -> None:
    answered(f"naam;klantnummer;e-mail;aantal;nr;datum\n{text}".encode(), purpose)
    answered(text.encode(), purpose)


@settings(deadline=None)
@given(st.lists(CELLS, min_size=1, max_size=4), st.sampled_from(sorted(PURPOSES)))
def test_any_escapes_in_json(rows: list[list[tuple[str, list[str], list[str]]]], purpose: str) -> None:
    objects = (
        ", ".join(f'"{name}{"".join(behind)}": "{"".join(value)}"' for name, behind, value in cells) for cells in rows
    )
    answered("".join(("[", ", ".join(f"{{{cells}}}" for cells in objects), "]")).encode(), purpose)


@settings(max_examples=25, deadline=None)
@given(st.integers(0, len(WORKBOOK) - 1), st.binary(min_size=1, max_size=8), st.booleans())
def test_any_damage_to_a_workbook(place: int, damage: bytes, is_ods: bool) -> None:
    workbook = ods(ROWS, [2]) if is_ods else WORKBOOK
    answered(workbook[:place] + damage + workbook[place + len(damage) :], "recipients")
    answered(workbook[:place], "recipients")


@settings(deadline=None)
@given(st.lists(PEOPLE, max_size=30))
def test_rows_read_at_once_are_rows_read_one_by_one(people: list[tuple[str, str]]) -> None:
    text = "naam;e-mail\n" + "".join(f"{name};{address}\n" for name, address in people)
    at_once = read(text)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(PlainPeople, "people", lambda *_: None)
        assert read(text) == at_once


@pytest.mark.parametrize("broken", ["xl/worksheets/sheet1.xml", "xl/workbook.xml", "xl/sharedStrings.xml"])
def test_a_workbook_with_a_part_that_is_no_xml(broken: str) -> None:
    answered(changed(WORKBOOK, {broken: b"<<<"}), "recipients")


@pytest.mark.parametrize("path", ["../../etc/passwd", "/etc/passwd", "nowhere.xml", ""])
def test_a_workbook_that_points_elsewhere_reads_nothing_there(path: str) -> None:
    rels = f'<Relationships><Relationship Id="rId1" Target="{path}"/></Relationships>'.encode()
    answered(changed(WORKBOOK, {"xl/_rels/workbook.xml.rels": rels}), "recipients")


def test_entities_are_not_unfolded() -> None:
    lol = "".join(f'<!ENTITY l{n} "{"".join([f"&l{n - 1};"] * 10)}">' for n in range(1, 10))
    bomb = f'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY l0 "lol">{lol}]><workbook>&l9;</workbook>'.encode()
    answered(changed(WORKBOOK, {"xl/workbook.xml": bomb}), "recipients")
    answered(changed(ods(ROWS, [2]), {"content.xml": bomb.replace(b"workbook", b"table:visibility")}), "recipients")


def test_a_bomb_is_refused_before_it_is_unpacked() -> None:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as bomb:
        bomb.writestr("xl/workbook.xml", "<workbook/>")
        with bomb.open("xl/worksheets/sheet1.xml", "w", force_zip64=True) as part:
            for _ in range(packed.LARGEST_UNPACKED // packed.CHUNK + 1):
                part.write(bytes(packed.CHUNK))
    with pytest.raises(Unreadable, match="too_large_unpacked"):
        reading_of(file.getvalue(), "recipients")


def test_a_bomb_that_says_that_it_is_small_is_refused() -> None:
    name, size = b"xl/worksheets/sheet1.xml", 10_000_000
    content = bytearray(changed(WORKBOOK, {name.decode(): bytes(size)}, zipfile.ZIP_DEFLATED))
    said, small = size.to_bytes(4, "little"), (1000).to_bytes(4, "little")
    assert said in content
    with pytest.raises(Unreadable, match="broken"):
        reading_of(bytes(content).replace(said, small), "recipients")


def test_a_cell_at_the_end_of_the_sheet_ends_no_process_of_ours() -> None:
    far = xlsx({"Blad1": [["naam", "e-mail"]]})
    sheet = zipfile.ZipFile(io.BytesIO(far)).read("xl/worksheets/sheet1.xml").replace(b'r="B1"', b'r="XFD1048576"')
    with pytest.raises(Unreadable, match="too_heavy"):
        reading_of(changed(far, {"xl/worksheets/sheet1.xml": sheet}), "recipients")


def test_what_a_formula_gave_is_read_and_nothing_is_run() -> None:
    import xlsxwriter

    file = io.BytesIO()
    book = xlsxwriter.Workbook(file)
    sheet = book.add_worksheet()
    sheet.write_row(0, 0, ["naam", "e-mail"])
    sheet.write_formula(1, 0, '=HYPERLINK("https://a.example","Jan")', None, "Jan")
    sheet.write_string(1, 1, "jan@a.example")
    book.close()
    assert [item["name"] for item in read(file.getvalue()).items.values()] == ["Jan"]


def test_an_error_in_a_workbook_is_a_fault_and_no_blank() -> None:
    import xlsxwriter

    file = io.BytesIO()
    book = xlsxwriter.Workbook(file)
    sheet = book.add_worksheet()
    sheet.write_row(0, 0, ["naam", "e-mail"])
    sheet.write_string(1, 0, "Jan")
    sheet.write_formula(1, 1, "=VLOOKUP(1,A1:A2,2)", None, "#N/A")
    book.close()
    assert read(file.getvalue()).faults == [(2, "file.error_cell", "")]


def test_many_hidden_marks_and_many_sheets_are_read_in_one_go() -> None:
    marks = b"<!-- hidden " + b"<row " * 200_000 + b"-->"
    sheet = zipfile.ZipFile(io.BytesIO(WORKBOOK)).read("xl/worksheets/sheet1.xml")
    answered(changed(WORKBOOK, {"xl/worksheets/sheet1.xml": sheet.replace(b"<sheetData>", marks + b"<sheetData>")}),
             "recipients")  # fmt: skip
    answered(b";".join([b"naam"] * 100_000), "recipients")


def test_chosen_columns_that_are_not_there_hold_nothing() -> None:
    reading = reading_of(b"naam;email\nJan;jan@a.example\n", "recipients", Choices(mapping={0: "name", 9: "email"}))
    assert [item.values["channel"] for item in reading.items()] == ["other"]


def test_a_sheet_that_is_wider_than_any_list_is_refused() -> None:
    with pytest.raises(Unreadable, match="too_many_cells"):
        reading_of(xlsx({"Blad1": [["naam"] * 1200]}), "recipients")


def test_a_text_of_more_cells_than_a_workbook_may_have_is_refused() -> None:
    with pytest.raises(Unreadable, match="too_heavy"):
        list(reading_of(b"naam;e-mail\n" + (b";" * 1_900 + b"\n") * 6_500, "recipients").items())


def test_reading_ends_when_its_time_is_over() -> None:
    asked = iter((False, True))
    content = b"naam;e-mail\n" + b"Jan Pol;jan@a.example\n" * 5_000
    reading = reading_of(content, "recipients", is_over=lambda: next(asked))
    with pytest.raises(Unreadable, match="too_heavy"):
        list(reading.items())
    assert 0 < reading.fits < 5_000

"""Rows of a text: the sign between cells, quotation marks, line breaks in a cell, and row numbers as a spreadsheet has
them."""

import tracemalloc

import pytest

from service.reading.outcome import Fault, Unreadable
from service.reading.separated import MOST_COLUMNS, MOST_ROWS, rows_of_text, separator_of
from service.reading.texts import text_of
from tests.reading.read import people, read


@pytest.mark.parametrize("sign", [";", ",", "\t", "|"])
def test_each_sign_between_cells_is_found(sign: str) -> None:
    assert people(sign.join(("naam", "email")) + f"\nJan{sign}jan@a.example\n") == [("Jan", "jan@a.example")]


@pytest.mark.parametrize(("text", "sign"), [
    ("naam, voorletters;e-mail\nPol, J.;j@a.example\n", ";"), ("naam;opmerking\nJan;a, b, c\nEls;d, e\n", ";"),
    ("achternaam, voorletters, tussenv.;e-mail\nDam, J., van;j@a.example\n", ";"),
    ('naam,adres\n"a;b",x\n"c;d",y\n', ","), ("sep=,\nnaam,email\n", ","), ("alleen namen\nJan Pol\n", ";"),
])  # fmt: skip
def test_the_sign_that_fits_most_rows_wins(text: str, sign: str) -> None:
    assert separator_of(text) == sign


@pytest.mark.parametrize(("text", "sign"), [
    ("Naam\nVries, Jan de\nBoer, Piet\n", ";"), ('\n"Naam"\n"Vries, Jan de"\n"Boer, Piet"\n', ";"),
    ("naam, voorletters\nVries, J.\n", ","), ("Ledenlijst\nnaam,email\nJan,j@a.example\nEls,e@a.example\n", ","),
])  # fmt: skip
def test_a_line_that_is_a_known_heading_holds_each_separator(text: str, sign: str) -> None:
    known = {"naam", "naam, voorletters"}
    assert separator_of(text, lambda line: line.lower() in known) == sign


@pytest.mark.parametrize(("text", "sign"), [
    ("sep=,\r\na;b\n", ","), ("SEP=|", "|"), ("sep=\t\nx;y\n", "\t"), ("sep=a\nnaam,email\nJan,j@a.example\n", ","),
    ("sep=,naam;email\nx;y\n", ";"),
])  # fmt: skip
def test_the_line_that_names_the_separator_names_a_known_sign(text: str, sign: str) -> None:
    assert separator_of(text) == sign


@pytest.mark.parametrize(("odd", "sign"), [(1, ";"), (5, ",")])
def test_a_sign_that_fits_fewer_rows_loses(odd: int, sign: str) -> None:
    """A title or total in one cell is no reason to take another sign; rows that differ are."""
    assert separator_of("a;b,c\n" * (60 - odd) + "b,c\n" * odd) == sign


def test_an_open_mark_hides_no_separator() -> None:
    rows = "".join(f"Persoon {n},persoon{n}@a.example\n" for n in range(10_000))
    assert separator_of(f'naam,email\n"Jan,jan@a.example\n{rows}') == ","


def test_a_row_with_line_breaks_is_one_row() -> None:
    got = read('naam;email\n"Jan\r\nde\nWit";jan@a.example\nEls;geen @\nBea;bea@a.example\n')
    assert [(row, item["name"]) for row, item in got.items.items()] == [(2, "Jan de Wit"), (4, "Bea")]
    assert [row for row, _, _ in got.faults] == [3]


def test_the_line_that_names_the_separator_is_no_row() -> None:
    assert list(read("sep=;\nnaam;email\nJan;jan@a.example\n").items) == [2]


@pytest.mark.parametrize("before", [0, 1, 2_500])
def test_a_quotation_mark_that_never_ends_swallows_nobody(before: int) -> None:
    rows = "".join(f"Persoon {n};p{n}@a.example\n" for n in range(before))
    got = read(f'naam;email\n{rows}"Jan;jan@a.example\nEls;els@a.example\nPiet "de stille" Wit;piet@a.example\n')
    assert got.faults == [(before + 2, "file.quote_open", "")]
    assert [item["name"] for item in got.items.values()][before:] == ["Els", 'Piet "de stille" Wit']
    assert got.rows == before + 3, "who stands on the row with the mark counts"


@pytest.mark.parametrize(("text", "row", "rows"), [
    ('naam;email\nPiet;piet@v.example\n"Kees Vos;kees@v.example\n', 3, {2: "Piet"}),
    ('"naam";"email"\n"Kees;"kees@v.example"\n"Piet";"piet@v.example"\n', 2, {3: "Piet"}),
    ('"naam";"email"\n"Jan";"j@v.example\n"Piet";"p@v.example"\n"Els";"e@v.example"\n', 2, {3: "Piet", 4: "Els"}),
    ('naam;email\n"Els;els@v.example\nKim "de" Bos;kim@v.example\n', 2, {3: 'Kim "de" Bos'}),
    ('naam;email\nBar 5" hoog;"bar@v.example\nKim;kim@v.example\n', 2, {3: "Kim"}),
    ('naam;email\n\n"Jan\nWit";jan@v.example\n"Els;els@v.example\nKim;kim@v.example\n', 4, {3: "Jan Wit", 5: "Kim"}),
])  # fmt: skip
def test_only_the_row_with_the_open_mark_is_missed(text: str, row: int, rows: dict[int, str]) -> None:
    got = read(text)
    assert got.faults == [(row, "file.quote_open", "")]
    assert {number: item["name"] for number, item in got.items.items()} == rows


def test_an_open_mark_in_the_only_column_swallows_nobody() -> None:
    got = read('naam\n"Jan Vos\nPiet Bos\nKees Mol\n')
    assert got.faults == [(2, "file.quote_open", "")]
    assert [item["name"] for item in got.items.values()] == ["Piet Bos", "Kees Mol"]


def test_the_fault_shows_nothing_of_the_row() -> None:
    faults: list[Fault] = []
    rows = list(rows_of_text(text_of(['naam;bsn\n"Jan;123456782\n']), ";", faults.append)())
    assert rows == [(1, [["naam", "bsn"], []])]
    assert faults == [Fault(2, "", "file.quote_open", "")]


def test_lines_with_the_separator_stay_in_a_cell_that_is_closed() -> None:
    vos = '"Vos";v@v.example;"Dam 1; achter\n1234 AB; Delft"'
    got = read(f"naam;email;adres\nEls;els@v.example;\n{vos}\nBea;b@v.example;\n")
    assert not got.faults
    assert {row: item["name"] for row, item in got.items.items()} == {2: "Els", 3: "Vos", 4: "Bea"}


def test_a_cell_of_two_lines_in_a_register_is_one_row() -> None:
    row = '1,25-11-2025,"Mail fout, met bijlage\nDaarna gebeld, niet bereikt"'
    got = read(f"nr,datum,titel\n{row}\n", "register")
    assert list(got.items) == [2] and not got.faults


def test_an_open_mark_before_many_rows_costs_one_row() -> None:
    rows = "".join(f"Persoon {n};persoon{n}@a.example\n" for n in range(10_000))
    got = read(f'naam;email\n"Jan;jan@a.example\n{rows}')
    assert got.faults == [(2, "file.quote_open", "")]
    assert list(got.items) == list(range(3, 10_003))


def test_marks_around_a_part_of_a_name_are_no_fault() -> None:
    got = read('naam;email\n"de stille" Wit;p@v.example\n"Vos; J.";j@v.example\n')
    assert not got.faults
    assert [item["name"] for item in got.items.values()] == ["de stille Wit", "Vos; J."]


def test_cells_are_still_unquoted_behind_many_open_marks() -> None:
    got = read("naam;email\n" + '"Jan;jan@v.example\n' * 25 + '"Vos; J.";"j@v.example"\nTafel 5";t@v.example\n')
    assert [row for row, key, _ in got.faults if key == "file.quote_open"] == list(range(2, 27))
    assert {row: item["name"] for row, item in got.items.items()} == {27: "Vos; J.", 28: 'Tafel 5"'}


@pytest.mark.parametrize("text", [
    'naam;notitie;email\nJan;"3;jan@a.example\nEls;4";els@a.example\nPiet;;piet@a.example\n',
    'naam;email;notitie\nJan;jan@a.example;"tas\nEls;els@a.example;lang"\nPiet;piet@a.example;\n',
    'naam;email\n"Jan;jan@a.example\nEls";els@a.example\nPiet;piet@a.example\n',
])  # fmt: skip
def test_two_quotation_marks_that_stand_alone_make_no_row_together(text: str) -> None:
    got = read(text)
    kept = [(item["name"], item["address"]) for item in got.items.values()]
    assert kept == [("Els", "els@a.example"), ("Piet", "piet@a.example")] and list(got.items) == [3, 4]
    assert got.faults == [(2, "file.quote_open", "")] and got.rows == 3


@pytest.mark.parametrize("note", ["regel een\nregel twee", "a;\nb", "eerst, dan\nen, later", "een; twee\ndrie; vier"])
@pytest.mark.parametrize("sign", [";", ","])
def test_a_note_of_several_lines_stays_one_cell(note: str, sign: str) -> None:
    got = read(f'naam{sign}email{sign}notitie\nJan{sign}jan@a.example{sign}"{note}"\n')
    assert list(got.items) == [2] and not got.faults


def test_a_cell_beyond_all_measure_refuses_nobody() -> None:
    rows = f'Jan;jan@a.example;{"x" * 200_000}\n"Els";"els@a.example";"{"y" * 200_000}"\nBea;bea@a.example;\n'
    got = read(f"naam;email;notitie\n{rows}")
    assert not got.faults
    assert [(item["name"], item["address"]) for item in got.items.values()] == [
        ("Jan", "jan@a.example"), ("Els", "els@a.example"), ("Bea", "bea@a.example"),
    ]  # fmt: skip


@pytest.mark.parametrize(("part", "times"), [
    ('"', 300_001), ('"""""\n', 999), ('";"\n', 2_000), ('a"b;"c\n"', 2_000), ('"\r', 999), ('a";"b\n', 999),
])  # fmt: skip
@pytest.mark.parametrize("before", ["", "naam;email\n", "naam\n"])
def test_no_line_gets_lost_among_quotation_marks(part: str, times: int, before: str) -> None:
    faults: list[Fault] = []
    chunks = list(rows_of_text(text_of([before + part * times]), ";", faults.append)())
    numbers = [number for first, rows in chunks for number, _ in enumerate(rows, first)]
    assert numbers == list(range(1, len(numbers) + 1))
    blank = {number for first, rows in chunks for number, cells in enumerate(rows, first) if not cells}
    assert {fault.row for fault in faults} == blank


@pytest.mark.parametrize(("first", "last"), [("a", "a\n"), ('"a"', "\n"), ("a", "a"), ("a\r\na", "")])
def test_a_text_of_too_many_rows_is_refused(first: str, last: str) -> None:
    with pytest.raises(Unreadable, match="too_many_rows") as refused:
        list(rows_of_text(text_of([first + "\n" * MOST_ROWS + last]), ";", lambda _: None)())
    assert refused.value.values == {"most": MOST_ROWS}


@pytest.mark.parametrize("first", ["naam;email", '"Jan;j@a.example'])
def test_a_row_of_too_many_columns_is_refused(first: str) -> None:
    with pytest.raises(Unreadable, match="too_many_columns"):
        list(rows_of_text(text_of([f"{first}\n" + ";" * MOST_COLUMNS]), ";", lambda _: None)())


def test_rows_of_too_many_columns_are_never_read_together() -> None:
    text = text_of([("ab;" * 20_000 + "\n") * 100])
    tracemalloc.start()
    try:
        with pytest.raises(Unreadable, match="too_many_columns"):
            list(rows_of_text(text, ";", lambda _: None)())
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < 40 * 1024**2, "the cells of all of them take more than 100 MiB"


def test_a_text_of_the_largest_measure_is_read() -> None:
    text = "a\n" * (MOST_ROWS - 1) + ";" * (MOST_COLUMNS - 1)
    assert sum(len(rows) for _, rows in rows_of_text(text_of([text]), ";", lambda _: None)()) == MOST_ROWS


@pytest.mark.parametrize("text", [
    "naam;email\r\r\nJan;j@a.example\r\r\n", "naam;email\r\nJan;j@a.example\r\n\x1a",
    "naam;email\rJan;j@a.example\r", "sep=;\r\r\nnaam;email\r\r\nJan;j@a.example\x1a",
])  # fmt: skip
def test_line_ends_and_ends_of_text_of_other_programs(text: str) -> None:
    chunks = list(rows_of_text(text_of([text]), ";", lambda _: None)())
    assert chunks == [(1, [["naam", "email"], ["Jan", "j@a.example"]])]


@pytest.mark.parametrize("text", [
    'Lida Vos <lida@a.example>; "Pol, Rob" <rob@a.example>; kim@a.example',
    'Lida Vos <lida@a.example>, "Pol, Rob" <rob@a.example>, kim@a.example\r\n',
])  # fmt: skip
def test_recipients_that_were_copied_from_a_mail(text: str) -> None:
    assert people(text) == [("Lida Vos", "lida@a.example"), ("Rob Pol", "rob@a.example"), ("", "kim@a.example")]


def test_rows_that_were_copied_from_a_spreadsheet_without_headings() -> None:
    got = read("Jan Pol\tjan@a.example\nEls Wit\tels@a.example\nZonder Mail\t\n")
    assert [(item["name"], item["channel"]) for item in got.items.values()] == [
        ("Jan Pol", "email"), ("Els Wit", "email"), ("Zonder Mail", "other"),
    ]  # fmt: skip
    assert got.asks["file.no_headings"].rows == (1,) and got.mapping == {"A": "name", "B": "email"}


def test_names_that_stand_before_their_addresses() -> None:
    got = read('Jan Pol <jan@a.example>\n"Wit, Els" <els@a.example>\nPiet\n')
    assert [item["name"] for item in got.items.values()] == ["Jan Pol", "Els Wit", "Piet"]
    assert got.items[3]["channel"] == "other" and not got.faults, "who has no address is somebody too"


def test_addresses_alone_one_on_each_line() -> None:
    assert people("jan@a.example\nels@a.example\n") == [("", "jan@a.example"), ("", "els@a.example")]


def test_rows_that_a_spreadsheet_put_in_quotation_marks_as_a_whole() -> None:
    text = '"naam;email"\r\n"""Pol; Jan"";jan@a.example"\r\n"Els Wit;els@a.example"\r\n'
    assert people(text) == [("Pol; Jan", "jan@a.example"), ("Els Wit", "els@a.example")]
    assert people('"naam"\n"Vries, Jan de"\n"Wit, Els"\n') == [("Jan de Vries", None), ("Els Wit", None)]

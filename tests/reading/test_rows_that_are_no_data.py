"""Titles, totals, blank rows, headings once more, hidden rows: none is a person, and each is said."""

import pytest

from tests.reading.read import people, read
from tests.reading.workbooks import ods, xlsx

LIST = [["Leden"], [], ["naam", "e-mail"], ["Jan", "jan@a.example"], ["Els", "els@a.example"], ["Totaal", "2"]]


def test_a_list_with_everything_around_it() -> None:
    text = "\n".join(";".join(row) for row in LIST)
    got = read(text)
    assert list(got.items) == [4, 5] and got.headings_row == 3 and got.rows == 2
    assert got.asks["file.total_row"].rows == (6,) and got.asks["file.headings_row"].rows == (1,)


@pytest.mark.parametrize("row", [
    "Totaal;2", "Aantal leden;12", "Subtotaal;3,5", "TOTAAL:;1.200", "Som;€ 12,00", "Aantal personen: 12;", "totaal;",
    "Total;2", "Number of rows;2",
])  # fmt: skip
def test_a_sum_is_no_person(row: str) -> None:
    got = read(f"naam;email\nJan;jan@a.example\n{row}\n")
    assert list(got.items) == [2] and got.asks["file.total_row"].rows == (3,)


@pytest.mark.parametrize("row", [
    "Pagina 1 van 3;", ";Gemaakt op 25-11-2026", "Bron: leden 2026;", "Peildatum: 1-1-2026",
])  # fmt: skip
def test_a_remark_below_is_no_person(row: str) -> None:
    got = read(f"naam;email\nJan;jan@a.example\n{row}\n")
    assert list(got.items) == [2] and got.asks["file.notes"].rows == (3,)


@pytest.mark.parametrize("name", [
    "Bron", "Datum Visser", "Som van Dijk", "Totaal Wonen B.V.", "Aantal de Wit", "Gemiddelde Jansen",
])  # fmt: skip
def test_somebody_with_a_name_like_a_sum_is_a_person(name: str) -> None:
    assert people(f"naam;email\n{name};a@b.example\n{name};\n") == [(name, "a@b.example"), (name, None)]


def test_headings_on_each_page_and_blank_rows_between() -> None:
    got = read("naam;email\nJan;jan@a.example\n\nnaam;email\nEls;els@a.example\n\n\n")
    assert list(got.items) == [2, 5]
    assert got.asks["file.headings_again"].rows == (4,) and got.asks["file.blank_rows"].rows == (3,)


def test_blank_rows_below_are_nothing_to_ask_about() -> None:
    assert read("naam;email\nJan;jan@a.example\n;\n;;;\n\n").asks == {}


def test_a_row_without_anybody_is_named() -> None:
    got = read("nr;naam;email\n1;Jan;jan@a.example\n2;;\n")
    assert list(got.items) == [2] and got.asks["file.rows_without"].rows == (3,)


@pytest.mark.parametrize("kind", ["xlsx", "ods"])
def test_hidden_rows_are_left_out_and_named(kind: str) -> None:
    file = xlsx({"Blad1": LIST[2:5]}, hidden_rows=[2]) if kind == "xlsx" else ods(LIST[2:5], hidden_rows=[2])
    got = read(file)
    assert [item["name"] for item in got.items.values()] == ["Els"] and got.asks["file.hidden_rows"].rows == (2,)
    assert [item["name"] for item in read(file, hidden_rows=True).items.values()] == ["Jan", "Els"]


def test_somebody_who_stands_twice_counts_once_and_is_named() -> None:
    got = read("naam;email\nJan;jan@a.example\nEls;els@a.example\nJAN;Jan@A.example\nJan;\nJan;\n")
    assert list(got.items) == [2, 3, 5, 6], "two without an address may be two people"
    assert got.asks["file.same_person_twice"].rows == (4,)


def test_each_row_that_is_left_out_is_counted() -> None:
    titles = "".join(f"Pagina {n} van 1500;\n" for n in range(1500))
    asked = read(f"naam;email\nJan;jan@a.example\n{titles}").asks["file.notes"]
    assert asked.count == 1500 and asked.rows == tuple(range(3, 1003))


def test_a_gap_before_rows_that_are_read_at_once_is_named() -> None:
    first, then = ("".join(f"P {n};p{n}@a.example\n" for n in range(at, at + 1000)) for at in (0, 1000))
    got = read(f"naam;email\n{first}{chr(10) * 198}{then}")
    assert got.asks["file.blank_rows"].rows == (1002,)

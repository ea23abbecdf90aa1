"""Rows of a text: the sign between cells, quotation marks, line breaks in a cell, and row numbers as a spreadsheet has
them."""

import pytest

from service.reading.outcome import Unreadable
from service.reading.separated import separator_of
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
    assert got.faults == [(before + 2, "file.quote_open", "Jan")]
    assert [item["name"] for item in got.items.values()][before:] == ["Els", 'Piet "de stille" Wit']
    assert got.rows == before + 3, "who stands on the row with the mark counts"


def test_a_cell_beyond_all_measure_is_named() -> None:
    with pytest.raises(Unreadable, match="cell_too_long"):
        read(f"naam;email\n{'x' * 200_000};a@b.example\n")


@pytest.mark.parametrize("text", [
    'Lida Vos <lida@a.example>; "Pol, Rob" <rob@a.example>; kim@a.example',
    'Lida Vos <lida@a.example>, "Pol, Rob" <rob@a.example>, kim@a.example\r\n',
])  # fmt: skip
def test_recipients_that_were_copied_from_a_mail(text: str) -> None:
    assert people(text) == [("Lida Vos", "lida@a.example"), ("Pol, Rob", "rob@a.example"), ("", "kim@a.example")]


def test_rows_that_were_copied_from_a_spreadsheet_without_headings() -> None:
    got = read("Jan Pol\tjan@a.example\nEls Wit\tels@a.example\nZonder Mail\t\n")
    assert [(item["name"], item["channel"]) for item in got.items.values()] == [
        ("Jan Pol", "email"), ("Els Wit", "email"), ("Zonder Mail", "other"),
    ]  # fmt: skip
    assert got.asks["file.no_headings"].rows == (1,) and got.mapping == {"A": "name", "B": "email"}


def test_names_that_stand_before_their_addresses() -> None:
    got = read('Jan Pol <jan@a.example>\n"Wit, Els" <els@a.example>\nPiet\n')
    assert [item["name"] for item in got.items.values()] == ["Jan Pol", "Wit, Els"]
    assert [row for row, _, _ in got.faults] == [3], "who has no address here is named"


def test_addresses_alone_one_on_each_line() -> None:
    assert people("jan@a.example\nels@a.example\n") == [("", "jan@a.example"), ("", "els@a.example")]

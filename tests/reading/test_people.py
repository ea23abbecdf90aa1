"""How many people, as people write it: never a wrong number."""

import pytest

from service.reading.outcome import Wrong
from service.reading.values.people import People, end_in, people_in

RIGHT = {
    "5": (5, 5, False), " 12 ": (12, 12, False), "0": (0, 0, False), "2.000": (2000, 2000, False),
    "1 200": (1200, 1200, False), "12 personen": (12, 12, False), "300 betrokkenen": (300, 300, False),
    "ong. 40": (40, 40, True), "bijna 300": (300, 300, True), "c.a. 40": (40, 40, True), "onb.": (None, None, False),
    "ca. 300": (300, 300, True), "ca 300": (300, 300, True), "Circa 75": (75, 75, True), "± 40": (40, 40, True),
    "~20": (20, 20, True), "ongeveer 1.500": (1500, 1500, True), "zo'n 50 mensen": (50, 50, True),
    "about 300": (300, 300, True), "75 (schatting)": (75, 75, True), "ca. 15-20": (15, 20, True),
    "10-20": (10, 20, False), "10 – 20": (10, 20, False), "10 t/m 20": (10, 20, False), "50 à 60": (50, 60, False),
    "tussen 30 en 40": (30, 40, False), "tussen de 30 en 40": (30, 40, False), "van 5 tot 9": (5, 9, False),
    "between 3 and 4": (3, 4, False), "1.000-2.000": (1000, 2000, False), "3 of 4": (3, 4, False),
    "hooguit 15": (None, 15, False), "max. 15": (None, 15, False), "<10": (None, 9, False), "≤ 10": (None, 10, False),
    "minder dan 10": (None, 9, False), "10 of minder": (None, 10, False), "tot en met 10": (None, 10, False),
    "minimaal 250": (250, None, False), "2000+": (2000, None, False), "meer dan 500": (501, None, False),
    "more than 500": (501, None, False), ">500": (501, None, False), "≥500": (500, None, False),
    "500 of meer": (500, None, False), "at least 7": (7, None, False), "vanaf 20": (20, None, False),
    "": (None, None, False), "?": (None, None, False), "onbekend": (None, None, False),
    "Nog niet bekend": (None, None, False), "weet ik nog niet": (None, None, False), "unclear": (None, None, False),
}  # fmt: skip
WRONG = {
    "8-sep": "8-9", "3-okt": "3-10", "10-dec": "10-12", "10-dec.": "10-12", "sep-10": "9-10", "2026-09-08": "8-9",
    "2026-09-08T00:00": "8-9", "8-9-2026": "8-9", "3,500": "3500", "12,0": "12", "12.00": "12", "20-10": "",
    "12-2025": "12-25", "9/2010": "9-10", "10-2000": "10 - 2000", "31-1-2026": "",
    "5,6E+12": "", "1e3": "", "3,5": "", "een stuk of tien": "", "-5": "", "5/6": "", "2 x 50": "", "nvt": "",
    "minder dan 0": "", "tien": "", "99999999999": "", "1.50": "", "½": "",
}  # fmt: skip


@pytest.mark.parametrize("cell", RIGHT)
def test_what_people_write(cell: str) -> None:
    assert people_in(cell) == People(*RIGHT[cell])
    assert people_in(cell.upper()) == People(*RIGHT[cell])


@pytest.mark.parametrize("cell", WRONG)
def test_what_is_no_sure_number_is_refused_with_what_was_meant(cell: str) -> None:
    wrong = people_in(cell)
    assert isinstance(wrong, Wrong) and wrong.proposal == WRONG[cell]
    meant = people_in(wrong.proposal) if wrong.proposal else People()
    assert isinstance(meant, People), "what is proposed can be typed"


def test_not_applicable_is_not_unknown() -> None:
    wrong = people_in("n.v.t.")
    assert isinstance(wrong, Wrong) and wrong.key == "file.people_not_applicable"


@pytest.mark.parametrize(("cell", "end"), [("250", 250), ("", None), ("?", None), ("2.000", 2000)])
def test_one_end_of_a_range(cell: str, end: int | None) -> None:
    assert end_in(cell) == end


@pytest.mark.parametrize("cell", ["10-20", "ca. 30", "minstens 5"])
def test_an_end_is_one_number(cell: str) -> None:
    wrong = end_in(cell)
    assert isinstance(wrong, Wrong) and wrong.key == "file.end_no_number"

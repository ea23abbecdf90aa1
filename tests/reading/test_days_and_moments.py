"""Days and moments as people write them, and the order of day and month once for a column."""

from datetime import UTC, date, datetime

import pytest

from service.reading.outcome import Wrong
from service.reading.values.day import Day, day_in
from service.reading.values.day_order import Order, both_ways
from service.reading.values.moment import Moment, moment_in
from tests.reading.read import read
from tests.reading.workbooks import xlsx

DAYS = [
    "25-11-2026", "25/11/2026", "25.11.2026", "2026-11-25", "2026/11/25", "25 november 2026", "25 nov. 2026",
    "25-nov-2026", "wo 25-11-2026", "woensdag 25 november 2026", "Wednesday 25 November 2026", "2026-11-25T00:00",
]  # fmt: skip
MOMENTS = [
    "25-11-2026 9:15", "25-11-2026 09:15", "25-11-2026 09.15 uur", "25-11-2026 om 9u15", "2026-11-25T09:15",
    "2026/11/25 09:15", "25 november 2026 9:15", "woensdag 25-11-2026 09:15", "25-11-2026, 9:15",
    "2026-11-25T08:15Z", "25-11-2026 09:15+01:00", "2026-11-25 09:15:00",
    "2026-11-25 08:15:00+00", "2026-11-25 08:15 UTC", "2026-11-25T09:15:00.000+0100",
]  # fmt: skip


@pytest.mark.parametrize("cell", DAYS)
def test_a_day(cell: str) -> None:
    assert day_in(cell) == Day(date(2026, 11, 25))


@pytest.mark.parametrize(("cell", "key"), [
    ("31-2-2026", "day_is_none"), ("25-11", "day_unreadable"), ("25 nov", "day_without_year"),
    ("nvt", "day_not_applicable"),
    ("25-11-26", "day_without_year"), ("vorige week", "day_unreadable"), ("25-13-2026", "day_is_none"),
])  # fmt: skip
def test_what_is_no_day(cell: str, key: str) -> None:
    wrong = day_in(cell)
    assert isinstance(wrong, Wrong) and wrong.key == f"file.{key}"


def test_a_year_of_two_digits_is_proposed_in_full() -> None:
    wrong = day_in("25-11-26")
    assert isinstance(wrong, Wrong) and day_in(wrong.proposal) == Day(date(2026, 11, 25))


def test_a_number_of_a_spreadsheet_is_proposed_as_the_day_that_it_is() -> None:
    day, moment = day_in("46351"), moment_in("46351,385416667")
    assert isinstance(day, Wrong) and day.proposal == "25-11-2026"
    assert isinstance(moment, Wrong) and moment.proposal == "25-11-2026 9:15"


@pytest.mark.parametrize("cell", MOMENTS)
def test_a_moment(cell: str) -> None:
    assert moment_in(cell) == Moment(datetime(2026, 11, 25, 8, 15, tzinfo=UTC))


@pytest.mark.parametrize(("cell", "second", "fraction"), [
    ("25-11-2026 9:15:59", 59, 0), ("2026-11-25T08:15:01Z", 1, 0), ("2026-11-25 09:15:59.25", 59, 250_000),
])  # fmt: skip
def test_a_moment_is_never_rounded(cell: str, second: int, fraction: int) -> None:
    assert moment_in(cell) == Moment(datetime(2026, 11, 25, 8, 15, second, fraction, tzinfo=UTC))


def test_seconds_stand_in_what_is_proposed_too() -> None:
    short, number, twice = map(moment_in, ("25-11-26 9:15:07", "46351,385497685", "25-10-2026 2:15:07"))
    assert isinstance(short, Wrong) and short.proposal == "25-11-2026 9:15:07"
    assert isinstance(number, Wrong) and number.proposal == "25-11-2026 9:15:07"
    assert isinstance(twice, Wrong) and twice.values["second"] == "2026-10-25 02:15:07+01:00"


@pytest.mark.parametrize(("cell", "key"), [
    ("25-11-2026", "csv.moment_without_time"), ("vanochtend 9 uur", "csv.moment_unreadable"),
    ("9:15", "csv.moment_unreadable"), ("25 nov 9:15", "file.day_without_year"),
    ("25-10-2026 2:15", "csv.moment_is_twice"), ("29-3-2026 2:30", "moment.does_not_exist"),
    ("31-2-2026 9:15", "file.day_is_none"), ("25-11-2026 25:00", "csv.moment_unreadable"),
])  # fmt: skip
def test_what_is_no_moment(cell: str, key: str) -> None:
    wrong = moment_in(cell)
    assert isinstance(wrong, Wrong) and wrong.key == key


def test_a_moment_that_was_twice_says_both() -> None:
    wrong = moment_in("25-10-2026 2:15")
    assert isinstance(wrong, Wrong)
    assert [moment_in(str(wrong.values[name])) for name in ("first", "second")] == [
        Moment(datetime(2026, 10, 25, 0, 15, tzinfo=UTC)), Moment(datetime(2026, 10, 25, 1, 15, tzinfo=UTC)),
    ]  # fmt: skip


@pytest.mark.parametrize(("cells", "order", "unsure"), [
    (["4-3-2026", "25-3-2026"], "day-month", ()), (["4-3-2026", "3-25-2026"], "month-day", ("4-3-2026",)),
    (["4-3-2026", "5-6-2026"], "day-month", ("4-3-2026", "5-6-2026")), (["4-4-2026"], "day-month", ()),
    (["2026-03-04"], "day-month", ()), ([], "day-month", ()), (["di 3-3-2026", "4-3-26"], "day-month", ("4-3-26",)),
    (["wo 3-4-2026", "4-5-2026"], "month-day", ("4-5-2026",)), (["vr 3-4-2026", "4-5-2026"], "day-month", ()),
    (["13-4-2026", "4-13-2026", "3-4-26"], "mixed", ("13-4-2026", "4-13-2026", "3-4-26")),
    (["vr 3-4-2026", "4-13-2026"], "mixed", ("vr 3-4-2026", "4-13-2026")),
    (["di 3-4-2026"], "day-month", ()), (["3-4-2026"] * 999 + ["4-13-2026"], "month-day", ("3-4-2026",)),
    (["12/31/2025", "1-3-2026"], "day-month", ("1-3-2026",)), (["12/31/2025", "1/3/2026"], "month-day", ("1/3/2026",)),
])  # fmt: skip
def test_the_order_of_a_column(cells: list[str], order: str, unsure: tuple[str, ...]) -> None:
    column = Order()
    for cell in cells:
        column.look_at(cell)
    assert (column.said, column.unsure) == (order, unsure)


def test_a_person_is_asked_in_written_out_days_and_the_answer_is_taken() -> None:
    text = "klantnummer;geïnformeerd op;hoe\nK1;4-3-2026 9:15;brief\n"
    asked = read(text, "hits").asks["file.day_or_month"]
    assert asked.examples == ("4-3-2026: 4 maart 2026, 3 april 2026",) and asked.columns == ("geïnformeerd op",)
    chosen = read(text, "hits", orders={1: "month-day"})
    assert chosen.items[2]["informed_at"] == datetime(2026, 4, 3, 7, 15, tzinfo=UTC) and not chosen.asks


@pytest.mark.parametrize(("cell", "written"), [
    ("03-04-26 9:15", "03-04-26: 3 april 2026, 4 maart 2026"), ("vr 3-4-2026 9:15", "vr 3-4-2026: 3 april 2026"),
    ("wo 3-4-2026", "wo 3-4-2026: 4 maart 2026"), ("4-4-2026", "4-4-2026: 4 april 2026"), ("gisteren", "gisteren"),
    ("99-99-2026", "99-99-2026"),
])  # fmt: skip
def test_a_day_is_written_out_in_each_way_that_it_can_be_read(cell: str, written: str) -> None:
    assert both_ways(cell) == written


def test_a_column_that_contradicts_itself_is_asked_about_and_read_where_it_is_sure() -> None:
    rows = "".join(f"K{n};{day};brief\n" for n, day in enumerate(("13-4-2026 9:15", "4-13-2026 9:15", "3-4-2026 9:15")))
    text = f"klantnummer;geïnformeerd op;hoe\n{rows}"
    got = read(text, "hits")
    asked = got.asks["file.days_contradict"]
    assert asked.proposed == "" and asked.choices == ("day-month", "month-day")
    assert asked.examples[2] == "3-4-2026: 3 april 2026, 4 maart 2026"
    assert list(got.items) == [2, 3] and got.faults == [(4, "file.day_both_ways", "")]
    chosen = read(text, "hits", orders={1: "day-month"})
    assert list(chosen.items) == [2, 4] and chosen.faults == [(3, "file.day_is_none", "13-4-2026 9:15")]


@pytest.mark.parametrize(("cell", "proposal"), [
    ("di 3-4-2026", ""), ("wo 3-4-2026", "4-3-2026"), ("maandag 25 november 2026", ""),
])  # fmt: skip
def test_a_day_of_the_week_that_is_another_day_is_wrong(cell: str, proposal: str) -> None:
    wrong = day_in(cell)
    assert isinstance(wrong, Wrong) and (wrong.key, wrong.proposal) == ("file.weekday", proposal)
    moment = moment_in(f"{cell} 9:15")
    assert isinstance(moment, Wrong) and moment.proposal == (f"{proposal} 9:15" if proposal else "")


def test_a_moment_of_a_spreadsheet_is_no_text_to_guess() -> None:
    rows = [["klantnummer", "geïnformeerd op", "hoe"], ["K1", datetime(2026, 3, 4, 9, 15), "telefoon"],
            ["K2", datetime(2026, 3, 4, 9, 15, 59), "brief"]]
    got = read(xlsx({"Blad1": rows}), "hits")
    assert got.items[2]["informed_at"] == datetime(2026, 3, 4, 8, 15, tzinfo=UTC) and not got.asks
    assert got.items[3]["informed_at"] == datetime(2026, 3, 4, 8, 15, 59, tzinfo=UTC)


NOW = datetime(2026, 11, 25, 8, 15, tzinfo=UTC)


@pytest.mark.parametrize(("moment", "is_fault"), [("25-11-2026 9:15", False), ("25-11-2026 9:16", True)])
def test_nobody_was_informed_in_the_future(moment: str, is_fault: bool) -> None:
    text = f"klantnummer;geïnformeerd op;hoe\nK1;{moment};brief\n"
    assert read(text, "hits", now=NOW).faults == ([(2, "file.in_future", "")] if is_fault else [])
    assert read(text, "hits").faults == []


@pytest.mark.parametrize("heading", ["Datum incident", "Datum ontdekking", "Datum melding AP"])
def test_no_day_of_an_old_register_is_in_the_future(heading: str) -> None:
    text = f"Nr;Omschrijving;{heading}\n1;Kwijt;25-11-2026\n2;Kwijt;26-11-2026\n"
    got = read(text, "register", now=NOW)
    assert list(got.items) == [2] and got.faults == [(3, "file.in_future", "")]


def test_a_column_that_says_the_month_first_beside_one_that_says_the_day_first_is_a_question() -> None:
    text = "Nr;Omschrijving;Ontdekt op;Datum melding AP\n1;a;3-4-2019;13-11-2019\n2;b;1-13-2021;31-12-2020\n"
    got = read(text, "register")
    assert got.faults == [(2, "file.day_both_ways", "")] and "file.days_contradict" in got.asks
    assert got.items[3]["discovered_on"] == date(2021, 1, 13)

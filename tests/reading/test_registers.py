"""An old register: its days, what was reported to the AP and when, and values that say nothing."""

from datetime import UTC, date, datetime

import pytest

from service.reading.reader import reading_of
from service.reading.registers import DAYS
from service.reading.values.day import Day, day_in
from service.words.texts import spoken
from tests.reading.read import read

REGISTER = (
    "Nr.;Omschrijving;Datum incident;Datum ontdekking;Aantal betrokkenen;Gemeld aan AP;Betrokkenen geïnformeerd;"
    "Maatregelen;Melder\n"
    "2023-1;Laptop kwijt;24-12-2023;27-12-2023;ca. 40;Ja;nee;\"Wachtwoord\nveranderd\";Anna\n"
    "2023-2;Mail verkeerd;;2-1-2024;onbekend;onduidelijk;n.v.t.;;Piet\n"
    "2023-3;Brief zoek;31-2-2024;;5;misschien;;;\n"
)


def test_a_register() -> None:
    got = read(REGISTER, "register")
    first, second = got.items[2], got.items[3]
    assert (first["reference"], first["title"], first["began_on"]) == ("2023-1", "Laptop kwijt", date(2023, 12, 24))
    assert (first["people_min"], first["people_max"], first["estimate"]) == (40, 40, True)
    assert (first["reported_to_ap"], first["people_told"]) == ("yes", "no")
    assert first["measures"] == "Wachtwoord\nveranderd"
    assert (second["began_on"], second["people_min"]) == (None, None)
    assert (second["reported_to_ap"], second["people_told"]) == ("unclear", "not_applicable")
    assert got.faults == [(4, "file.day_is_none", ""), (4, "file.no_choice", "")]
    said = read("Nr;Wat is er gebeurd?;Gemeld aan AP?\n1;Mail;Ja, op 5-4-2020\n", "register")
    assert said.items[2]["reported_on"] == date(2020, 4, 5) and "file.day_or_month" in said.asks


@pytest.mark.parametrize(("days", "is_asked"), [
    (";5-6-2020;1-1-2020", True), ("6-6-2020;5-6-2020;", True), ("2-1-2020;;1-1-2020", True),
    ("1-1-2020;5-6-2020;5-6-2020", False), ("5-6-2020;5-6-2020;5-6-2020", False), (";;", False),
    ("6-6-2020;5-6-2020;31-2-2020", False), (";onbekend;1-1-2020", False),
])  # fmt: skip
def test_days_in_an_order_that_cannot_be_are_asked_about_and_kept(days: str, is_asked: bool) -> None:
    rows = f"1;Een;1-2-2020;14-2-2020;15-2-2020\n2;Twee;{days}\n"
    got = read(f"Nr.;Omschrijving;Datum incident;Datum ontdekking;Datum melding AP\n{rows}", "register")
    assert ("file.days_turned_around" in got.asks) == is_asked
    if is_asked:
        assert got.asks["file.days_turned_around"].rows == (3,) and not got.faults
        assert [Day(got.items[3][name]) for name in DAYS] == [day_in(cell) for cell in days.split(";")]


def test_the_names_of_who_reported_it_stay_behind() -> None:
    got = read(REGISTER, "register")
    assert "Melder" in got.unused and "Anna" not in str(got.items)


def test_a_day_with_a_time_is_a_day() -> None:
    text = "Nr.;Omschrijving;Datum ontdekking\n1;Kwijt;2024-03-04T00:00\n2;Kwijt;25-3-2024 14:05\n"
    days = [item["discovered_on"] for item in read(text, "register").items.values()]
    assert days == [date(2024, 3, 4), date(2024, 3, 25)]


@pytest.mark.parametrize("written", [
    "2025-03-30T23:30:00Z", "2025-03-30T23:30:00.000Z", "2025-03-30 23:30:00+00", "2025-03-30T23:30+00:00",
    "2025-03-30T23:30z", "2025-03-30 23:30:00 UTC", "30-03-2025 23:30 UTC", "zo 30-3-2025, 23:30Z",
    "30-03-2025T23:30:00+00:00", "30 maart 2025 23:30 +00:00",
    "2025-03-30 19:30:00.1234567-0400", "2025-03-31T09:30:00+10:00",
])  # fmt: skip
def test_a_moment_with_an_offset_is_a_day_in_the_netherlands(written: str) -> None:
    text = f"Nr.;Omschrijving;Datum ontdekking\n1;Kwijt;{written}\n2;Kwijt;2025-12-31T23:30+00:00\n"
    days = [item["discovered_on"] for item in read(text, "register").items.values()]
    assert days == [date(2025, 3, 31), date(2026, 1, 1)]


@pytest.mark.parametrize(("cells", "answer", "day"), [
    ("25-4-2024;25-4-2024", "yes", date(2024, 4, 25)), (";25-4-2024", "yes", date(2024, 4, 25)),
    ("25-4-2024;", "yes", date(2024, 4, 25)), ("ja;", "yes", None), (";", "unknown", None),
    ("ja, 25-4-2024;", "yes", date(2024, 4, 25)), ("Ja: op 25 april 2024;", "yes", date(2024, 4, 25)),
    ("gemeld d.d. 25-4-2024;-", "yes", date(2024, 4, 25)), ("Ja (25-4-2024);", "yes", date(2024, 4, 25)),
    ("nee;n.v.t.", "no", None), ("n.v.t.;n.v.t.", "not_applicable", None), ("nee;geen", "no", None),
    ("n.v.t.;niet gemeld", "not_applicable", None), ("onduidelijk;25-4-2024", "unclear", date(2024, 4, 25)),
])  # fmt: skip
def test_a_day_says_that_the_ap_was_told_and_when(cells: str, answer: str, day: date | None) -> None:
    text = f"Nr;Omschrijving;Gemeld bij AP;Datum melding AP\n1;x;{cells}\n2;y;nee;\n3;z;;13-4-2024\n"
    item = read(text, "register").items[2]
    assert (item["reported_to_ap"], item["reported_on"]) == (answer, day)


def test_columns_of_days_alone_are_used() -> None:
    item = read("Nr;Omschrijving;Gemeld bij AP;Betrokkenen ingelicht\n1;x;13-4-2024;14-4-2024\n", "register").items[2]
    assert (item["reported_to_ap"], item["reported_on"], item["people_told"]) == ("yes", date(2024, 4, 13), "yes")


REPORTED = "Nr;Omschrijving;Gemeld bij AP;Datum melding AP\n"


@pytest.mark.parametrize(("cells", "key", "proposal"), [
    ("nee;2-6-2024", "reported_contradicts", ""), ("n.v.t.;2-6-2024", "reported_contradicts", ""),
    ("13-4-2024;14-4-2024", "reported_contradicts", ""), ("ja, 13-4-2024;14-4-2024", "reported_contradicts", ""),
    ("ja;n.v.t.", "day_not_applicable", "-"), ("onbekend;n.v.t.", "day_not_applicable", "-"),
    ("ja;geen", "day_unreadable", ""), ("ja, 13-4-24;", "day_without_year", "13-4-2024"),
    ("31-2-2024;", "day_is_none", ""), ("ja, 13-4-2031;", "in_future", ""),
    ("Ja, 12345;", "answer_with_more", "ja"), ("nee, geen risico;", "answer_with_more", "nee"),
    ("nee, 13-4-2024;", "answer_with_more", "nee"), ("misschien;", "no_choice", ""),
    ("misschien wel, 13-4-2024;", "no_choice", ""),
])  # fmt: skip
def test_what_contradicts_a_report_or_stands_beside_it_is_named(cells: str, key: str, proposal: str) -> None:
    now = datetime(2026, 1, 1, tzinfo=UTC)
    reading = reading_of(f"{REPORTED}1;x;{cells}\n2;y;nee;\n".encode(), "register", now=now)
    assert [item.row for item in reading.items()] == [3]
    [fault] = reading.faults
    assert (fault.key, fault.proposal) == (f"file.{key}", proposal)
    words = spoken("nl")[f"errors.{fault.key}"].format(**{"most": 0, **fault.values})
    answer, day = cells.split(";")
    named = {"reported_contradicts": (answer, day), "answer_with_more": (answer, answer.partition(", ")[2])}
    assert all(f"'{part}'" in words for part in named.get(key, ())), words


def test_the_order_of_days_under_the_name_of_the_ap_is_asked_and_told_by_other_columns() -> None:
    days = "Nr;Titel;Ontdekt;Gemeld bij AP\n1;a;{};nee\n2;b;3-4-2024;ja, 3-4-2024\n3;c;4-5-2024;4-5-2024\n"
    told = read(days.format("25-1-2024"), "register")
    assert [item["reported_on"] for item in told.items.values()] == [None, date(2024, 4, 3), date(2024, 5, 4)]
    turned = read(days.format("1-25-2024"), "register")
    assert turned.asks["file.day_or_month"].proposed == "month-day" and not turned.faults
    assert turned.items[4]["reported_on"] == date(2024, 4, 5)
    asked = read("Nr;Titel;Gemeld bij AP\n1;a;nee\n2;b;ja, 3-4-2024\n", "register", orders={})
    assert asked.asks["file.day_or_month"].columns == ("Gemeld bij AP",)
    assert asked.asks["file.day_or_month"].examples == ("3-4-2024: 3 april 2024, 4 maart 2024",)
    chosen = read("Nr;Titel;Gemeld bij AP\n1;a;nee\n2;b;ja, 3-4-2024\n", "register", orders={2: "month-day"})
    assert chosen.items[3]["reported_on"] == date(2024, 3, 4) and not chosen.asks
    mixed = read("Nr;Titel;Gemeld bij AP\n1;a;nee\n2;b;3-4-2024\n3;c;13-4-2024\n4;d;ja 4-13-2024\n", "register")
    assert mixed.faults == [(3, "file.day_both_ways", "")]

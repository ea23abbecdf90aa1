"""No page of a file shows a moment, a day or a code as the machine keeps it: every field of every purpose is walked."""

import io
import json
import re
from datetime import UTC, date, datetime
from html import unescape
from typing import Any

import pytest
from flask import Flask

from service.files.cells_shown import fault_to_keep
from service.files.dry_run import words_of_fault
from service.reading.fields import PURPOSES
from service.reading.outcome import Choices, Fault, Item
from service.reading.reader import reading_of
from service.web.file_words import NUMBERS_OF_PEOPLE, filled_names, words_in_row
from tests.factories import Office, an_office
from tests.pages.conftest import Reader, slug_of
from tests.pages.files import chosen_on
from tests.pages.forms import visible
from tests.pages.worlds import Login
from tests.reading.workbooks import xlsx

NOW = datetime(2027, 1, 1, tzinfo=UTC)
CELLS = {
    "informed_at": "28-11-2026 10:00", "informed_how": "telefoon", "in_force_from": "1-12-2025",
    "in_force_to": "31-12-2026", "is_test": "nee",
    "began_on": "3-2-2021", "discovered_on": "4-2-2021", "reported_on": "5-2-2021", "reported_to_ap": "ja",
    "people_told": "onduidelijk", "people": "", "people_min": "5", "people_max": "9", "estimate": "ja",
    "email": "ans@bol.example", "contact_email": "ans@bol.example", "kvk_number": "68750110", "hours_to_notify": "24",
    "client_number": "K1", "contact_phone": "0612345678", "services": "loon, btw",
}  # fmt: skip
RAW = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}|[0-9]T[0-9]|\+00:00|True|False|[a-z]+_[a-z]+|[{}\[\]]")
CODES = frozenset({
    "phone", "letter", "yes", "no", "unclear", "unknown", "not_applicable", "other", "email", "None",
})  # fmt: skip


def an_item(purpose: str) -> Item:
    """What a row says in which every field of a purpose is filled in."""
    names = [field.name for field in PURPOSES[purpose].fields]
    text = "\n".join(";".join(cells) for cells in (names, [CELLS.get(name, f"Tekst {name[0]}") for name in names]))
    mapping = dict(enumerate(names))
    reading = reading_of(text.encode(), purpose, Choices(headings_row=1, mapping=mapping), now=NOW)
    items = list(reading.items())
    assert items, reading.faults
    return items[0]


def as_kept(value: Any) -> Any:
    """A value as the rows of a file are kept in JSON."""
    return value.isoformat() if hasattr(value, "isoformat") else value


@pytest.mark.parametrize("purpose", PURPOSES)
def test_every_value_of_every_purpose_is_in_words(app: Flask, purpose: str) -> None:
    with app.test_request_context():
        row = {"row": 2, **{name: as_kept(value) for name, value in an_item(purpose).values.items()}}
        names = filled_names([row], [{"field": name} for name in row])
        words = {name: words_in_row(name, row) for name in names}
    assert words and not words.keys() & {*NUMBERS_OF_PEOPLE}
    for name, text in words.items():
        assert not RAW.search(text) and text not in CODES, (name, text)
    if purpose == "hits":
        assert words["informed_at"] == "zaterdag 28 november 2026 10:00" and words["informed_how"] == "Telefoon"


@pytest.mark.parametrize(("people", "said"), [
    ((300, 300, True), "ongeveer 300"), ((501, None, False), "minstens 501"), ((15, 20, False), "15 – 20"),
    ((7, 7, False), "7"), ((None, None, False), "nog niet bekend"),
])  # fmt: skip
def test_how_many_people_is_one_value(app: Flask, people: tuple[Any, ...], said: str) -> None:
    row = {"row": 2, "client_number": "K1", **dict(zip(NUMBERS_OF_PEOPLE, people, strict=True))}
    full = row | {"people_min": 1, "people_max": 1}
    with app.test_request_context():
        assert filled_names([row, full], []) == ["client_number", "people"]
        assert words_in_row("people", row) == said


def dry_run(there: Reader, purpose: str, base: str, content: bytes, name: str) -> str:
    """The rows of a file that do not fit, as a person reads them."""
    columns = there.send(f"{base}/files/new/{purpose}", {"file": (io.BytesIO(content), name)}).headers["Location"]
    page = unescape(there.see(columns))
    assert "2026-11-27" not in visible(page)
    run = there.send(columns, chosen_on(page)).headers["Location"]
    return visible(there.see(f"{run}?show=faults"))


@pytest.fixture
def office(reader: Login) -> Office:
    return an_office(2)


def test_a_day_of_a_workbook_is_told_as_the_spreadsheet_shows_it(reader: Login, office: Office) -> None:
    there, base = reader(office.officer), f"/o/{slug_of(office.id)}"
    rows = [["klantnummer", "geïnformeerd op", "hoe"], ["K0001", datetime(2026, 11, 27), "telefoon"]]
    told = dry_run(there, "hits", base, xlsx({"Blad1": rows}), "geraakt.xlsx")
    assert "27-11-2026&#39; is een dag zonder tijd" in told and "2026-11-27" not in told, told
    text = b"klantnummer;geinformeerd op;hoe\nK0001;2026-1-27;telefoon\n"
    assert "2026-1-27" in dry_run(there, "hits", base, text, "geraakt.csv")


def test_a_day_of_our_own_is_told_in_words_after_it_was_kept(app: Flask) -> None:
    values = {"name": "2026-11-27", "client_number": "1", "day": date(2023, 12, 31)}
    fault = Fault(2, "naam", "file.listed_ended", "Bol", "", values)
    with app.test_request_context():
        kept = json.loads(json.dumps(fault_to_keep(fault)))
        told = words_of_fault(kept, in_workbook=False)
    assert "zondag 31 december 2023" in told and "2026-11-27" in told and "2023-12-31" not in told, told

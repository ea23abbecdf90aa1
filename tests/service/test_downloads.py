"""Files to take away in three forms: the same rows in each, whole or as filtered, remembered, and with flat memory."""

import csv
import io
import re
import tracemalloc
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from uuid import UUID
from zipfile import ZipFile

import pytest
import python_calamine
from flask import Flask

from service.downloads.csv_file import csv_rows
from service.downloads.json_file import json_rows
from service.downloads.xlsx_file import FIRST_YEAR, xlsx_rows
from service.words.texts import spoken as spoken_texts
from tenants.history.entries import of_subject
from tenants.identity.users import OWNER
from tenants.isolation import acting_for
from tenants.register.breaches import breach
from tests import factories
from tests.factories import Office
from tests.service.caller import Caller, caller_for, refused
from workflows.law.periods import AMSTERDAM
from workflows.mail.batches import Addressee
from workflows.mail.listing import add_recipients
from workflows.notice.bulk_notice import begin_by_choice

Rows = list[list[Any]]


@pytest.fixture(scope="module")
def house() -> Office:
    """An office with four clients, two incidents, three breaches, and a notice in each state that a list has."""
    office = factories.an_office(4)
    factories.an_incident(office, office.hits[:3], title="=Eerste")
    factories.an_incident(office, office.hits[3:], title="Tweede")
    for title in ("Laptop kwijt", "Mail verkeerd", "Brief zoek"):
        factories.an_own_breach(office.id, office.officer, title=title)
    return office


@pytest.fixture(scope="module")
def owner(app: Flask, house: Office) -> Caller:
    who = factories.a_member(house.id, OWNER, "Olga")
    assert who.id
    return caller_for(app, who.id)


@pytest.fixture(scope="module")
def ids(house: Office, owner: Caller) -> dict[str, str]:
    """The ids that the addresses of files name."""
    own = factories.an_own_breach(house.id, house.officer, title="Lijst kwijt")
    with acting_for(house.id):
        notice = begin_by_choice(breach(own), house.officer).id
        add_recipients(notice, [Addressee(f"Lezer {n}", f"lezer{n}@example.nl") for n in range(3)])
    incidents = owner.get("incidents").json
    assert incidents
    return {"notice": str(notice), "incident": next(i["id"] for i in incidents["items"] if i["title"] == "=Eerste")}


MOMENT = re.compile(r"(\d{4}-\d\d-\d\d \d\d:\d\d(?::\d\d)?)\+\d\d:\d\d$")
READ_AT_FIRST = "incidents/{incident}/escalations"
"""The file whose rows begin with the moment at which it was read: each file has one of its own."""
WHOLE = {
    "breaches": 4, "incidents": 4, "agreements": 4, "incidents/{incident}/escalations": 3, "notices/{notice}/people": 3,
    "notices/{notice}/unreached": 0,
}  # fmt: skip
"""The address of each file, and how many rows it has as a whole."""


def sheet(content: bytes) -> Rows:
    book = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(content))
    return book.get_sheet_by_index(0).to_python()


def lines(content: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig")), delimiter=";"))


@pytest.mark.parametrize("path", WHOLE)
@pytest.mark.parametrize("language", ["nl", "en"])
def test_each_form_has_the_same_rows(owner: Caller, ids: dict[str, str], path: str, language: str) -> None:
    spoken = {"Accept-Language": language}
    answers = {
        ending: owner.get(f"{path.format(**ids)}.{ending}", headers=spoken) for ending in ("csv", "xlsx", "json")
    }
    for ending, answer in answers.items():
        assert answer.status_code == 200, answer.text
        assert answer.headers["Content-Disposition"].endswith(f'.{ending}"')
        assert int(answer.headers["Content-Length"]) == len(answer.get_data())
    assert answers["json"].json is not None
    plain, (headings, *cells) = answers["json"].json, lines(answers["csv"].get_data())
    of_sheet = sheet(answers["xlsx"].get_data())
    [name] = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(answers["xlsx"].get_data())).sheet_names
    assert name in {text for key, text in spoken_texts(language).items() if key.startswith("downloads.sheet.")}
    assert of_sheet[0] == headings and len(set(headings)) == len(headings)
    assert len(plain) == len(cells) == len(of_sheet) - 1 == WHOLE[path]
    own = int(path == READ_AT_FIRST)
    for row, of_row in zip(cells, of_sheet[1:], strict=True):
        assert [alike(value) for value in of_row][own:] == [words(cell) for cell in row][own:]
    with_types = {type(value) for of_row in of_sheet[1:] for value in of_row}
    assert not plain or (with_types >= {str, datetime} or (path == "agreements" and with_types >= {str, float, date}))


def alike(value: Any) -> str:
    """A cell of a sheet as CSV writes it, without the offset."""
    if isinstance(value, datetime):
        return value.isoformat(" ", "seconds" if value.second else "minutes")
    return str(int(value)) if isinstance(value, float) else str(value)


def words(cell: str) -> str:
    """A cell of CSV without the offset of a moment, and without what keeps it from running.

    A sheet keeps a moment at midnight as a whole number of days, and calamine reads that as a day.
    """
    is_moment = MOMENT.match(cell)
    return is_moment[1].removesuffix(" 00:00") if is_moment else cell.removeprefix("'")


def test_the_names_and_values_of_json_are_the_same_in_each_language(owner: Caller, ids: dict[str, str]) -> None:
    for path in WHOLE:
        dutch, english = (
            owner.get(f"{path.format(**ids)}.json", headers={"Accept-Language": language}).json
            for language in ("nl", "en")
        )
        assert all({**row, "read_at": ""} == {**same, "read_at": ""} for row, same in zip(dutch, english, strict=True))
    [first, *_] = owner.get("agreements.json").json or []
    assert first["services"] == {"payroll_bare": "processor"} and len(first["contacts"]) == 2
    [row, *_] = owner.get(f"incidents/{ids['incident']}/escalations.json").json or []
    assert row["state"] == "to_write" and datetime.fromisoformat(row["alarm_at"]).utcoffset() is not None


FILTERED = [
    ("breaches", "q=laptop", 1, ["q"]), ("breaches", "state=submitted", 0, ["state: submitted"]),
    ("breaches", "state=open&step=assess&origin=own", 4, ["state: open", "origin: own", "step: assess"]),
    ("incidents", "state=ended", 0, ["state: ended"]), ("agreements", "search=k0003", 1, ["search"]),
    ("agreements", "service=audit", 0, ["service: audit"]), ("agreements", "hours=true", 4, ["hours: True"]),
    ("incidents/{incident}/escalations", "state=informed", 0, ["state: informed"]),
    ("incidents/{incident}/escalations", "search=K0002", 1, ["search"]),
    ("notices/{notice}/people", "group=delivered", 0, "delivered"),
    ("notices/{notice}/people", "group=ready", 3, "ready"),
]  # fmt: skip


@pytest.mark.parametrize(("path", "query", "rows", "kept"), FILTERED)
def test_a_file_has_the_rows_of_the_list_and_the_history_says_which(
    owner: Caller, house: Office, ids: dict[str, str], path: str, query: str, rows: int, kept: Any
) -> None:
    address = path.format(**ids)
    listed = owner.get(f"{address}?{query}").json
    taken = owner.get(f"{address}.json?{query}").json
    assert listed is not None and taken is not None and len(taken) == rows
    assert path == "incidents" or len(listed["items"]) == rows
    assert newest_entry(house, ids, path) == ("Olga", {"rows": rows, "filter": kept})


def newest_entry(house: Office, ids: dict[str, str], path: str) -> tuple[str | None, dict[str, Any]]:
    subject = next((UUID(value) for name, value in ids.items() if f"{{{name}}}" in path), house.id)
    with acting_for(house.id):
        entries = [entry for entry in of_subject(subject) if entry.what.endswith(("exported", "_read"))]
        return entries[-1].actor_name, entries[-1].details


@pytest.mark.parametrize("path", [path for path in WHOLE if "unreached" not in path])
def test_what_cannot_be_asked_is_refused_and_no_file_of_other_rows_leaves(
    owner: Caller, house: Office, ids: dict[str, str], path: str
) -> None:
    before = entries_of(house)
    assert owner.get(f"{path.format(**ids)}.csv?state=nonsense&group=nonsense").status_code == 422
    assert owner.get(f"{path.format(**ids)}.exe").status_code == 404
    assert entries_of(house) == before


def entries_of(house: Office) -> int:
    with acting_for(house.id):
        return len(of_subject(house.id))


def test_a_page_refuses_a_filter_that_it_cannot_apply(app: Flask, owner: Caller, ids: dict[str, str]) -> None:
    client = app.test_client()
    client.set_cookie("meldketen_session", owner.token)
    many = "a+b+c+d+e+f"
    for path in ("register.csv?state=nonsense", "register.xlsx?year=1", "incidents.json?state=x",
                 f"agreements.csv?search={many}", f"notices/{ids['notice']}/people.csv?group=x",
                 f"incidents/{ids['incident']}/escalations.csv?search={many}"):  # fmt: skip
        answer = client.get(f"/o/{owner.slug}/{path}")
        assert answer.status_code == 422 and answer.mimetype == "text/html", path


def test_who_may_not_take_a_file_gets_none_in_any_form(
    approver: Caller, stranger: Caller, owner: Caller, ids: dict[str, str]
) -> None:
    for path in WHOLE:
        for ending in ("csv", "xlsx", "json"):
            address = f"{path.format(**ids)}.{ending}"
            assert stranger.get(f"/api/o/{owner.slug}/{address}").status_code == 404
            assert stranger.get(address).status_code == (404 if "{" in path else 200)
            refused(approver.get(address), 403, "role.not_enough")


Opened = Callable[[Any], AbstractContextManager[Callable[[Any], None]]]
WRITERS: dict[str, Opened] = {
    "csv": lambda file: csv_rows(file, ["Naam", "Adres"]),
    "xlsx": lambda file: xlsx_rows(file, ["Naam", "Adres"], "Mensen"), "json": json_rows,
}  # fmt: skip


@pytest.mark.parametrize("ending", WRITERS)
def test_memory_is_flat_however_many_rows_are_written(tmp_path: Path, ending: str) -> None:
    write_people(tmp_path, ending, 10)  # what is made once is not counted
    few, many = (peak_of(lambda rows=rows: write_people(tmp_path, ending, rows)) for rows in (500, 20_000))
    assert many < few + 500_000, f"{few} bytes for 500 rows, {many} for 20,000"


def write_people(folder: Path, ending: str, rows: int) -> None:
    with (folder / ending).open("wb") as file, WRITERS[ending](file) as write:
        for nth in range(rows):
            cells = [f"Persoon met een lange naam {nth}", f"persoon{nth}@een-lang-adres.example"]
            write(dict(zip(("name", "address"), cells, strict=True)) if ending == "json" else cells)


def peak_of(act: Callable[[], None]) -> int:
    tracemalloc.start()
    try:
        act()
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def test_a_moment_at_midnight_is_shown_as_a_moment_and_a_day_as_a_day() -> None:
    file, midnight = io.BytesIO(), datetime(2026, 12, 1, 23, tzinfo=UTC)
    with xlsx_rows(file, ["Moment", "Dag"], "Momenten") as write:
        write([midnight, date(2026, 12, 2)])
    with ZipFile(file) as parts:
        cells, styles = parts.read("xl/worksheets/sheet1.xml").decode(), parts.read("xl/styles.xml").decode()
    formats = dict(re.findall(r'<numFmt numFmtId="(\d+)" formatCode="([^"]*)"', styles))
    of_style = re.findall(r'<xf numFmtId="(\d+)"', styles.partition("<cellXfs")[2])
    shown = {place: formats[of_style[int(style)]] for place, style in re.findall(r'<c r="([AB]2)" s="(\d+)"', cells)}
    assert shown == {"A2": "yyyy-mm-dd hh:mm &quot;Amsterdam (+01:00)&quot;", "B2": "yyyy-mm-dd"}


def test_a_sheet_that_is_full_goes_on_in_a_next_one_and_old_days_are_text() -> None:
    file, old = io.BytesIO(), datetime(FIRST_YEAR - 1, 5, 1, tzinfo=UTC)
    twice = [datetime(2026, 10, 25, hour, 30, tzinfo=UTC) for hour in (0, 1)]
    with xlsx_rows(file, ["Wat", "Wanneer"], "Momenten", most_rows=3) as write:
        for what, when in (("=1+1", twice[0]), ("http://a.example", twice[1]), ("0012", old), ("", None)):
            write([what, when])
    file.seek(0)
    book = python_calamine.CalamineWorkbook.from_filelike(file)
    first, second = (book.get_sheet_by_name(name).to_python(skip_empty_area=False) for name in book.sheet_names)
    half_past_two = twice[0].astimezone(AMSTERDAM).replace(tzinfo=None)
    assert book.sheet_names == ["Momenten", "Momenten 2"]
    assert first == [["Wat", "Wanneer"], ["=1+1", half_past_two], ["http://a.example", half_past_two]]
    assert second[:2] == [["Wat", "Wanneer"], ["0012", str(old)]]

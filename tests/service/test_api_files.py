"""A list of people comes from a file: it is read, its columns are chosen, it is looked at, taken, and taken back."""

from hashlib import sha256
from io import BytesIO
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from werkzeug.test import TestResponse

from tenants.files.parts import content_of
from tenants.history.entries import of_subject
from tenants.isolation import acting_for
from tests.conftest import Database
from tests.factories import Office
from tests.service.caller import Caller, keys, refused
from tests.service.sent_files import COLUMNS, THREE, chosen, sent

CLUB = Path("tests/reading/files/01-ledenlijst-sportclub-cp1252.csv").read_bytes()
FAMILIES = Path("tests/reading/files/04-gezinnen-en-wie-geen-mail-heeft.csv").read_bytes()


def test_a_file_is_read_and_nothing_is_kept_until_it_is_taken(officer: Caller, notice: str) -> None:
    answer = sent(officer, THREE, notice)
    assert answer.status_code == 201, answer.text
    file, path = answer.json, f"files/{answer.json['id']}"
    assert (file["rows"], file["fits"], file["faults"], file["name"]) == (3, 2, 1, "lijst.csv")
    assert (file["wrong_rows"], file["left_out_rows"]) == (1, 0)
    columns = [(column["heading"], column["field"], column["examples"]) for column in file["columns"]]
    assert columns == [
        ("naam", "name", ["Ans", "Bob", "Cas"]), ("e-mail", "email", ["ans@example.nl", "bob@@x"]),
        ("rekening", None, ["NL01", "NL02", "NL03"]),
    ]  # fmt: skip
    refused(officer.post(f"{path}/taking", {"take": "fitting"}), 422, "file.columns_first")
    assert officer.put(f"{path}/mapping", COLUMNS).json["is_confirmed"]
    assert keys(officer.post(f"{path}/taking", {"take": "all"})) == [("take", "file.has_faults")]
    assert officer.get(f"notices/{notice}").json["sums"]["planned"] == 0
    [fault] = officer.get(f"{path}?show=faults").json["items"]
    assert (fault["row"], fault["column"], fault["value"]) == (3, "e-mail", "bob@@x")
    assert [person["name"] for person in officer.get(path).json["items"]] == ["Ans", "Cas"]
    taken = officer.post(f"{path}/taking", {"take": "fitting"}).json
    assert (taken["state"], taken["result"]["people"], taken["columns"]) == ("taken", 2, [])
    refused(officer.post(f"{path}/taking", {"take": "fitting"}), 409, "file.taken_already")
    assert officer.get(f"notices/{notice}").json["run"]["step"] == "text"


def test_what_was_chosen_is_offered_for_the_next_file_with_these_headings(officer: Caller, notice: str) -> None:
    content = b"Uitdraai\neen;twee;drie\nans@example.nl;Ans;x\n"
    first = sent(officer, content, notice).json
    assert (first["is_remembered"], first["headings_row"]) == (False, 0)
    mapping = {"columns": [{"place": 1, "field": "name"}, {"place": 0, "field": "email"}], "headings_row": 2}
    assert officer.put(f"files/{first['id']}/mapping", mapping).json["fits"] == 1
    again = sent(officer, content.replace(b"Ans", b"Eef"), notice).json
    assert (again["is_remembered"], again["headings_row"], again["fits"]) == (True, 2, 1)
    assert [column["field"] for column in again["columns"]] == ["email", "name", None]


def test_citizen_numbers_that_were_chosen_are_told_as_used_and_not_chosen_by_themselves(
    officer: Caller, notice: str
) -> None:
    content = b"Burgerservicenummer;Mail3\n111222333;ans@example.nl\n123456782;bob@example.nl\n"
    path = f"files/{sent(officer, content, notice).json['id']}"
    file = officer.put(f"{path}/mapping", COLUMNS).json
    assert [ask["key"] for ask in file["asks"]] == ["file.citizen_numbers_used"]
    assert "We use it as: Name." in file["asks"][0]["text"]
    assert (file["columns"][0]["left_out"], file["columns"][0]["examples"]) == ("citizen_numbers_used", [])
    again = sent(officer, content, notice).json
    assert (again["is_remembered"], [column["field"] for column in again["columns"]]) == (True, [None, "email"])
    assert [ask["key"] for ask in again["asks"]] == ["file.citizen_numbers"]
    rows = officer.get(f"files/{again['id']}").json["items"]
    assert [row["name"] for row in rows] == ["", ""] and "111222333" not in str(rows)


@pytest.mark.parametrize(("content", "take", "kept"), [
    (THREE, "fitting", ["content"]), (b"naam;e-mail;rekening\nAns;ans@example.nl;NL01\n", "all", []),
])  # fmt: skip
def test_unused_columns_stand_nowhere_after_taking(
    officer: Caller, notice: str, office: Office, database: Database, content: bytes, take: str, kept: list[str]
) -> None:
    """What stays of it are the rows that did not fit, with the columns that are used."""
    path = chosen(officer, content, notice)
    assert officer.post(f"{path}/taking", {"take": take}).status_code == 200
    file_id = path.removeprefix("files/")
    parts = database.outside("select kind from uploaded_part where file_id = :id and kind <> 'before'", id=file_id)
    assert [part["kind"] for part in parts] == kept
    with acting_for(office.id):
        left = content_of(UUID(file_id))
        left.seek(0)
        assert b"NL0" not in left.read()


def test_the_files_of_the_field_come_through(officer: Caller, notice: str) -> None:
    club = sent(officer, CLUB, notice).json
    assert (club["encoding"], club["headings_row"], club["fits"]) == ("cp1252", 3, 5)
    assert sent(officer, FAMILIES, notice).json["fits"] == 10


def test_a_letter_that_json_writes_by_half_is_a_fault_at_its_row(officer: Caller, notice: str) -> None:
    file = sent(officer, rb'[{"name": "\ud800A", "e\udc00": "x", "email": "a@x.example"}]', notice).json
    [fault] = officer.get(f"files/{file['id']}?show=faults").json["items"]
    assert (fault["key"], fault["value"], file["columns"][1]["heading"]) == ("file.letter_lost", "\ufffdA", "e\ufffd")


def test_what_is_no_list_is_one_clear_line(officer: Caller, notice: str) -> None:
    assert keys(sent(officer, b"%PDF-1.4", notice)) == [("file", "file.is_pdf")]
    assert keys(sent(officer, THREE, None)) == [("notice_id", "file.about_notice")]
    assert keys(sent(officer, THREE, notice, "hits")) == [("notice_id", "file.about_nothing")]


@pytest.mark.parametrize(("mapping", "key"), [
    ([(0, "kvk_number"), (1, "email")], "file.other_field"), ([(0, "name"), (500, "email")], "file.no_such_column"),
    ([], "file.needed_column"), ([(0, "name"), (1, "name")], "file.field_twice"),
    ([(0, "name"), (0, "email")], "file.column_twice"), ([(1, "email"), (1, "email")], "file.column_twice"),
])  # fmt: skip
def test_only_what_the_file_and_the_purpose_have_can_be_chosen(
    officer: Caller, notice: str, mapping: list[tuple[int, str]], key: str
) -> None:
    path = f"files/{sent(officer, THREE, notice).json['id']}"
    columns = [{"place": place, "field": field} for place, field in mapping]
    assert keys(officer.put(f"{path}/mapping", {"columns": columns})) == [("columns", key)]
    orders = {"orders": [{"place": 2, "order": "day-month"}, {"place": 2, "order": "month-day"}]}
    assert keys(officer.put(f"{path}/mapping", COLUMNS | orders)) == [("orders", "file.column_twice")]
    for encoding in ("punycode", "unicode_escape", "utf-7"):
        refused = officer.put(f"{path}/mapping", COLUMNS | {"encoding": encoding})
        assert keys(refused) == [("encoding", "file.letters")]
    assert not officer.get(path).json["is_confirmed"]


def test_no_value_of_a_file_is_kept_for_requests_that_are_repeated(
    officer: Caller, notice: str, database: Database
) -> None:
    content = b"naam;e-mail;opm\nAns;ans@example.nl;ZQYUNUSED\n"
    form = {"purpose": "recipients", "notice_id": notice, "file": (BytesIO(content), "lijst.csv")}
    sent_in = officer.call("POST", "files", data=form, headers={"Idempotency-Key": "een"})
    officer.put(f"files/{sent_in.json['id']}/mapping", COLUMNS, headers={"Idempotency-Key": "twee"})
    kept = database.outside("select count(*) as n from idempotent_answer where body::text like '%ZQYUNUSED%'")
    assert kept == [{"n": 0}]


def test_more_rows_than_a_purpose_takes_are_refused_whether_they_fit_or_not(officer: Caller) -> None:
    content = b"klantnummer\n" + b"".join(b"X%d\n" % n for n in range(20_001))
    assert keys(sent(officer, content, None, "hits")) == [("file", "file.too_many_rows")]


def test_the_same_request_is_known_again_whatever_stands_between_its_parts(officer: Caller, notice: str) -> None:
    def asked(name: str = "lijst.csv", content: bytes = THREE, purpose: str = "recipients") -> TestResponse:
        form = {"purpose": purpose, "notice_id": notice, "file": (BytesIO(content), name)}
        return officer.call("POST", "files", data=form, headers={"Idempotency-Key": "nog eens"})

    first, again = asked(), asked()
    assert first.json["id"] == again.json["id"] and again.headers["Idempotency-Replayed"] == "true"
    for other in (asked(name="b.csv"), asked(content=THREE + b"x"), asked(purpose="hits")):
        refused(other, 422, "idempotency.other_request")


def test_two_files_in_one_request_are_refused(officer: Caller, notice: str) -> None:
    files = [(BytesIO(content), "lijst.csv") for content in (THREE, CLUB)]
    form: dict[str, Any] = {"purpose": "recipients", "notice_id": notice, "file": files}
    assert keys(officer.call("POST", "files", data=form)) == [("file", "file.several_files")]


def test_who_takes_the_faults_of_a_file_is_remembered(officer: Caller, notice: str, office: Office) -> None:
    path = chosen(officer, THREE, notice)
    assert officer.get(f"{path}/faults.csv").status_code == 200
    with acting_for(office.id):
        [entry] = [entry for entry in of_subject(UUID(notice)) if entry.what == "file.faults_read"]
    assert entry.details == {"rows": 1, "filter": "recipients", "file": sha256(THREE).hexdigest()}

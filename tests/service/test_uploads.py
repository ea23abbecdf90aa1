"""A file is what its bytes say, at most so large; its name is nobody's business."""

import io
import re
import zipfile

import pytest
from flask import Flask
from flask.testing import FlaskClient

from service.admission.access import COOKIE
from service.wiring import LARGEST_BODY
from tests.service.caller import Caller, keys


def workbook() -> bytes:
    """What a spreadsheet saves when nobody asks it for CSV."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("xl/workbook.xml", "<x/>" * 100)
    return file.getvalue()


OTHERWISE = {
    "workbook": workbook(), "pdf": b"%PDF-1.7\n\x00\x01\x02%%EOF", "picture": b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR",
    "program": b"\x7fELF\x02\x01\x01\x00" + bytes(64), "half utf-16": b"\xff\xfea", "noise": bytes(range(256)),
}  # fmt: skip


@pytest.fixture
def browser(app: Flask, officer: Caller) -> FlaskClient:
    """The privacy officer's."""
    client = app.test_client()
    client.set_cookie(COOKIE, officer.token)
    return client


@pytest.mark.parametrize("kind", OTHERWISE)
def test_what_is_no_text_is_refused_whatever_it_is_called(officer: Caller, notice: str, kind: str) -> None:
    answer = officer.call(
        "PUT", f"notices/{notice}/recipients", data=OTHERWISE[kind], headers={"Content-Type": "text/csv"}
    )
    assert answer.status_code == 422
    field, key = keys(answer)[0]
    assert field == "recipients" and key.startswith("file.")
    assert officer.get(f"notices/{notice}").json["sums"]["planned"] == 0


@pytest.mark.parametrize("name", ["../../../etc/passwd", "C:\\con.csv", "lijst.exe", "", "=1+1.csv"])
def test_the_name_of_a_file_means_nothing(browser: FlaskClient, officer: Caller, notice: str, name: str) -> None:
    """The same bytes do the same; the name is a label, and comes back in no header."""
    page = f"/o/{officer.slug}/files/new/recipients?notice_id={notice}"
    [token, *_] = re.findall(r'name="csrf_token" value="([^"]+)"', browser.get(page).text)
    file = (io.BytesIO(b"naam;e-mail\r\nAnna;anna@mens.example\r\n"), name or "x")
    done = browser.post(page, data={"csrf_token": token, "file": file})
    assert done.status_code == 303, done.text
    assert not any((name or "=1+1") in value for _, value in done.headers)
    assert "Anna" in browser.get(done.headers["Location"]).text


def test_what_is_too_large_is_refused_before_it_is_read(officer: Caller, notice: str) -> None:
    much = b"x" * (LARGEST_BODY + 1)
    answer = officer.call("PUT", f"notices/{notice}/recipients", data=much, headers={"Content-Type": "text/csv"})
    assert answer.status_code == 413 and answer.content_type == "application/problem+json"

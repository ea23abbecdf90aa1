"""What comes with a file, and how many files of one person wait."""

from io import BytesIO
from typing import Any

from werkzeug.test import TestResponse

from tenants.files.uploaded import MOST_WAITING
from tests import factories
from tests.factories import Office
from tests.service.caller import Caller, keys
from tests.service.sent_files import THREE, sent


def test_what_is_sent_in_twice_or_under_another_name_is_refused(officer: Caller, notice: str) -> None:
    form: dict[str, Any] = {
        "purpose": ["recipients", "hits"], "notice_id": [notice, notice], "file": (BytesIO(THREE), "lijst.csv"),
        "file2": (BytesIO(THREE), "twee.csv"),
    }  # fmt: skip
    assert keys(officer.call("POST", "files", data=form)) == [
        ("purpose", "field.twice"), ("notice_id", "field.twice"), ("file2", "field.unknown"),
    ]  # fmt: skip
    odd = sent(officer, "naam;e-mail\nAns;ans@example.nl\n".encode("utf-16") + b"x", notice)
    assert keys(odd) == [("file", "file.letters_broken")], "nobody chose letters"


def test_no_file_ends_while_others_come(officer: Caller, notice: str, office: Office) -> None:
    def send(about: str | None, purpose: str = "recipients") -> TestResponse:
        return sent(officer, b"naam;e-mail\nAns;ans@example.nl\n", about, purpose)

    first, *others = [send(notice) for _ in range(MOST_WAITING)]
    assert {answer.status_code for answer in (first, *others)} == {201}
    refusal = send(notice)
    assert (refusal.status_code, keys(refusal)) == (422, [("file", "file.too_many_waiting")]), refusal.text
    assert officer.get(f"files/{first.json['id']}").status_code == 200
    assert sent(officer, b"nr;titel\n1;Weg\n", None, "register").status_code == 201, "another purpose"
    another = factories.an_own_breach(office.id, office.officer)
    assert send(officer.post(f"breaches/{another}/notice").json["id"]).status_code == 201, "another notice"
    assert officer.call("DELETE", f"files/{first.json['id']}").status_code == 204
    assert send(notice).status_code == 201

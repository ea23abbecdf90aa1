"""Files that are sent in to the API, and chosen."""

from io import BytesIO
from typing import Any

from werkzeug.test import TestResponse

from tests.service.caller import Caller

THREE = b"naam;e-mail;rekening\nAns;ans@example.nl;NL01\nBob;bob@@x;NL02\nCas;;NL03\n"
COLUMNS = {"columns": [{"place": 0, "field": "name"}, {"place": 1, "field": "email"}]}


def sent(caller: Caller, content: bytes, notice: str | None, purpose: str = "recipients") -> TestResponse:
    """A file that is sent in."""
    form: dict[str, Any] = {"purpose": purpose, "file": (BytesIO(content), "lijst.csv")}
    return caller.call("POST", "files", data=form | ({"notice_id": notice} if notice else {}))


def chosen(caller: Caller, content: bytes, notice: str, mapping: dict[str, Any] = COLUMNS) -> str:
    """The path of a file whose columns were chosen."""
    path = f"files/{sent(caller, content, notice).json['id']}"
    answer = caller.put(f"{path}/mapping", mapping)
    assert answer.status_code == 200, answer.text
    return path

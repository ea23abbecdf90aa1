"""A list of people that is ten times as long takes the web process no more memory: read, chosen, looked at, taken."""

import http.client
import io
import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

import psutil
import pytest
import xlsxwriter
from flask import Flask

from tenants.identity.users import PRIVACY_OFFICER
from tenants.isolation import acting_for
from tenants.register.breaches import breach
from tests.conftest import Database
from tests.factories import FENNA, a_member, an_organisation, an_own_breach
from tests.service.caller import Caller, caller_for
from tests.service.served import PATIENT, served
from workflows.notice.bulk_notice import begin_by_choice

FEW, MANY, MOST_MORE_MIB = 4_000, 40_000, 10
"""How many people, and how much more memory the longer list may take: hashes of eight bytes of who was met before."""
COLUMNS = {"columns": [{"place": 0, "field": "name"}, {"place": 1, "field": "email"}]}
HEADINGS = ("naam", "e-mail", "rekening", "opmerking")
HIGH_WATER = re.compile(r"VmHWM:\s+([0-9]+) kB")


def rows(many: int) -> Iterator[tuple[str, ...]]:
    yield HEADINGS
    for n in range(many):
        yield (f"{n:06} van den Hoogenband-Bruinsma tot Nieuwerkerk aan den IJssel", f"lid{n}@voorbeeld.example",
               "NL00TEST0000000034", "lid sinds 1-9-2009, betaalt per maand")  # fmt: skip


def as_csv(many: int) -> bytes:
    return "\n".join(map(";".join, rows(many))).encode()


def as_xlsx(many: int) -> bytes:
    file = io.BytesIO()
    book = xlsxwriter.Workbook(file, {"constant_memory": True, "in_memory": False})
    sheet = book.add_worksheet()
    for row, cells in enumerate(rows(many)):
        sheet.write_row(row, 0, cells)
    book.close()
    return file.getvalue()


@dataclass(frozen=True)
class Web:
    """A web server of its own, with the process that answers, called by somebody of an organisation."""

    port: int
    process: int
    caller: Caller

    def call(self, method: str, path: str, body: bytes | None = None, kind: str = "application/json") -> Any:
        line = http.client.HTTPConnection("127.0.0.1", self.port, timeout=300)
        headers = {"Authorization": f"Bearer {self.caller.token}", "Content-Type": kind}
        line.request(method, f"/api/o/{self.caller.slug}/{path}", body, headers)
        answer = line.getresponse()
        came = answer.read()
        assert answer.status in (200, 201), came[:500]
        return json.loads(came)

    def most_memory(self, act: Callable[[], Any]) -> tuple[int, Any]:
        """The kernel's high-water mark of the process during an act, in MiB; and what the act returns."""
        about = Path(f"/proc/{self.process}")
        (about / "clear_refs").write_text("5")
        came = act()
        [mark] = HIGH_WATER.findall((about / "status").read_text())
        return int(mark) // 1024, came

    def marks(self, content: bytes, notice: str) -> dict[str, int]:
        """The memory at each step of a file."""
        fields = {"purpose": "recipients", "notice_id": notice, 'file"; filename="list': ""}
        head = "".join(f'--x\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'
                       for name, value in fields.items()).removesuffix("\r\n")  # fmt: skip
        form = head.encode() + content + b"\r\n--x--\r\n"
        steps: dict[str, int] = {}
        steps["read"], file = self.most_memory(
            lambda: self.call("POST", "files", form, "multipart/form-data; boundary=x")
        )
        path = f"files/{file['id']}"
        steps["chosen"], _ = self.most_memory(lambda: self.call("PUT", f"{path}/mapping", json.dumps(COLUMNS).encode()))
        steps["looked at"], _ = self.most_memory(lambda: self.call("GET", path))
        taking = json.dumps({"take": "all"}).encode()
        steps["taken"], taken = self.most_memory(lambda: self.call("POST", f"{path}/taking", taking))
        assert taken["result"]["people"] == taken["result"]["fits"]
        return steps


@pytest.fixture(scope="module")
def office(database: Database) -> UUID:
    return an_organisation()


@pytest.fixture
def web(app: Flask, database: Database, office: UUID, tmp_path: Path) -> Iterator[Web]:
    """For one kind of file alone: a process that read another kind has memory left from it."""
    who = a_member(office, PRIVACY_OFFICER)
    assert who.id
    before = set(psutil.Process().children(recursive=True))
    with served(database.config, tmp_path, PATIENT, threads=1) as port:
        new = set(psutil.Process().children(recursive=True)) - before
        [answering] = [process for process in new if not process.children()]
        yield Web(port, answering.pid, caller_for(app, who.id))


def a_notice(office: UUID) -> str:
    """The id of a notice whose list is blank."""
    own = an_own_breach(office)
    with acting_for(office):
        return str(begin_by_choice(breach(own), FENNA).id)


@pytest.mark.parametrize("written", [as_csv, as_xlsx])
def test_ten_times_as_many_people_take_no_more_memory(
    web: Web, office: UUID, written: Callable[[int], bytes]
) -> None:
    web.marks(written(FEW), a_notice(office))  # what is made once is not counted
    few, many = (web.marks(written(size), a_notice(office)) for size in (FEW, MANY))
    more = {step: many[step] - few[step] for step in few}
    assert max(more.values()) <= MOST_MORE_MIB, f"MiB for {FEW:,}: {few}; more for {MANY:,}: {more}"

"""The clients of an incident come as a list: it is read and looked at, and what was typed meanwhile is still there."""

import io
import re
from collections.abc import Callable
from html import unescape

from tests.factories import Office
from tests.pages.conftest import Reader
from tests.pages.files import chosen_on
from tests.pages.forms import Fields, an_incident_form, recorded, visible
from tests.pages.worlds import Login

FILE = b"Nr;klantnummer;Aantal;BSN\n1;K0001;meer dan 500;111222333\n2;K0002;15-20;123456782\n3;1;5;111222333\n"


def led_to(there: Reader, address: str, fields: dict[str, object], seen: str) -> str:
    """The address to which a form of the page `seen` leads."""
    answer = there.send(address, fields, seen)
    assert answer.status_code == 303, answer.text[answer.text.find("alert") :][:600]
    return answer.headers["Location"]


def test_a_list_is_looked_at_and_the_incident_goes_on(
    reader: Login, office: Office, path: Callable[..., str]
) -> None:
    there = reader(office.officer)
    file = {"clients_list_file": (io.BytesIO(FILE), "geraakt.csv")}
    typed = an_incident_form(title="Back-up weg") | file
    columns = led_to(there, path("/incidents/new/list"), typed, path("/incidents/new"))
    page = unescape(there.see(columns))
    assert "111222333" not in page and "Aantal" in page
    dry_run = led_to(there, columns, chosen_on(page), columns)
    assert "1" in there.see(dry_run)
    take_at = f"{dry_run}/taking"
    fields = dict(Fields(there.see(dry_run)).forms[take_at]) | {"take": "fitting"}
    back = led_to(there, take_at, fields, dry_run)
    page = there.see(back)
    assert back.endswith("/incidents/new") and 'value="Back-up weg"' in page and "2 opdrachtgevers" in unescape(page)
    file_id = re.search(r'name="clients_files" value="([^"]+)"', page)
    assert file_id
    board = recorded(there, back, an_incident_form(title="Back-up weg", clients_files=file_id[1]))
    assert "501" in board, visible(board)[:1500]


def test_what_is_no_list_is_a_fault_at_its_field_and_nothing_typed_is_lost(
    reader: Login, office: Office, path: Callable[..., str]
) -> None:
    file = {"clients_list_file": (io.BytesIO(b"%PDF-1.7 en verder"), "lijst.pdf")}
    form = an_incident_form(title="Weg") | file
    answer = reader(office.officer).send(path("/incidents/new/list"), form, path("/incidents/new"))
    assert answer.status_code == 422 and 'value="Weg"' in answer.text
    assert re.search(r'id="f-clients_list_file"[^>]*aria-invalid="true"', answer.text)

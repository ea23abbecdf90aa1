"""The clients of an incident come as a list: it is read and looked at, and what was typed meanwhile is still there."""

import io
import re
from collections.abc import Callable
from html import unescape

import pytest

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


class OfAnIncident:
    """The officer with the form of an incident, and the lists that were read for it."""

    def __init__(self, there: Reader, new: str) -> None:
        self.there, self.new = there, new

    def columns_of(self, content: bytes, name: str, **more: object) -> str:
        """Where the columns of a list are asked about."""
        return led_to(
            self.there, f"{self.new}/list", self.form(**{"clients_list_file": (io.BytesIO(content), name)} | more),
            self.new,
        )

    def run_of(self, columns: str) -> str:
        """The dry run of a list whose proposed columns were chosen."""
        return led_to(self.there, columns, chosen_on(unescape(self.there.see(columns))), columns)

    def taken(self, run: str) -> str:
        """The id of a list of which was taken what fits."""
        fields = dict(Fields(self.there.see(run)).forms[f"{run}/taking"]) | {"take": "fitting"}
        led_to(self.there, f"{run}/taking", fields, run)
        return run.rsplit("/", 1)[1]

    def checked(self, **more: object) -> str:
        """What a person reads on the page that follows the form."""
        return self.there.send(self.new, self.form(**more)).text

    def form(self, **more: object) -> dict[str, object]:
        return an_incident_form(**more)


@pytest.fixture
def form(reader: Login, office: Office, path: Callable[..., str]) -> OfAnIncident:
    return OfAnIncident(reader(office.officer), path("/incidents/new"))


def plain(page: str) -> str:
    return unescape(visible(page)).translate({0x2068: None, 0x2069: None})


def test_typed_clients_and_those_of_a_list_add_up(form: OfAnIncident) -> None:
    list_id = form.taken(form.run_of(form.columns_of(b"klantnummer;aantal\nK0001;5\n", "geraakt.csv")))
    page = form.checked(**{"clients.0.client_number": "K0002", "clients_files": list_id})
    assert 'name="checked"' in page, plain(page)
    page = form.checked(**{"clients.0.client_number": "K0001", "clients_files": list_id})
    assert re.search(r'id="f-clients-0-client_number"[^>]*aria-invalid="true"', page)
    assert "Klantnummer K0001 vulde u in op rij 1, en staat ook op rij 2 (geraakt.csv)." in plain(page)


def test_a_list_that_waits_is_named_with_a_link_to_it(form: OfAnIncident) -> None:
    columns = form.columns_of(b"klantnummer;aantal\nK0001;5\n", "geraakt.csv")
    page = form.checked(clients_files=columns.split("/")[-2])
    assert "geraakt.csv is nog niet overgenomen" in plain(page)
    assert columns in re.findall(r'<li><a href="([^"]+)"', re.sub(r">\s+<", "><", page)), page


def test_what_is_no_list_is_a_fault_at_its_field_and_nothing_typed_is_lost(
    reader: Login, office: Office, path: Callable[..., str]
) -> None:
    file = {"clients_list_file": (io.BytesIO(b"%PDF-1.7 en verder"), "lijst.pdf")}
    form = an_incident_form(title="Weg") | file
    answer = reader(office.officer).send(path("/incidents/new/list"), form, path("/incidents/new"))
    assert answer.status_code == 422 and 'value="Weg"' in answer.text
    assert re.search(r'id="f-clients_list_file"[^>]*aria-invalid="true"', answer.text)


def test_the_same_list_again_takes_the_place_of_the_one_that_waits(form: OfAnIncident) -> None:
    content = b"klantnummer;aantal\nK0001;5\n"
    columns = form.columns_of(content, "geraakt.csv")
    assert form.columns_of(content, "opnieuw.csv") == columns
    again = form.columns_of(content, "opnieuw.csv", clients_files=columns.split("/")[-2])
    page = form.checked(clients_files=columns.split("/")[-2])
    assert again == columns and page.count('name="clients_files"') == 1 and "opnieuw.csv" in page
    assert form.columns_of(content + b"K0002;5\n", "geraakt.csv") != columns


def test_a_second_list_says_which_clients_stand_in_an_earlier_one(form: OfAnIncident) -> None:
    first = form.taken(form.run_of(form.columns_of(b"klantnummer;aantal\nK0002;9\nK0001;5\n", "eerste.csv")))
    second = form.columns_of(b"klantnummer\nK0002\nK0001\n", "tweede.csv", clients_files=first)
    run = form.run_of(second)
    words = plain(form.there.see(f"{run}?show=faults"))
    assert "Klantnummer K0002 staat er al, op rij 2 (eerste.csv)." in words, words
    assert "Klantnummer K0001 staat er al, op rij 3 (eerste.csv)." in words, words
    apart = form.run_of(form.columns_of(b"klantnummer\nK0001\n", "derde.csv"))
    page = form.checked(clients_files=[first, form.taken(apart)])
    assert "derde.csv, rij 2: Klantnummer K0001 staat er al, op rij 3 (eerste.csv)." in plain(page), plain(page)


def test_rows_that_did_not_fit_are_counted_before_an_incident_is_sent(form: OfAnIncident) -> None:
    run = form.run_of(form.columns_of(b"klantnummer;aantal\nK0001;5\nK9998;5\nK9999;veel\n", "geraakt.csv"))
    list_id = form.taken(run)
    page = form.checked(clients_files=list_id)
    assert 'name="checked"' in page and f"{run}/faults.csv" in page
    assert "Let op: deze rijen staan er niet bij geraakt.csv 2 rijen pasten niet" in plain(page), plain(page)
    board = recorded(form.there, form.new, form.form(clients_files=list_id))
    assert "3 rijen" in plain(board) and "2 rijen pasten niet" in plain(board), plain(board)
    assert b"K9999" in form.there.client.get(f"{run}/faults.csv").get_data()

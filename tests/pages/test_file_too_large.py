"""S4, a file of 31 MiB: the form stands there as it was typed, with the fault at the file, which is chosen anew."""

import io
import re
from collections.abc import Callable

import pytest

from service.admission.form_limits import LARGEST_BODY, LARGEST_FILE, LARGEST_WITH_FILE
from tests.conftest import Database
from tests.factories import Office
from tests.pages.conftest import Reader
from tests.pages.forms import LONG, TEMPLATES, an_incident_form, visible
from tests.pages.lapsed_login import LapsedLogin
from tests.pages.worlds import Login

Path = Callable[..., str]
TOO_LARGE = 31 * 1024 * 1024
TYPED = an_incident_form(title="Back-upstation", description=LONG)


def a_file(size: int = TOO_LARGE) -> tuple[io.BytesIO, str]:
    return io.BytesIO(b"klantnummer;aantal\n" + b"x" * size), "lijst.csv"


def as_typed(page: str) -> None:
    """The fault stands at the file, and is said in the summary with a link to it."""
    field = re.search(r'<input type="file" id="f-clients_list_file"[^>]*>', page)
    assert field and 'aria-invalid="true"' in field[0] and 'href="#f-clients_list_file"' in page
    assert visible(page).count("te groot: hoogstens 30 MB") == 2


@pytest.fixture
def officer(reader: Login, office: Office) -> Reader:
    return reader(office.officer)


def test_an_incident_stands_there_as_it_was_typed(officer: Reader, path: Path, database: Database) -> None:
    before = database.outside("select count(*) as n from incident")
    rows = {"clients.0.client_number": "K0001", "clients.0.people": "12"}
    answer = officer.send(path("/incidents/new"), TYPED | rows | {"clients_list_file": a_file()})
    assert answer.status_code == 422
    as_typed(answer.text)
    assert 'value="Back-upstation"' in answer.text and "derde regel" in answer.text and 'value="12"' in answer.text
    assert re.search(r'value="bsn"[^>]* checked', answer.text) and "Kies minstens" not in answer.text
    assert database.outside("select count(*) as n from incident") == before


def test_looking_for_a_client_with_such_a_file_says_so_too(officer: Reader, path: Path) -> None:
    page = officer.send(path("/incidents/new"), TYPED | {"look": "1", "search": "K", "clients_list_file": a_file()})
    as_typed(page.text)


def test_text_that_is_too_large_beside_a_file_is_refused_whole(officer: Reader, path: Path) -> None:
    half = "x" * (LARGEST_BODY // 2 + 1)
    typed = {"description": half, "cause": half, "clients_list_file": a_file(100)}
    answer = officer.send(path("/incidents/new"), typed)
    assert answer.status_code == 413 and "hoogstens 8 MB" in answer.text and "knop Terug" in answer.text


def test_what_the_web_server_does_not_collect_is_refused_with_the_way_back(officer: Reader, path: Path) -> None:
    answer = officer.send(path("/incidents/new"), {"clients_list_file": a_file(LARGEST_WITH_FILE)})
    assert answer.status_code == 413 and "wat u typte, staat er nog" in answer.text
    assert f"hoogstens {LARGEST_FILE // 1024**2} MB" in answer.text


def test_whose_login_lapsed_with_such_a_file_logs_in_and_chooses_it_anew(
    stranger: Reader, database: Database
) -> None:
    page = LapsedLogin(stranger, database).lapse_and_send(clients_list_file=a_file())
    assert "Wat u typte, is bewaard" in page and "Een bestand dat u koos" in page and "derde regel" in page


def test_every_form_with_a_file_is_walked_here_or_in_the_tests_of_files() -> None:
    texts = {file.name: file.read_text("utf-8") for file in TEMPLATES.rglob("*.html")}
    with_file = {name for name, text in texts.items() if 'type="file"' in text}
    assert with_file == {"incident_list.html", "file_upload.html", "kept.html"}

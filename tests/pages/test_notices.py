"""A notice's pages: the list of people, the text, the second person, the sums, and whether a message is genuine."""

import json
from urllib.parse import quote

import pytest

from tests.factories import NOTICE_TEXT, sendgrid_tells
from tests.pages.conftest import Reader
from tests.pages.worlds import READERS_CSV, Controller, Login, a_begun_notice
from workflows.mail.outbox import Outbox
from workflows.running.jobs import drain


@pytest.fixture
def bakery(reader: Login) -> Controller:
    """A controller that has begun a notice by its own choice."""
    return a_begun_notice(reader)


def test_faults_in_the_list_of_people_stand_at_their_lines(bakery: Controller) -> None:
    wrong = "naam;email\nAnna;anna@lezer.nl\nBram;geen adres\nAnna;anna@lezer.nl"
    answer = bakery.olga.send(f"{bakery.page}/steps/recipients", {"recipients": wrong}, seen=bakery.page)
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422 and "regel 3" in page and "regel 4" in page and "Bram;geen adres" in page


def test_a_notice_without_one_of_its_parts_is_refused_at_that_part(bakery: Controller) -> None:
    bakery.do(bakery.olga, "recipients", recipients=READERS_CSV)
    answer = bakery.olga.send(f"{bakery.page}/steps/text", NOTICE_TEXT | {"consequences": " "}, seen=bakery.page)
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422 and 'href="#f-consequences"' in page and "Een back-up is kwijt." in page


def test_from_list_to_delivery_with_sums_that_add_up(bakery: Controller, stranger: Reader, outbox: Outbox) -> None:
    assert "3 mensen informeren" in bakery.do(bakery.olga, "recipients", recipients=READERS_CSV)
    page = bakery.do(bakery.olga, "text", **NOTICE_TEXT)
    assert "hoort niet bij uw rol" in page and "Nu is aan zet: Adam." in page
    assert NOTICE_TEXT["consequences"] in page
    assert bakery.code in page and "wij kennen deze code niet" in stranger.see(f"/genuine?code={bakery.code}").lower()
    bakery.do(bakery.adam, "approve", agrees="true")
    assert "U hebt zelf al een eerdere stap gedaan" in bakery.olga.see(bakery.page)
    assert "Nu versturen aan 3 mensen" in bakery.hugo.see(bakery.page)
    bakery.do(bakery.hugo, "release")
    while drain(str(bakery.id)):
        pass
    sendgrid_tells(outbox.mails[:1])
    sums = json.loads(bakery.olga.see(f"{bakery.page}/progress.json"))["sums"]
    assert sums["delivered"] + sums["on_the_way"] + sums["not_reached"] + sums["unknown"] == sums["total"] == 3
    page = bakery.olga.see(bakery.page)
    assert "Uitkomst onbekend" in page and 'data-sum="unknown">0<' in page and 'data-sum="delivered">3<' in page
    genuine = stranger.see(f"/genuine?code={bakery.code.lower()}")
    assert "verstuurd door Bakkerij" in genuine
    pasted = quote(f"http://meldketen.example/genuine?code={bakery.code}. ")
    assert "verstuurd door Bakkerij" in stranger.see(f"/genuine?code={pasted}")
    assert "staat nooit een O" in stranger.see("/genuine?code=O000-1111")
    assert "staat nooit een O" not in stranger.see("/genuine?code=2222-3333")
    assert "verstuurd" in bakery.olga.see(f"{bakery.base}/notices")


def test_only_who_may_approves(bakery: Controller) -> None:
    bakery.do(bakery.olga, "recipients", recipients=READERS_CSV)
    bakery.do(bakery.olga, "text", **NOTICE_TEXT)
    answer = bakery.olga.send(f"{bakery.page}/steps/approve", {"agrees": "true"}, seen=bakery.page)
    assert answer.status_code == 403 and "Dit mag u niet doen" in answer.get_data(as_text=True)

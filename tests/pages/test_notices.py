"""A notice's pages: the list of people, the text, the second person, the sums, and whether a message is genuine."""

import json
from urllib.parse import quote
from uuid import UUID

import pytest

from tenants.errors import Invalid
from tenants.isolation import acting_for
from tenants.register.notices import notice
from tests.conftest import Database, until
from tests.factories import NOTICE_TEXT, sendgrid_tells
from tests.pages.conftest import Reader
from tests.pages.worlds import READERS, Controller, Login, a_begun_notice
from workflows.mail.batches import Addressee
from workflows.mail.outbox import Outbox
from workflows.notice.trial_mail import MOST, send_trial
from workflows.running.jobs import drain


@pytest.fixture
def bakery(reader: Login) -> Controller:
    """A controller that has begun a notice by its own choice."""
    return a_begun_notice(reader)


def test_faults_in_the_list_of_people_stand_at_their_lines(bakery: Controller) -> None:
    wrong = {"people.0.name": "Anna", "people.1.name": "Bram", "people.1.email": "geen adres", "people.2.email": "a@x"}
    answer = bakery.olga.send(f"{bakery.page}/steps/recipients", wrong, seen=bakery.page)
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422 and "regel 2" in page and "regel 3" in page and 'value="geen adres"' in page


def test_a_notice_without_one_of_its_parts_is_refused_at_that_part(bakery: Controller) -> None:
    bakery.do(bakery.olga, "recipients", **READERS)
    answer = bakery.olga.send(f"{bakery.page}/steps/text", NOTICE_TEXT | {"consequences": " "}, seen=bakery.page)
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422 and 'href="#f-consequences"' in page and "Een back-up is kwijt." in page


def test_from_list_to_delivery_with_sums_that_add_up(bakery: Controller, stranger: Reader, outbox: Outbox) -> None:
    assert "3 mensen informeren" in bakery.do(bakery.olga, "recipients", **READERS)
    page = bakery.do(bakery.olga, "text", **NOTICE_TEXT)
    assert "hoort niet bij uw rol" in page and "Nu is aan zet: Adam." in page
    assert "Lees de tekst zoals de lezer die ziet" not in page, "who may not do it is told only who can"
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
    groups = ("ready", "delivered", "on_the_way", "not_reached", "unknown")
    assert sum(sums[group] for group in groups) == sums["total"] == 3
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
    bakery.do(bakery.olga, "recipients", **READERS)
    bakery.do(bakery.olga, "text", **NOTICE_TEXT)
    answer = bakery.olga.send(f"{bakery.page}/steps/approve", {"agrees": "true"}, seen=bakery.page)
    assert answer.status_code == 403 and "Dit mag u niet doen" in answer.get_data(as_text=True)


def test_a_list_row_by_row_keeps_who_has_no_address_and_who_shares_one(bakery: Controller) -> None:
    """Before anything is sent the sums say that it is ready, and each sum opens its people."""
    rows = [("Anna Bos", "anna@lezer.nl"), ("Bram Bos", "Anna@lezer.nl"), ("Chris", ""), ("Anna Bos", "anna@lezer.nl")]
    typed = {f"people.{n}.{key}": value for n, row in enumerate(rows)
             for key, value in zip(("name", "email"), row, strict=True)}  # fmt: skip
    wrong = bakery.olga.send(f"{bakery.page}/steps/recipients", typed | {"people.4.email": "geen"}, seen=bakery.page)
    assert wrong.status_code == 422 and 'value="geen"' in wrong.text and 'href="#f-people-4-email"' in wrong.text
    dirk = {"people.4.name": "Dirk", "people.4.email": "dirk@lezer.nl"}
    page = bakery.do(bakery.olga, "recipients", **typed, **dirk)
    assert "1 persoon op de lijst krijgt geen mail: er is geen adres" in page and "3 mensen op 2 adressen" in page
    assert "Krijgt geen mail" in page and "Niet bereikt" not in page and "/unreached" not in page
    assert "4 mensen informeren" in page and 'data-sum="ready">3<' in page and 'data-sum="on_the_way">0<' in page
    assert 'data-sum="not_reached">1<' in page and "Beste Anna Bos en Bram Bos," in page
    people = bakery.olga.see(f"{bakery.page}/people?group=not_reached")
    assert "Chris" in people and "Bram Bos" not in people and "Anna Bos" not in people
    assert "bel of stuur een brief" in people
    again = bakery.olga.see(f"{bakery.page}?again=recipients")
    assert 'value="Chris"' in again and "Dan staan alleen zij nog op de lijst" in again
    bakery.do(bakery.olga, "text", **NOTICE_TEXT)
    page = bakery.adam.see(bakery.page)
    assert "voor 3 mensen" in page and "1 persoon op de lijst krijgt geen mail" in page


def test_a_list_without_any_address_is_refused_in_words(bakery: Controller) -> None:
    answer = bakery.olga.send(f"{bakery.page}/steps/recipients", {"people.0.name": "Chris"}, seen=bakery.page)
    assert answer.status_code == 422 and "niemand met een e-mailadres" in answer.text and 'value="Chris"' in answer.text


def test_the_text_begins_with_a_proposal_and_an_open_place_is_refused(bakery: Controller) -> None:
    page = bakery.do(bakery.olga, "recipients", **READERS)
    assert "Dit is een voorstel" in page and "Datalek bij Bakkerij" in page and "[vul in: een telefoonnummer]" in page
    answer = bakery.olga.send(
        f"{bakery.page}/steps/text", NOTICE_TEXT | {"contact": "Bel [vul in: een nummer]"}, seen=bakery.page
    )
    assert answer.status_code == 422 and 'href="#f-contact"' in answer.text and "open plek" in answer.text


def test_the_writer_looks_first_and_mails_a_trial_to_nobody_else(bakery: Controller, outbox: Outbox) -> None:
    bakery.do(bakery.olga, "recipients", **READERS)
    words = NOTICE_TEXT | {"contact": "Fenna de Wit, fenna@bakkerij.example."}
    seen = bakery.olga.send(f"{bakery.page}/look", words, seen=bakery.page).text
    assert "Beste Anna," in seen and "Beste lezer," in seen and "nog niets opgeslagen" in seen
    assert NOTICE_TEXT["consequences"] in seen and "Voorleggen aan een collega" in seen
    assert "alleen naar u" in bakery.olga.send(f"{bakery.page}/trial", words, seen=bakery.page).text
    while drain(str(bakery.id)):
        pass
    [mail] = [mail for mail in outbox.mails if mail.subject.startswith("PROEF: ")]
    assert [person.name for person in mail.people] == ["Olga"] and "proefmail" in mail.text
    assert mail.reply_to == "fenna@bakkerij.example" and str(mail.on_behalf_of).startswith("Bakkerij")
    assert "Proefmail gestuurd" in bakery.olga.see(bakery.page)
    for _ in range(4):
        bakery.olga.send(f"{bakery.page}/trial", words, seen=bakery.page)
    late = bakery.olga.send(f"{bakery.page}/trial", words, seen=bakery.page)
    assert late.status_code == 422 and "te veel proefmails" in late.text and NOTICE_TEXT["nature"] in late.text


def test_a_trial_takes_what_the_text_takes_and_no_more(bakery: Controller, outbox: Outbox) -> None:
    bakery.do(bakery.olga, "recipients", **READERS)
    long = {"subject": "S" * 201, "nature": "n" * 10_001}
    refused = bakery.olga.send(f"{bakery.page}/trial", NOTICE_TEXT | long, seen=bakery.page)
    assert refused.status_code == 422 and 'href="#f-subject"' in refused.text and 'href="#f-nature"' in refused.text
    assert long["nature"] in refused.text and NOTICE_TEXT["measures"] in refused.text
    most = {"subject": "S" * 200, "nature": "n" * 10_000, "measures": ""}
    assert "alleen naar u" in bakery.olga.send(f"{bakery.page}/trial", NOTICE_TEXT | most, seen=bakery.page).text
    while drain(str(bakery.id)):
        pass
    assert [mail.subject for mail in outbox.mails if mail.subject.startswith("PROEF")] == [f"PROEF: {'S' * 200}"]


def test_trials_that_are_asked_for_together_are_counted_one_after_the_other(
    bakery: Controller, database: Database
) -> None:  # fmt: skip
    """The last one that may go has not ended when the next is asked for."""
    notice_id, reader = UUID(bakery.page.rpartition("/")[2]), Addressee("Olga", "olga@bakkerij.example")

    def try_out() -> None:
        with acting_for(bakery.id):
            send_trial(notice(notice_id), reader, bakery.officer)

    for _ in range(MOST - 1):
        try_out()
    with acting_for(bakery.id):
        send_trial(notice(notice_id), reader, bakery.officer)
        next_one = database.elsewhere(try_out)
        until(database.blocked)
    refusal = next_one.exception(20)
    assert isinstance(refusal, Invalid) and refusal.key == "notice.trials_over"


def test_who_may_not_read_people_sees_a_few_in_disguise(bakery: Controller) -> None:
    bakery.do(bakery.olga, "recipients", **READERS)
    bakery.do(bakery.olga, "text", **NOTICE_TEXT)
    page, people = bakery.adam.see(bakery.page), bakery.adam.see(f"{bakery.page}/people")
    assert "Beste A…," in page and "Lijst bekijken" in page and "Anna" not in page
    assert "…@lezer.nl" in people and "Anna" not in people and "anna@" not in people
    assert "Stuur een proefmail aan mijzelf" in page
    assert "De proefmail gaat naar" in bakery.adam.done(f"{bakery.page}/trial", {}, seen=bakery.page)

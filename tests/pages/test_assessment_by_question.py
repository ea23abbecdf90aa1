"""Assessing one question at a time: few words, nothing lost in between, and one act that records it all."""

import re
from collections.abc import Callable
from html import unescape

import pytest

from tenants.history.entries import Actor
from tenants.identity.users import PRIVACY_OFFICER
from tenants.isolation import acting_for
from tenants.register.breaches import breach
from tests.conftest import Database
from tests.factories import a_member
from tests.pages.assessing import ACTION, MOST_WORDS, SAID, Client
from tests.pages.conftest import Reader
from workflows.notification.supplement import supplement_facts

FOLDED = re.compile(r"<details(?![^>]* open)[^>]*>\s*(<summary.*?</summary>).*?</details>", re.DOTALL)
UNSEEN = re.compile(r'<(\w+)\b[^>]*(?: hidden\b|class="hidden")[^>]*>.*?</\1>', re.DOTALL)


@pytest.fixture
def client(reader: Callable[[Actor], Reader], app: object) -> Client:
    return Client(reader)


def words(page: str) -> list[str]:
    """The words that somebody sees in the main part of a page."""
    main = page[page.index("<main") : page.index("</main>")]
    seen = UNSEEN.sub("", FOLDED.sub(r"\1", main))
    return [word for word in unescape(re.sub(r"<[^>]+>", " ", seen)).split() if any(map(str.isalnum, word))]


def last_form(page: str) -> dict[str, str | list[str]]:
    """What a browser sends from the last screen beside what somebody types."""
    form = page[page.index("/steps/assess") :]
    hidden: dict[str, str | list[str]] = {}
    for name, value in re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', form):
        before = hidden.get(name, [])
        hidden[name] = [*before, value] if isinstance(before, list) else [before, value]
    return hidden


def test_an_ordinary_case_is_assessed_with_few_words_and_recorded_by_one_act(client: Client) -> None:
    page, screens = client.anna.see(client.at), []
    assert "De Linde Accountants zei dit al. Klopt het?" in page and "Vraag 1 van" in page
    while "/steps/assess" not in page:
        screens.append(page)
        page = client.answer(**{"facts.protection": "none"})
    screens.append(page)
    assert sum(len(words(screen)) for screen in screens) <= MOST_WORDS
    assert f"Vraag {len(screens)} van {len(screens)}" in page and "EDPB" not in "".join(screens)
    assert client.breach.risk is None, "nothing counts before the judgement"
    refused = client.anna.send(f"{client.page}/steps/assess", last_form(page) | {"reason": "Zomaar"}, seen=client.at)
    assert refused.status_code == 422 and "Het advies" in refused.text and "Zomaar" in refused.text
    judged = {"risk": "high", "reason": "Een laptop zonder slot, met BSN"}
    client.anna.done(f"{client.page}/steps/assess", last_form(refused.text) | judged, seen=client.at)
    known = client.breach
    assert (known.risk, known.facts["protection"], known.people_max) == ("high", "none", 5)
    assert known.facts["data"] == SAID["data"] and known.facts["malicious"] is True


def test_answers_are_kept_by_person_until_they_are_recorded(client: Client, database: Database) -> None:
    for _ in range(2):
        page = client.answer(**{"facts.protection": "encrypted"})
    assert "Is de sleutel van de versleuteling veilig?" in page
    assert "Ga verder waar u was" in client.anna.see(client.page) and client.kept(database) == 1
    olga = client.reader(a_member(client.id, PRIVACY_OFFICER, "Olga"))
    assert "zei dit al" in olga.see(client.at) and "Begin: één vraag per keer" in olga.see(client.page)
    again = client.reader(client.anna_herself)
    page = again.see(f"{client.at}protection")
    assert 'value="encrypted" checked' in page, "in another browser the answers are there"
    again.done(f"{client.at}protection", {"facts.protection": "none"}, seen=client.at)
    page = again.see(client.at)
    away = {"risk": "high", "reason": "Half geschreven", "to": "protection"}
    assert 'value="none" checked' in again.done(f"{client.at}last", away, seen=client.at)
    page = again.see(f"{client.at}last")
    assert "Half geschreven" in page and "Half geschreven" in again.see(client.page)
    judged = {"risk": "high", "reason": "Geheel geschreven"}
    again.done(f"{client.page}/steps/assess", last_form(page) | judged, seen=client.at)
    assert client.kept(database) == 0 and client.breach.risk_reason == "Geheel geschreven"


def said_on(page: str) -> str:
    """The words of a page, with one blank between two."""
    return " ".join(words(page))


def recorded_by_olga(client: Client, **facts: object) -> None:
    """A colleague records these facts beside the others."""
    olga = a_member(client.id, PRIVACY_OFFICER, "Olga")
    with acting_for(client.id):
        known = breach(client.breach_id)
        supplement_facts(client.breach_id, known.facts | facts, known.people_min, known.people_max, olga)


def test_a_fact_is_changed_and_what_was_confirmed_is_asked_again_when_it_changes(client: Client) -> None:
    client.answer()
    assert "Waren de gegevens beveiligd?" in client.anna.see(client.at)
    client.anna.done(f"{client.at}malicious", {"facts.malicious": "false"}, seen=client.at)
    card = said_on(client.anna.see(f"{client.at}known"))
    assert "Kwade opzet Ja Wijzig U maakt hiervan: Nee" in card, "the office said yes, Anna makes it no"
    recorded_by_olga(client, data=["name"])
    card = said_on(client.anna.see(client.at))
    assert "zei dit al" not in card and "(vastgelegd door De Linde Accountants)" in card, "asked again"
    assert "Naam (vastgelegd door Olga)" in card


def test_nobody_overwrites_a_newer_fact_that_they_have_not_seen(client: Client) -> None:
    client.answer()
    client.answer(**{"facts.protection": "encrypted"})
    recorded_by_olga(client, protection="none", malicious=False)
    card = client.anna.see(client.at)
    assert "U koos eerder: Ja, versleuteld" in card and "want Olga heeft dit daarna gewijzigd" in card
    last = client.anna.see(f"{client.at}last")
    assert 'id="outdated"' in last and last_form(last)["facts.protection"] == ["none"]
    client.answer()
    last = client.anna.see(f"{client.at}last")
    assert 'id="outdated"' not in last, "whoever agrees with the card has seen it"
    recorded_by_olga(client, recipients="public")
    judged = {"risk": "high", "reason": "Een laptop zonder slot"}
    refused = client.anna.send(f"{client.page}/steps/assess", last_form(last) | judged, seen=client.page)
    assert refused.status_code == 412 and "Olga" in refused.text, "it says what changed"
    client.anna.done(f"{client.page}/steps/assess", last_form(refused.text) | judged, seen=f"{client.at}last")
    facts = client.breach.facts
    assert (facts["protection"], facts["malicious"], facts["recipients"]) == ("none", False, "public")


def test_an_answer_to_a_page_that_is_old_does_not_overwrite_what_came_after_it(client: Client) -> None:
    client.answer()
    page = client.anna.see(f"{client.at}malicious")
    held = re.findall(r'name="(shown[^"]+)" value="([^"]*)"', page)
    assert held == [("shown.facts.malicious", "true")]
    recorded_by_olga(client, malicious=False)
    client.anna.done(f"{client.at}malicious", {"facts.malicious": "true", **dict(held)}, seen=client.at)
    page = client.anna.see(f"{client.at}malicious")
    assert 'value="false" checked' in page and "U koos eerder: Ja." in page


def test_a_number_that_is_no_number_is_refused_at_its_field_and_stays(client: Client, database: Database) -> None:
    bad = {"people_min": "veel", "people_max": "9"}
    page = client.anna.send(f"{client.at}people_min", bad, seen=client.at)
    assert page.status_code == 422 and 'value="veel"' in page.text and 'href="#f-people_min"' in page.text
    reversed_ends = client.anna.send(f"{client.at}people_min", {"people_min": "9", "people_max": "3"}, seen=client.at)
    assert reversed_ends.status_code == 422 and client.kept(database) == 0


def test_the_score_of_enisa_is_asked_of_who_wants_it(client: Client) -> None:
    page = client.anna.see(f"{client.at}last")
    assert "nog niet te bepalen: 5 vragen open" in page and "/assess/severity_answers.kinds" in page
    client.anna.done(f"{client.at}severity_answers.kinds", {"severity_answers.kinds": ["simple"]}, seen=client.at)
    client.answer()
    page = client.anna.see(client.at)
    while "/steps/assess" not in page:
        name = ACTION.search(page)[1].rpartition("/")[2]  # type: ignore[index]
        values = re.findall(rf'name="{re.escape(name)}"\s+value="([a-z_]+)"', page)
        page = client.answer(**({name: values[0]} if values else {}))
    assert "nog niet te bepalen" not in page and re.search(r"[0-9],?[0-9]* (laag|middel|hoog)", page)


REFUSED: dict[str, tuple[dict[str, str | list[str]], str]] = {
    "last": ({"reason": "r" * 10_001}, "reason"),
    "people_min": ({"people_min": "5", "people_max": "2"}, "people_max"),
    "nature": ({"facts.nature": ["bogus"]}, "facts.nature"),
    "protection": ({"facts.protection": "bogus"}, "facts.protection"),
    "severity_answers.kinds": ({"severity_answers.kinds": ["simple", "bogus"]}, "severity_answers.kinds"),
    "severity_answers.confidentiality": (
        {"severity_answers.confidentiality": "bogus"}, "severity_answers.confidentiality",
    ),
}  # fmt: skip


@pytest.mark.parametrize("screen", REFUSED)
def test_an_answer_beyond_the_limits_of_its_field_is_refused_there_and_not_kept(
    client: Client, database: Database, screen: str
) -> None:  # fmt: skip
    kept = "select sealed from form_draft where subject_id = :breach"
    client.anna.done(f"{client.at}last", {"reason": "Van eerder", "risk": ""}, seen=client.at)
    before = database.outside(kept, breach=client.breach_id)
    answers, field = REFUSED[screen]
    refused = client.anna.send(f"{client.at}{screen}", answers, seen=client.at)
    assert refused.status_code == 422 and 'role="alert" tabindex="-1" data-focus' in refused.text
    assert database.outside(kept, breach=client.breach_id) == before
    if field == "reason":
        assert str(answers[field]) in refused.text

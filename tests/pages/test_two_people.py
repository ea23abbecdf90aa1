"""S6: two people, or two tabs, fill in one form: different answers both stand, and of the same one a person chooses."""

import re
from collections.abc import Callable
from html import unescape
from uuid import UUID

import pytest
from werkzeug.test import TestResponse

from tenants.history.entries import Actor, of_subject
from tenants.isolation import acting_for
from tenants.register.breaches import breach
from tests.factories import Office, a_member, an_own_breach
from tests.pages.conftest import Reader
from tests.pages.forms import typed_facts, untouched_form, visible

Login = Callable[[Actor], Reader]
Path = Callable[..., str]
Form = dict[str, str | list[str]]


class Two:
    """Anna and Joris, each with the same page open."""

    def __init__(self, reader: Login, office: Office, path: Path, part: str) -> None:
        self.house, self.of_anna, self.of_joris = office.id, a_member(office.id, name="Anna"), a_member(
            office.id, name="Joris")  # fmt: skip
        self.anna, self.joris = reader(self.of_anna), reader(self.of_joris)
        self.breach_id: UUID = an_own_breach(office.id, office.officer)
        self.at = path(f"/breaches/{self.breach_id}/{part}")
        self.page_of_anna, self.page_of_joris = self.open(self.anna), self.open(self.joris)

    def open(self, who: Reader) -> Form:
        return {name: _plain(value) for name, value in untouched_form(who.see(self.at)).items()}

    def saves(self, who: Reader, page: Form, **typed: str | list[str]) -> TestResponse:
        return who.client.post(self.at, data=page | typed)

    @property
    def answers(self) -> dict[str, object]:
        with acting_for(self.house):
            answers: dict[str, object] = (breach(self.breach_id).draft or {}).get("answers", {})
            return answers


def _plain(value: str | list[str]) -> str | list[str]:
    return unescape(value[0] if isinstance(value, list) and len(set(value)) == 1 else value) if not isinstance(
        value, list) or len(set(value)) == 1 else [unescape(item) for item in value]  # fmt: skip


@pytest.fixture
def form(reader: Login, office: Office, path: Path) -> Two:
    return Two(reader, office, path, "form")


@pytest.fixture
def facts(reader: Login, office: Office, path: Path) -> Two:
    return Two(reader, office, path, "facts")


def test_answers_to_different_questions_both_stand(form: Two) -> None:
    assert form.saves(form.joris, form.page_of_joris, reporter_phone="010 123 45 67").status_code == 303
    second = form.saves(form.anna, form.page_of_anna, reporter_function="Privacy officer")
    assert second.status_code == 303
    assert form.answers == {"reporter_phone": "010 123 45 67", "reporter_function": "Privacy officer"}
    page = form.anna.see(second.headers["Location"])
    assert "veranderde een ander 2 andere antwoorden" in page, "the contact's number followed the reporter's"
    with acting_for(form.house):
        row = breach(form.breach_id)
        assert row.preparers == {form.of_anna.id, form.of_joris.id}
        said = [(e.actor_name, e.details["questions"]) for e in of_subject(row.id) if "questions" in e.details]
    assert said == [("Joris", ["reporter_phone"]), ("Anna", ["reporter_function"])], "each with what they changed"


def test_the_same_answer_is_shown_twice_and_pressing_again_overwrites_nothing(form: Two) -> None:
    form.saves(form.joris, form.page_of_joris, reporter_phone="010 123 45 67")
    refused = form.saves(form.anna, form.page_of_anna, reporter_phone="020 765 43 21", reporter_function="PO")
    both = refused.text[refused.text.index('id="both-reporter_phone"') :].partition("</fieldset>")[0]
    assert refused.status_code == 409 and "020 765 43 21" in both and "010 123 45 67" in both and "Joris" in both
    again = {name: _plain(value) for name, value in untouched_form(refused.text).items()}
    again = {name: value for name, value in again.items() if not name.startswith("choice.")}
    pressed = form.saves(form.anna, again)
    assert pressed.status_code == 409 and form.answers == {"reporter_phone": "010 123 45 67"}
    chosen = form.saves(form.anna, again, **{"choice.reporter_phone": "mine"})
    assert chosen.status_code == 303
    assert form.answers == {"reporter_phone": "020 765 43 21", "reporter_function": "PO"}


def test_a_choice_counts_for_what_was_seen_alone(form: Two) -> None:
    form.saves(form.joris, form.page_of_joris, reporter_phone="010 123 45 67")
    refused = form.saves(form.anna, form.page_of_anna, reporter_phone="020 765 43 21")
    form.saves(form.joris, form.open(form.joris), reporter_phone="030 111 22 33")
    again = {name: _plain(value) for name, value in untouched_form(refused.text).items()}
    late = form.saves(form.anna, again | {"choice.reporter_phone": "mine"})
    assert late.status_code == 409 and "030 111 22 33" in late.text
    assert form.answers["reporter_phone"] == "030 111 22 33"


@pytest.mark.parametrize(("way", "stored"), [("theirs", "Tekst van Joris"),
                                             ("together", "Tekst van Joris\n\nTekst van Anna")])  # fmt: skip
def test_measures_of_two_people(facts: Two, way: str, stored: str) -> None:
    facts.saves(facts.joris, facts.page_of_joris, measures="Tekst van Joris")
    refused = facts.saves(facts.anna, facts.page_of_anna, measures="Tekst van Anna", people_min="12", people_max="12")
    assert refused.status_code == 409 and "Tekst van Joris" in refused.text and "Tekst van Anna" in refused.text
    again = {name: _plain(value) for name, value in untouched_form(refused.text).items()}
    chosen = again | {"measures": "Tekst van Anna", "choice.measures": way}
    assert facts.saves(facts.anna, chosen).status_code == 303
    with acting_for(facts.house):
        row = breach(facts.breach_id)
        assert (row.measures.replace("\r\n", "\n") if row.measures else "", row.people_min) == (stored, 12)


def test_facts_that_do_not_touch_both_stand(facts: Two) -> None:
    assert facts.saves(facts.joris, facts.page_of_joris, **typed_facts(40)).status_code == 303
    second = facts.saves(facts.anna, facts.page_of_anna, measures="Alles afgesloten")
    assert second.status_code == 303
    with acting_for(facts.house):
        row = breach(facts.breach_id)
        assert (row.people_min, row.measures) == (40, "Alles afgesloten") and row.facts["data"]


def test_the_least_and_the_most_number_of_people_are_two_questions(facts: Two) -> None:
    assert facts.saves(facts.joris, facts.page_of_joris, people_max="40").status_code == 303
    assert facts.saves(facts.anna, facts.page_of_anna, people_min="10").status_code == 303
    with acting_for(facts.house):
        assert (breach(facts.breach_id).people_min, breach(facts.breach_id).people_max) == (10, 40), "both stand"


def test_both_ends_that_two_people_changed_are_shown_each_by_its_own_question(facts: Two) -> None:
    facts.saves(facts.joris, facts.page_of_joris, people_min="5", people_max="40")
    refused = facts.saves(facts.anna, facts.page_of_anna, people_min="10", people_max="20")
    assert refused.status_code == 409
    least = visible(refused.text[refused.text.index('id="both-people_min"') :].partition("</fieldset>")[0])
    most = visible(refused.text[refused.text.index('id="both-people_max"') :].partition("</fieldset>")[0])
    assert "Hoeveel mensen minstens?" in least and "Uw antwoord 10" in least and least.endswith(" 5")
    assert "Hoeveel mensen hoogstens?" in most and "Uw antwoord 20" in most and most.endswith(" 40")
    again = {name: _plain(value) for name, value in untouched_form(refused.text).items()}
    chosen = again | {"choice.people_min": "mine", "choice.people_max": "theirs"}
    assert facts.saves(facts.anna, chosen).status_code == 303
    with acting_for(facts.house):
        assert (breach(facts.breach_id).people_min, breach(facts.breach_id).people_max) == (10, 40)


def test_an_answer_in_several_fields_names_each(form: Two) -> None:
    """An address or a person to contact: a bare word would not say which field it is of."""
    [name, *_] = sorted(name for name in form.page_of_anna if name.endswith(".town"))
    question = name.removesuffix(".town")
    form.saves(form.joris, form.page_of_joris, **{f"{question}.town": "Delft", f"{question}.street": "Markt 1"})
    refused = form.saves(form.anna, form.page_of_anna, **{name: "Gouda"})
    both = visible(refused.text[refused.text.index(f'id="both-{question}"') :].partition("</fieldset>")[0])
    assert refused.status_code == 409 and "Plaats: Gouda" in both
    assert "Straat en nummer: Markt 1, Plaats: Delft" in both


def test_a_draft_that_somebody_overtook_shows_both(form: Two, path: Path) -> None:
    kept = path(f"/drafts/ap_form/{form.breach_id}")
    form.anna.client.post(kept, data=form.page_of_anna | {"reporter_phone": "020 765 43 21"},
                          headers={"Accept": "application/json"})  # fmt: skip
    form.saves(form.joris, form.page_of_joris, reporter_phone="010 123 45 67", reporter_function="Directeur")
    page = form.anna.see(form.at)
    assert 'id="both-reporter_phone"' in page and "Uw concept van" in page
    assert page.count("Veranderd in uw concept, nog niet opgeslagen.") == 1, "her own answer, in the part that opens"
    assert re.search(r'name="reporter_function"\s[^>]*value="Directeur"', page, re.S), "what she did not touch is new"

"""The AP's form on the pages: sums that add up, answers and ways of not knowing, and faults at their questions."""

import re
from collections.abc import Callable

import pytest

from tenants.history.entries import Actor
from tenants.isolation import acting_for
from tenants.register.breaches import breach
from tenants.register.notices import notice_of_breach
from tests.pages.conftest import Reader, typed_assessment
from tests.pages.forms import local, untouched_form
from tests.pages.worlds import Controller

SUMS = re.compile(r'class="figure">(\d+) (?:ingevuld|onbekend|nog niet bekend|niet van toepassing|ontbre[a-z]+)<')


@pytest.fixture
def bakery(reader: Callable[[Actor], Reader], app: object) -> Controller:
    """A controller that has assessed its breach."""
    there = Controller(reader)
    there.do(there.olga, "assess", **typed_assessment("high"))
    there.form = f"{there.page}/form"  # type: ignore[attr-defined]
    return there


def answers(bakery: Controller) -> dict[str, object]:
    """What is kept."""
    with acting_for(bakery.id):
        answers: dict[str, object] = (breach(bakery.breach).draft or {}).get("answers", {})
        return answers


def test_the_card_adds_up_and_says_what_is_missing(bakery: Controller) -> None:
    page = bakery.olga.see(bakery.page)
    total = re.search(r"samen (\d+) vragen", page)
    assert total and len(SUMS.findall(page)) == 5 and sum(map(int, SUMS.findall(page))) == int(total[1])
    assert f'href="{bakery.form}#q-reporter_phone"' in page  # type: ignore[attr-defined]
    assert "Voor een voorlopige melding is nog nodig:" in page


def test_only_fields_that_were_changed_are_kept_as_answers(bakery: Controller) -> None:
    at = bakery.form  # type: ignore[attr-defined]
    untouched = untouched_form(bakery.olga.see(at))
    bakery.olga.done(at, untouched)
    assert answers(bakery) == {}
    typed = {"reporter_function": "privacy officer", "reporter_phone": "010 123", "record_count.state": "unknown"}
    page = bakery.olga.done(at, untouched | typed)
    assert "Veranderde antwoorden: 3" in page and "Een voorlopige melding kan nu al." in page
    assert answers(bakery) == {
        "reporter_function": "privacy officer", "reporter_phone": "010 123", "record_count": {"state": "unknown"},
    }  # fmt: skip
    bakery.olga.done(at, untouched_form(page) | {"reporter_phone": "", "record_count.state": "unknown"})
    assert answers(bakery)["reporter_phone"] is None


def test_every_kind_of_question_takes_its_answer(bakery: Controller) -> None:
    at = bakery.form  # type: ignore[attr-defined]
    typed: dict[str, str | list[str]] = {
        "cross_border": "yes", "record_count": "24", "contact_person.name": "B. Bakker",
        "contact_person.email": "b@example.nl", "address.town": "Utrecht", "responsible": "Bakkerij\nMolen",
        "other_organisations.0.name": "De Linde", "other_organisations.0.role": "processor",
        "nature_of_incident": "other", "nature_of_incident.text.other": "Een tas", "started_at": "2026-01-02",
        "data_general": ["name", "bsn"],
    }  # fmt: skip
    bakery.olga.done(at, untouched_form(bakery.olga.see(at)) | typed)
    kept = answers(bakery)
    assert kept["cross_border"] is True and kept["record_count"] == 24 and kept["responsible"] == ["Bakkerij", "Molen"]
    assert kept["other_organisations"] == [{"name": "De Linde", "role": "processor"}]
    assert kept["nature_of_incident"] == {"value": "other", "state": "filled", "text": {"other": "Een tas"}}
    page = bakery.adam.see(at)
    assert "B. Bakker, b@example.nl" in page and "De Linde (verwerker)" in page and "<textarea" not in page
    assert "overig, namelijk: Een tas" in page and "2 januari 2026" in page and "Stand van" in page


def test_an_option_that_says_namely_is_copied_with_its_words(bakery: Controller) -> None:
    at = bakery.form  # type: ignore[attr-defined]
    typed = {"data_general": ["name", "other"], "data_general.text.other": "kentekens"}
    bakery.olga.done(at, untouched_form(bakery.olga.see(at)) | typed)
    page = bakery.olga.see(f"{at}/answers")
    assert "anders, namelijk: kentekens" in page and 'value="kentekens"' in bakery.olga.see(at)


def test_the_form_says_what_to_fill_in_and_nothing_of_its_sources(bakery: Controller) -> None:
    for language in ("nl", "en"):
        bakery.olga.client.set_cookie("language", language)
        page = bakery.olga.see(bakery.form)  # type: ignore[attr-defined]
        for ours in ("is niet bekend<", "not known<", "openvwr", ".cas", "(O, P)", "bronnen", "sources", "Let op:"):
            assert ours not in page, ours
        assert page.count('<details class="doubt">') >= 3
    questions = page.split('<fieldset class="question')[1:]
    assert len(questions) > 30 and all(question.count("<details") <= 1 for question in questions)


def test_what_is_open_is_a_list_and_each_answer_has_a_button_to_copy_it(bakery: Controller) -> None:
    page = bakery.olga.see(bakery.form)  # type: ignore[attr-defined]
    listed = page[page.index('<ul class="open">') : page.index("</ul>", page.index('<ul class="open">'))]
    links = re.findall(r'href="#q-(\w+)"', listed)
    assert f"Nog open: {len(links)}" in page and len(links) > 5
    assert all(f'id="q-{name}"' in page for name in links) and "eerst nodig" in listed
    answered = bakery.olga.see(f"{bakery.form}/answers")  # type: ignore[attr-defined]
    copied = re.findall(r'data-copy="#(answer-\w+)"', answered)
    assert len(copied) == len(set(copied)) > 10 and all(f'id="{name}"' in answered for name in copied)
    assert not {f"answer-{name}" for name in links} & set(copied) and "<input type=\"text" not in answered


def test_a_form_that_was_sent_is_read_only_and_says_so(bakery: Controller) -> None:
    old = untouched_form(bakery.olga.see(bakery.form))  # type: ignore[attr-defined]
    bakery.do(bakery.olga, "assess", **typed_assessment())
    bakery.do(bakery.olga, "draft", decision="notify", reason="Er is een risico")
    bakery.do(bakery.adam, "approve", agrees="true")
    bakery.do(bakery.hugo, "submit", submitted_at=local(0), authority_number="AP-2026-9")
    page = bakery.olga.see(bakery.form)  # type: ignore[attr-defined]
    assert "U kunt hier niets meer veranderen" in page and "AP-2026-9" in page and "<textarea" not in page
    assert "Formulier invullen" not in bakery.olga.see(bakery.page)
    late = bakery.olga.client.post(bakery.form, data=old | {"reporter_phone": "010 5"})  # type: ignore[attr-defined]
    assert late.status_code == 412 and 'value="010 5"' in late.text and answers(bakery) == {}


def test_an_answer_of_the_wrong_kind_is_refused_at_its_question(bakery: Controller) -> None:
    at = bakery.form  # type: ignore[attr-defined]
    typed = {"record_count": "veel", "contact_person.name": "", "contact_person.email": "b@example.nl"}
    answer = bakery.olga.send(at, untouched_form(bakery.olga.see(at)) | typed)
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422 and 'href="#q-record_count"' in page and 'value="veel"' in page
    assert 'class="question wrong" id="q-record_count"' in page and answers(bakery) == {}
    assert "Vul een getal in." in page


def test_an_old_page_overwrites_nothing(bakery: Controller) -> None:
    at = bakery.form  # type: ignore[attr-defined]
    old = untouched_form(bakery.olga.see(at))
    bakery.olga.done(at, old | {"reporter_phone": "010 123"})
    answer = bakery.olga.client.post(at, data=old | {"reporter_phone": "020"})
    assert answer.status_code == 412 and answers(bakery)["reporter_phone"] == "010 123"


def test_in_english_the_form_s_own_words_stand_beside(bakery: Controller) -> None:
    bakery.olga.client.set_cookie("language", "en")
    page = bakery.olga.see(bakery.form)  # type: ignore[attr-defined]
    assert "Function of the person who reports" in page and 'lang="nl">Functie melder' in page
    assert "number not known" not in page


def test_the_print_of_a_breach_has_its_moment_the_reasons_and_the_text_of_the_notice(bakery: Controller) -> None:
    bakery.olga.done(f"{bakery.page}/notice", {}, seen=bakery.page)
    with acting_for(bakery.id):
        notice = notice_of_breach(bakery.breach)
        assert notice is not None
        notice.subject, notice.nature = "Uw gegevens", "Een tape met uw BSN is kwijt."
    page = bakery.olga.see(bakery.page)
    printed = page[page.index('id="printed"') :]
    assert "Waarom dit advies" in printed and "Meld dit datalek bij de AP" in printed
    assert "Een tape met uw BSN is kwijt." in printed and "Stand van" in page

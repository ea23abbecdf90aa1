"""The AP's form on the pages: sums that add up, answers and ways of not knowing, and faults at their questions."""

import re
from collections.abc import Callable

import pytest
from flask import Flask

from tenants.history.entries import Actor, of_subject
from tenants.history.forgetting import ASKED, forget_personal
from tenants.isolation import acting_for
from tenants.register.breaches import breach
from tenants.register.notices import notice_of_breach
from tests.conftest import Database
from tests.pages.conftest import Reader, typed_assessment
from tests.pages.forms import local, typed_facts, untouched_form, visible
from tests.pages.worlds import SUBMITTED, WHY, Controller, OneOwner
from tests.service.caller import caller_for
from workflows.mail.outbox import Outbox
from workflows.running.jobs import drain

SUMS = re.compile(
    r'class="figure">(\d+) (?:ingevuld|onbekend|nog niet bekend|niet van toepassing|leeg, niet verplicht|nog open)<'
)


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
    assert total and len(SUMS.findall(page)) == 6 and sum(map(int, SUMS.findall(page))) == int(total[1])
    assert f'href="{bakery.form}#q-reporter_phone"' in page  # type: ignore[attr-defined]
    assert "Voor een voorlopige melding is nog nodig:" in page


def test_only_fields_that_were_changed_are_kept_as_answers(bakery: Controller) -> None:
    at = bakery.form  # type: ignore[attr-defined]
    untouched = untouched_form(bakery.olga.see(at))
    bakery.olga.done(at, untouched)
    assert answers(bakery) == {}
    typed = {"reporter_function": "privacy officer", "reporter_phone": "010 123 45", "record_count.state": "unknown"}
    page = bakery.olga.done(at, untouched | typed)
    assert "Veranderde antwoorden: 3" in page and "Een voorlopige melding kan nu al." in page
    assert answers(bakery) == {
        "reporter_function": "privacy officer", "reporter_phone": "010 123 45", "record_count": {"state": "unknown"},
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
    assert len(questions) > 30 and all(question.count('<details class="doubt">') <= 1 for question in questions)
    links = re.findall(r'href="#q-(\w+)"', page[: page.index('<form class="no-print"')])
    for question in questions:
        is_open = re.findall(r'id="q-(\w+)"', question)[0] in links
        assert is_open != ('<details class="answered">' in question), question


def test_what_is_open_is_a_list_and_each_answer_has_a_button_to_copy_it(bakery: Controller) -> None:
    page = bakery.olga.see(bakery.form)  # type: ignore[attr-defined]
    listed = page[page.index('<ul class="open">') : page.index("</ul>", page.index('<ul class="open">'))]
    links = re.findall(r'href="#q-(\w+)"', listed)
    assert f"Nog open: {len(links)}" in page and len(links) > 5 and "q-measures_prevent" not in listed
    assert f"De wet vraagt nog {len(links)} antwoorden" in bakery.olga.see(bakery.page)
    assert all(f'id="q-{name}"' in page for name in links) and "eerst nodig" in listed
    answered = bakery.olga.see(f"{bakery.form}/answers")  # type: ignore[attr-defined]
    assert re.findall(r'/form#q-(\w+)"', answered) == links and f"De wet vraagt nog {len(links)} antw" in answered
    copied = re.findall(r'data-copy="#(answer-\w+)"', answered)
    assert len(copied) == len(set(copied)) > 10 and all(f'id="{name}"' in answered for name in copied)
    assert not {f"answer-{name}" for name in links} & set(copied) and "<input type=\"text" not in answered


def test_a_form_that_was_sent_is_read_only_and_says_so(bakery: Controller) -> None:
    old = untouched_form(bakery.olga.see(bakery.form))  # type: ignore[attr-defined]
    submitted(bakery)
    page = bakery.olga.see(bakery.form)  # type: ignore[attr-defined]
    assert "U kunt hier niets meer veranderen" in page and "AP-2026-9" in page and "<textarea" not in page
    assert "Formulier invullen" not in bakery.olga.see(bakery.page)
    late = bakery.olga.client.post(bakery.form, data=old | {"reporter_phone": "14010"})  # type: ignore[attr-defined]
    assert late.status_code == 412 and 'value="14010"' in late.text and answers(bakery) == {}


def submitted(bakery: Controller) -> None:
    """Let the breach be assessed anew, decided, and recorded as sent by Hugo."""
    bakery.do(bakery.olga, "assess", **typed_assessment())
    decided_and_sent(bakery)


def decided_and_sent(bakery: Controller) -> None:
    """Let the breach as it was assessed be decided and recorded as sent by Hugo."""
    bakery.do(bakery.olga, "draft", decision="notify", reason="Er is een risico")
    bakery.do(bakery.adam, "approve", agrees="true")
    bakery.do(bakery.hugo, "submit", submitted_at=local(0), authority_number="AP-2026-9")


def asked_by_law(page: str) -> list[str]:
    """How many answers the page of the breach says that the law asks for."""
    return re.findall(r"De wet vraagt (\d+) antwoord", visible(page))


def sent_part(page: str) -> str:
    """The words of the page of the answers, without what became known later."""
    shown = page[page.index("<h1") :]
    return visible(re.sub(r'<section class="card answers" id="later">.*?</section>', "", shown, flags=re.S))


def test_what_was_sent_stays_as_it_was_whatever_becomes_known_later(bakery: Controller, app: Flask) -> None:
    submitted(bakery)
    api = caller_for(app, bakery.officer.id)
    at, path = f"{bakery.form}/answers", f"breaches/{bakery.breach}/form"  # type: ignore[attr-defined]
    sent, due, form = bakery.adam.see(at), asked_by_law(bakery.olga.see(bakery.page)), api.get(path).json
    assert 'id="later"' not in sent and form["kept_at"] and form["later"] == [] and len(due) == 2
    assert len(set(due)) == 1 and int(due[0]) > 0, "the form and what is still due count the same"
    bakery.olga.done(f"{bakery.page}/facts", typed_facts(2310))
    bakery.olga.done(f"{bakery.page}/notice", {}, seen=bakery.page)
    with acting_for(bakery.id):
        notice = notice_of_breach(bakery.breach)
        assert notice is not None
        notice.nature = "Een tape met uw BSN is kwijt."
    for who in (bakery.adam, bakery.olga):
        page = who.see(at)
        later = visible(page[page.index('id="later"') : page.index("</section>", page.index('id="later"'))])
        assert sent_part(page) == sent_part(sent), "who looks, and when, changes nothing"
        assert "2310 Toen: " in later and "Een tape met uw BSN is kwijt. Toen: geen antwoord" in later
        assert "E-mail melder" not in later and "met meldingsnummer AP-2026-9" in later
        assert who.see(bakery.form).count("zoals ze in Meldketen stonden") == 1  # type: ignore[attr-defined]
    assert asked_by_law(bakery.olga.see(bakery.page)) == due
    now = api.get(path).json
    exact = next(row for row in now["later"] if row["id"] == "count_exact")
    assert exact["after"]["value"] == 2310 and exact["before"]["value"] != 2310
    assert now | {"later": []} == form


def plain(page: str) -> list[str]:
    """Each answer with its question, as somebody copies them, and how many the law still asks for."""
    rows = re.findall(r"<dt>.*?</dd>", page[page.index("<h1") :], re.S)
    still_open = re.findall(r"<li>.*?</li>", between(page, 'id="unanswered"', "</ul>"), re.S)
    return [visible(row).removesuffix(" eerst nodig") for row in [*rows, *still_open]]


def between(page: str, begin: str, end: str) -> str:
    """The part of the page from `begin` to `end`."""
    return page[page.index(begin) : page.index(end, page.index(begin))]


@pytest.mark.parametrize("exception", [{}, {"people_exception": "measures", "people_reason": "Alles is terug."}])
def test_what_is_kept_as_sent_is_what_stood_there_to_copy(
    exception: dict[str, str], reader: Callable[[Actor], Reader], outbox: Outbox
) -> None:
    assessment = typed_assessment("high", **exception)
    alone = OneOwner(reader)
    alone.do("assess", **assessment)
    alone.do("draft", decision="notify", reason="Er is een risico")
    to_copy = plain(alone.wim.see(f"{alone.page}/form/answers"))
    alone.wim.done(f"{alone.page}/alone", SUBMITTED | {"alone_reason": WHY}, seen=alone.page)
    assert plain(alone.wim.see(f"{alone.page}/form/answers")) == to_copy
    bakery = Controller(reader)
    bakery.do(bakery.olga, "assess", **assessment)
    bakery.do(bakery.olga, "draft", decision="notify", reason="Er is een risico")
    to_copy = plain(bakery.hugo.see(f"{bakery.page}/form/answers"))
    bakery.do(bakery.adam, "approve", agrees="true")
    while drain(str(bakery.id)):
        pass
    bakery.do(bakery.hugo, "submit", submitted_at=local(0), authority_number="AP-2026-9")
    assert plain(bakery.hugo.see(f"{bakery.page}/form/answers")) == to_copy


def test_a_question_that_later_facts_ended_is_open_no_more(
    reader: Callable[[Actor], Reader], app: Flask, database: Database
) -> None:
    there = Controller(reader)
    assessed = typed_assessment(people_min="", people_max="")
    there.do(there.olga, "assess", **assessed)
    decided_and_sent(there)
    before, page = asked_by_law(there.olga.see(there.page)), there.olga.see(f"{there.page}/form/answers")
    assert "Minimum" in between(page, 'id="unanswered"', "</ul>")
    known = {name: fact for name, fact in assessed.items() if name.startswith("facts.")}
    there.olga.done(f"{there.page}/facts", known | {"people_min": "4", "people_max": "4"})
    page = there.olga.see(f"{there.page}/form/answers")
    left = between(page, 'id="unanswered"', "</ul>")
    assert "Minimum" not in left and "Maximum" not in left
    after = asked_by_law(there.olga.see(there.page))
    assert {int(count) for count in after} == {int(before[0]) - 2} == {left.count("<li>")}
    [row] = database.outside("select questions_open from breach where id = :breach", breach=there.breach)
    assert row["questions_open"] == left.count("<li>"), "overview and register count the same"


def test_where_the_answers_of_then_are_gone_the_page_says_so(bakery: Controller, app: Flask) -> None:
    submitted(bakery)
    with acting_for(bakery.id):
        seq = next(entry.seq for entry in of_subject(bakery.breach) if entry.what == "ap_notification.submit")
        forget_personal(seq, ASKED, bakery.officer)
    page = bakery.olga.see(f"{bakery.form}/answers")  # type: ignore[attr-defined]
    assert "zijn niet bewaard" in page and "zoals ze in Meldketen stonden" not in page
    assert "zijn niet bewaard" in bakery.olga.see(bakery.page)
    api = caller_for(app, bakery.officer.id)
    assert api.get(f"breaches/{bakery.breach}/form").json["kept_at"] is None


def test_what_is_needed_first_is_said_before_it_is_recorded_as_sent_and_no_link_leads_there_after(
    bakery: Controller,
) -> None:
    bakery.do(bakery.olga, "assess", **typed_assessment())
    bakery.do(bakery.olga, "draft", decision="notify", reason="Er is een risico")
    bakery.do(bakery.adam, "approve", agrees="true")
    page = bakery.hugo.see(bakery.page)
    first = page[page.index('id="needed-first"') : page.index("Melding vastleggen</button>")]
    assert "#q-reporter_phone" in first and "U kunt toch vastleggen dat de melding is verstuurd" in first
    page = bakery.do(bakery.hugo, "submit", submitted_at=local(0), authority_number="AP-2026-9")
    assert 'id="needed-first"' not in page and "nog nodig" not in page and "#q-" not in page
    answered = bakery.hugo.see(f"{bakery.form}/answers")  # type: ignore[attr-defined]
    unanswered = answered[answered.index('id="unanswered"') : answered.index("</details>")]
    assert "Telefoon melder" in unanswered and "href" not in unanswered


def test_an_answer_of_the_wrong_kind_is_refused_at_its_question(bakery: Controller) -> None:
    at = bakery.form  # type: ignore[attr-defined]
    typed = {"record_count": "veel", "contact_person.name": "", "contact_person.email": "b@example.nl"}
    answer = bakery.olga.send(at, untouched_form(bakery.olga.see(at)) | typed)
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422 and 'href="#q-record_count"' in page and 'value="veel"' in page
    assert 'class="question wrong" id="q-record_count"' in page and answers(bakery) == {}
    assert "Vul alleen een heel getal in" in page


def test_an_old_page_overwrites_nothing(bakery: Controller) -> None:
    at = bakery.form  # type: ignore[attr-defined]
    old = untouched_form(bakery.olga.see(at))
    bakery.olga.done(at, old | {"reporter_phone": "010 123 45"})
    answer = bakery.olga.client.post(at, data=old | {"reporter_phone": "14020"})
    assert answer.status_code == 409 and answers(bakery)["reporter_phone"] == "010 123 45"


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

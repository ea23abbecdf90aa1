"""Who is alone: one form meets the duty to the authority; what an approver sees first; who the second person is."""

import re

import pytest

from tenants.identity.users import APPROVER, FG, OWNER
from tenants.isolation import acting_for
from tenants.register.notices import notice_of_breach
from tests.conftest import Database
from tests.factories import NOTICE_TEXT, a_member
from tests.pages.conftest import slug_of
from tests.pages.forms import local
from tests.pages.worlds import READERS, SUBMITTED, WHY, Login, OneOwner
from tests.service.stating import a_stated_awareness
from workflows.mail.outbox import Outbox
from workflows.running import jobs


@pytest.fixture
def shop(reader: Login, app: object) -> OneOwner:
    """Of this test alone."""
    return OneOwner(reader)


def test_who_is_alone_notifies_in_one_act_and_loses_nothing_that_was_typed(shop: OneOwner, reader: Login) -> None:
    page = shop.wim.see(shop.page)
    assert 'id="notify-alone"' in page and f'action="{shop.page}/alone"' in page
    assert "Er is niemand anders: ik doe dit alleen" not in page, "one form, not two"
    assert "Een collega heeft het besluit voorbereid" not in page, "nobody else did anything"
    form = {"submitted_at": local(0), "authority_number": "AP-2026-9", "alone_reason": "Haast"}
    both = shop.wim.send(f"{shop.page}/alone", form | {"submitted_at": ""}, seen=shop.page).text
    assert 'href="#f-alone_reason"' in both and 'href="#f-submitted_at"' in both, "all faults at once"
    short = shop.wim.send(f"{shop.page}/alone", form, seen=shop.page)
    words = short.get_data(as_text=True)
    assert short.status_code == 422 and 'href="#f-alone_reason"' in words
    assert 'value="AP-2026-9"' in words and ">\nHaast</textarea>" in words
    page = shop.wim.done(f"{shop.page}/alone", form | {"alone_reason": WHY}, seen=shop.page)
    acts = "Besluit goedkeuren, Melding versturen en vastleggen"
    assert "De melding is vastgelegd als alleen gedaan" in page and f"Alleen gedaan: {acts}, door Wim" in page
    fatima, reviews = reader(a_member(shop.id, FG, "Fatima")), f"{shop.base}/broken-glass"
    listed = fatima.see(reviews)
    assert listed.count('class="card" id="glass-') == 1 and acts in listed, "one act, one review"
    post = re.search(r'action="([^"]+/broken-glass/([^"]+))"', listed)
    assert post
    page = fatima.done(post[1], {f"{post[2]}.finding": "Het was nodig."}, seen=reviews)
    assert "Niets na te kijken" in page and acts in page
    page = shop.wim.see(shop.page)
    assert "Later bekeken door Fatima" in page and f"Reden: {WHY}" in visible(page)
    assert ", alleen goedgekeurd door Wim (eigenaar), zonder tweede persoon" in visible(page)
    assert f"alleen gedaan: {acts}; later bekeken door Fatima" in shop.wim.see(f"{shop.base}/register")


def visible(page: str) -> str:
    """The words of a page, without tags and the signs that isolate a name."""
    return " ".join(re.sub(r"<[^>]*>|[\u2066-\u2069]", "", page).split())


def test_who_is_alone_is_never_told_that_a_colleague_goes_on(shop: OneOwner, reader: Login) -> None:
    """Before drafting, at the button, in the answer, on the page after it and on the overview."""
    draft = shop.wim.see(f"{shop.page}?again=draft")
    assert "Daarna keurt u het zelf goed, alleen en met een reden" in draft and "Besluit vastleggen</button>" in draft
    assert "Voorleggen aan een collega" not in draft and "Een collega keurt" not in draft
    again, form = f"{shop.page}?again=draft", {"decision": "notify", "reason": "Ja"}
    page = shop.wim.done(f"{shop.page}/steps/draft", form, seen=again)
    assert "Hierna: Besluit goedkeuren. Niemand anders kan dat." in visible(page) and "Een collega" not in page
    assert 'id="nobody-else"' in page and 'href="#notify-alone"' in page
    assert "Nodig iemand uit met de rol goedkeurder" in visible(page)
    overview = shop.wim.see(f"{shop.base}/")
    mine = overview[overview.index("Dit kunt u nu doen") :]
    assert "Dit moet u nu zelf doen" in mine and "Besluit goedkeuren" in mine
    assert "Niemand anders kan deze stap doen" in mine
    assert "Hier is een collega aan zet" not in overview
    a_member(shop.id, APPROVER, "Adam")
    page = shop.wim.see(f"{shop.page}?again=draft")
    assert "Voorleggen aan een collega" in page and "Niemand anders" not in page
    assert "Hier is een collega aan zet" in shop.wim.see(f"{shop.base}/")


def test_the_overview_and_the_page_agree_on_whose_turn_it_is(shop: OneOwner, reader: Login) -> None:
    """Whoever moved the term prepared it too: neither asks them to approve."""
    second = reader(a_member(shop.id, OWNER, "Ans"))
    assert "Dit kunt u nu doen" in second.see(f"{shop.base}/")
    second.done(f"{shop.page}/term", {"until": local(-100), "reason": "Storing", "source": "AP"})
    a_member(shop.id, APPROVER, "Adam")
    assert "Nu is aan zet: Adam." in second.see(shop.page)
    overview = second.see(f"{shop.base}/")
    assert "Hier is een collega aan zet" in overview and "Dit kunt u nu doen" not in overview


def test_the_overview_asks_the_receipt_first_as_the_page_does(reader: Login, app: object) -> None:
    stated = a_stated_awareness()
    bram, base = reader(stated.by), f"/o/{slug_of(stated.id)}"
    for path in ("/", f"/breaches/{stated.breach}"):
        assert "Ontvangst bevestigen" in bram.see(base + path), path
    page = f"{base}/breaches/{stated.breach}"
    bram.done(f"{page}/receipt", {}, seen=page)
    for path in ("/", f"/breaches/{stated.breach}"):
        words = bram.see(base + path)
        assert "Ontvangst bevestigen" not in words and "isico beoordelen" in words, path


def test_who_has_a_colleague_is_shown_the_colleague(shop: OneOwner) -> None:
    a_member(shop.id, APPROVER, "Adam")
    page = shop.wim.see(shop.page)
    assert 'id="notify-alone"' not in page and "Nu is aan zet: Adam." in page


def test_who_approves_sees_that_the_term_was_moved_and_by_what(shop: OneOwner, reader: Login) -> None:
    adam = reader(a_member(shop.id, APPROVER, "Adam"))
    assert 'id="moved-term"' not in adam.see(shop.page)
    moved = {"until": local(-100), "reason": "Het formulier werkte niet.", "source": "AP, 21 nov"}
    shop.wim.done(f"{shop.page}/term", moved)
    page = adam.see(shop.page)
    note = page.index('id="moved-term"')
    assert page.index("Het uiterste moment is verplaatst naar", note) < page.index("Goedkeuren</button>")
    assert "Reden: Het formulier werkte niet. (bron: AP, 21 nov)" in page[note:]
    assert "Zonder die verplaatsing" not in page, "it would not be late yet"


def test_mail_to_people_names_who_the_second_person_can_be(shop: OneOwner) -> None:
    shop.wim.done(f"{shop.page}/notice", {}, seen=shop.page)
    with acting_for(shop.id):
        notice = notice_of_breach(shop.breach)
        assert notice is not None
    page = f"{shop.base}/notices/{notice.id}"
    for step, form in (("recipients", READERS), ("text", NOTICE_TEXT)):
        shop.wim.done(f"{page}/steps/{step}", form, seen=page)
    words = shop.wim.see(page)
    assert 'id="second-person"' in words and "Nodig iemand uit met de rol goedkeurder" in visible(words)
    assert "met de rol FG kan iemand niet goedkeuren" in words
    assert words[words.index('id="next"') :].count("Nodig een tweede persoon uit") == 1, "said once"
    assert "Een collega heeft" not in words, "nobody else did anything"
    done = shop.wim.done(f"{page}/alone/approve", {"agrees": "true", "alone_reason": WHY}, seen=page)
    assert 'id="second-person"' in done and "Dit kunt u hier niet alleen doen" in done
    assert 'id="alone"' not in done and f"{page}/alone/" not in done, "what is refused is not offered"
    overview = shop.wim.see(f"{shop.base}/")
    card = overview[overview.index('id="stuck"') :].partition("</section>")[0]
    assert "Hier kan nu niemand verder" in card and f"/notices/{notice.id}" in card
    assert "Nodig iemand uit met de rol privacy officer of behandelaar" in visible(card)
    assert "Kan dat niet? Doe het dan alleen" not in card
    assert "Hier is een collega aan zet" not in overview, "there is no colleague"


def test_a_notice_that_waits_for_proof_says_so_before_and_after_the_button(
    shop: OneOwner, reader: Login, database: Database, outbox: Outbox
) -> None:
    database.outside("update organisation set verified_at = null, verified_how = null where id = :o", o=shop.id)
    shop.wim.done(f"{shop.page}/notice", {}, seen=shop.page)
    with acting_for(shop.id):
        notice = notice_of_breach(shop.breach)
        assert notice is not None
    page = f"{shop.base}/notices/{notice.id}"
    first = "Deze mededeling gaat pas weg als bewezen is dat dit uw organisatie is."
    for step, form in (("recipients", READERS), ("text", NOTICE_TEXT)):
        assert first in shop.wim.see(page), step
        shop.wim.done(f"{page}/steps/{step}", form, seen=page)
    adam = reader(a_member(shop.id, APPROVER, "Adam"))
    words = visible(adam.see(page))
    assert first in words and "Bewijzen kan een eigenaar, of iemand met de rol privacy officer" in words
    assert "Daarna kan een eigenaar het versturen, alleen en met een reden: Wim" in words
    assert "Niemand anders" not in words and "uit te nodigen" not in words
    adam.done(f"{page}/steps/approve", {"agrees": "true"}, seen=page)
    waits = adam.see(page)
    assert f'data-live="{page}/progress.json" data-every="10" data-stand="release" data-renews' in waits
    before = shop.wim.see(page)
    assert "Er gaat nu nog niets weg." in before and "Klaarzetten voor" in before and "Nu versturen" not in before
    shop.wim.done(f"{page}/alone/release", {"alone_reason": WHY}, seen=page)
    jobs.drain(str(shop.id))
    after, breach, home = shop.wim.see(page), shop.wim.see(shop.page), shop.wim.see(f"{shop.base}/")
    assert 'id="held"' in after and "De termijn loopt door, tot " in after
    assert "Iedereen op de lijst krijgt het bericht" not in after and 'id="site-words"' not in after
    assert "De mededeling is nog niet verstuurd" not in breach and "Deze mededeling wacht" in breach
    mine = home[home.index('id="now"') :].partition("</section>")[0]
    assert "Deze mededeling wacht: nog niet is bewezen" in mine and f"/o/{slug_of(shop.id)}/verification" in mine


def test_one_act_for_both_steps_is_offered_to_who_is_alone_and_names_who_could(shop: OneOwner) -> None:
    assert f'action="{shop.page}/alone"' in shop.wim.see(shop.page)
    a_member(shop.id, APPROVER, "Adam")
    page = shop.wim.see(shop.page)
    assert f'action="{shop.page}/alone"' not in page and f'action="{shop.page}/alone/approve"' in page
    assert "Een ander kan dit doen, maar niet op tijd: ik doe dit alleen" in page and "Adam" in page


def test_who_is_new_reads_first_from_when_they_can_review(shop: OneOwner, reader: Login, database: Database) -> None:
    shop.wim.done(f"{shop.page}/alone", SUBMITTED | {"alone_reason": WHY}, seen=shop.page)
    new = a_member(shop.id, FG, "Fatima")
    waits = "update membership set given_by = :by, counts_from = now() + interval '1 day' where user_id = :id"
    database.outside(waits, by=shop.owner.id, id=new.id)
    fatima = reader(new)
    home, page = fatima.see(f"{shop.base}/"), fatima.see(f"{shop.base}/broken-glass")
    assert "U kunt dit nakijken vanaf " in home and "Nakijken</a>" not in home
    assert "U kunt dit nakijken vanaf " in page and "finding" not in page and "/proof?next=" not in page
    earlier = "update membership set counts_from = null, created_at = now() - interval '2 days' where user_id = :id"
    database.outside(earlier, id=new.id)
    home, page = fatima.see(f"{shop.base}/"), fatima.see(f"{shop.base}/broken-glass")
    assert "U kunt dit nakijken vanaf " not in home + page and "finding" in page and "Nakijken</a>" in home
    assert "altijd pas na een dag" in shop.wim.see(f"{shop.base}/people")

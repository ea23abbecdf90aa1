"""What pages say to whom it is about: an owner who is asked to go, one person alone, and one's own row of people."""

from collections.abc import Callable
from pathlib import Path

import pyotp
import pytest
from flask import Flask

from tenants.history.entries import Actor, of_subject
from tenants.identity.totp import enrol_totp
from tenants.identity.users import APPROVER, AUDITOR, FG, HANDLER, OWNER
from tenants.isolation import acting_for, acting_for_nobody
from tests.conftest import Database
from tests.factories import a_member, an_organisation
from tests.operating import know
from tests.pages.conftest import Reader, slug_of, typed_assessment
from tests.pages.worlds import SUBMITTED, WHY, OfficeOfDeciders
from workflows.accounts.ending_owners import ask_to_end, object_to_end
from workflows.mail import layout

Login = Callable[[Actor], Reader]
ALONE = "Er is nog niemand die dit kan nakijken."


def test_an_owner_who_is_asked_to_go_sees_it_on_the_overview_and_objects_there(app: Flask, reader: Login) -> None:
    house = an_organisation()
    anna, bo = a_member(house, OWNER, "Anna"), a_member(house, OWNER, "Bo")
    with acting_for(house):
        assert anna.id
        ask_to_end(anna.id, bo)
    at = f"/o/{slug_of(house)}/"
    hers, his = reader(anna), reader(bo)
    assert 'id="going"' not in his.see(at), "it is about somebody else"
    page = hers.see(at)
    assert "Er is gevraagd om u als eigenaar te laten gaan" in page and "Bo" in page.split('id="going"')[1][:700]
    assert "Er wacht niets op u" not in page
    assert "Maak bezwaar: ik blijf eigenaar" in hers.see(f"{at}people")
    assert "Maak bezwaar: deze eigenaar blijft" in reader(a_member(house, OWNER, "Cor")).see(f"{at}people")
    done = hers.done(f"{at}people/{anna.id}/ending/objection", {}, seen=at)
    assert "U blijft eigenaar" in done and "Deze eigenaar blijft" not in done
    assert 'id="going"' not in hers.see(at)


def test_after_an_objection_page_refusal_and_mail_say_the_same_moment_to_every_owner(
    app: Flask, reader: Login
) -> None:  # fmt: skip
    house = an_organisation()
    anna, bo = a_member(house, OWNER, "Anna"), a_member(house, OWNER, "Bo")
    cor = a_member(house, OWNER, "Cor")
    with acting_for(house):
        assert anna.id
        ask_to_end(anna.id, bo)
        object_to_end(anna.id, anna)
    people = f"/o/{slug_of(house)}/people"
    again = f'href="{people}/{anna.id}/ending"'
    for owner in (bo, cor):
        page = reader(owner).see(people)
        assert "Een eigenaar kan het opnieuw vragen vanaf" in page and again not in page
        refused = reader(owner).send(f"{people}/{anna.id}/ending", {}, seen=people)
        assert refused.status_code == 422 and "Een eigenaar kan het opnieuw vragen vanaf" in refused.text
    text = (Path(layout.__file__).parent / "texts" / "nl" / "owner_end_refused.txt").read_text()
    assert "een eigenaar het opnieuw vragen" in text and "{again_from}" in text


def test_what_an_owner_cannot_do_to_their_own_seat_is_not_offered(app: Flask, reader: Login) -> None:
    house = an_organisation()
    anna = a_member(house, OWNER, "Anna")
    bo = a_member(house, APPROVER, "Bo")
    people = f"/o/{slug_of(house)}/people"
    page = reader(anna).see(people)
    for act in ("removal", "role", "second-factor/removal"):
        assert f"{people}/{anna.id}/{act}" not in page and f"{people}/{bo.id}/{act}" in page, act
    assert "U bent de enige eigenaar" in page
    a_member(house, OWNER, "Cor")
    page = reader(anna).see(people)
    assert f"{people}/{anna.id}/removal" in page and f"{people}/{anna.id}/role" in page
    assert f"{people}/{anna.id}/second-factor" not in page


def test_who_is_alone_reads_you_where_a_colleague_reads_an_owner(
    app: Flask, reader: Login, chain: OfficeOfDeciders
) -> None:
    row = chain.open
    wim = reader(a_member(row.controller_id, OWNER, "Wim"))
    page = f"/o/{slug_of(row.controller_id)}/breaches/{row.breach_id}"
    wim.done(f"{page}/steps/assess", typed_assessment(), seen=page)
    assert "Daarna keurt u het zelf goed, alleen en met een reden." in wim.see(page)
    assert "kan een eigenaar het goedkeuren" not in wim.see(page)


@pytest.fixture
def chain(reader: Login, app: Flask) -> OfficeOfDeciders:
    return OfficeOfDeciders(reader)


def test_who_is_alone_is_told_that_nobody_reviews_and_nobody_approves(chain: OfficeOfDeciders) -> None:
    row = chain.alone
    who, page = chain.opened(row)
    overview = f"{page.partition('/breaches')[0]}/"
    who.done(f"{page}/alone", SUBMITTED | {"alone_reason": WHY}, seen=page)
    assert ALONE in who.see(overview) and "Een ander kijkt na of het zo goed was" not in who.see(overview)
    a_member(row.controller_id, FG, "Fatima")
    assert ALONE not in who.see(overview) and "Een ander kijkt na of het zo goed was" in who.see(overview)


@pytest.mark.parametrize("colleagues", [0, 1])
def test_the_reason_of_a_decision_is_for_whom_there_is(
    app: Flask, reader: Login, chain: OfficeOfDeciders, colleagues: int
) -> None:  # fmt: skip
    row = chain.open
    wim = reader(a_member(row.controller_id, OWNER, "Wim"))
    for _ in range(colleagues):
        a_member(row.controller_id, OWNER, "Kees")
    page = f"/o/{slug_of(row.controller_id)}/breaches/{row.breach_id}"
    wim.done(f"{page}/steps/assess", typed_assessment(), seen=page)
    drafting = wim.see(page)
    assert ("Een collega leest dit en keurt het goed." in drafting) == bool(colleagues)
    assert ("Nu kan niemand anders dit goedkeuren." in drafting) == (not colleagues)


def test_people_see_which_row_is_theirs_and_from_when_a_lost_factor_counts_again(
    app: Flask, reader: Login, database: Database
) -> None:  # fmt: skip
    house = an_organisation()
    anna, bo, cor = (a_member(house, OWNER, name) for name in ("Anna", "Bo", "Cor"))
    database.outside("update app_user set factors_taken_at = now() where id = :id", id=bo.id)
    database.outside("update app_user set proof_counts_from = now() + interval '20 hours' where id = :id", id=cor.id)
    rows = reader(anna).see(f"/o/{slug_of(house)}/people").split('<th scope="row">')[1:]
    row_of = {name: next(row for row in rows if row.lstrip().startswith(name)) for name in ("Anna", "Bo", "Cor")}
    assert [name for name, row in row_of.items() if "(dit bent u)" in row] == ["Anna"]
    assert [name for name, row in row_of.items() if "Heeft nu geen tweede stap." in row] == ["Bo"]
    assert [name for name, row in row_of.items() if "kan daarmee beslissen vanaf" in row] == ["Cor"]


def test_a_first_owner_sees_what_to_do_next_until_each_is_done(
    app: Flask, reader: Login, database: Database
) -> None:  # fmt: skip
    house = an_organisation(is_verified=False)
    anna = a_member(house, OWNER, "Anna")
    hers, at = reader(anna), f"/o/{slug_of(house)}/"
    settings = f"{at}settings"
    steps = {
        "Stel een tweede stap in": "/account", "Nodig collega&#39;s uit": f"{at}people",
        "Laat zien dat dit register van u is": f"{at}verification", "Kies de afzender": f"{settings}#mail",
        "Vul uw adres en sector in": f"{settings}#address", "Zeg wie uw FG is": f"{settings}#fg",
    }  # fmt: skip

    def shown() -> list[str]:
        part = hers.see(at).partition('id="first-steps"')[2].partition("</section>")[0]
        return [step for step, link in steps.items() if f"<strong>{step}" in part and f'href="{link}"' in part]

    assert shown() == list(steps)
    auditor = reader(a_member(house, AUDITOR, "Riet")).see(at)
    assert 'id="first-steps"' not in auditor, "who only reads can do none of it"
    a_member(house, APPROVER, "Adam")
    assert shown() == list(steps), "a decision takes three people"
    a_member(house, HANDLER, "Hugo")
    assert shown() == [step for step in steps if "collega" not in step]
    know(house)
    assert shown() == [step for step in steps if "collega" not in step and "Laat zien" not in step]
    with acting_for_nobody():
        assert anna.id
        enrol_totp(anna.id, pyotp.random_base32())
    page = hers.see(at)
    assert shown() == list(steps)[3:] and page.count("(gedaan)") == 3 and "opdrachtgevers in" not in page
    database.outside("""update organisation set reply_address = 'a@b.nl', reply_in_use = 'a@b.nl',
                         reply_confirmed_at = now(), without_fg = true,
                         sector = 'x', visiting_street = 'Straat 1', visiting_postcode = '1234 AB',
                         visiting_town = 'Plaats' where id = :house""", house=house)  # fmt: skip
    assert 'id="first-steps"' not in hers.see(at)


def test_an_owner_puts_the_first_steps_away_for_every_owner(reader: Login, app: Flask) -> None:
    house = an_organisation(is_verified=False)
    anna, bo = reader(a_member(house, OWNER, "Anna")), reader(a_member(house, OWNER, "Bo"))
    at = f"/o/{slug_of(house)}/"
    assert 'id="first-steps"' in bo.see(at)
    anna.done(f"{at}first-steps/end", {}, seen=at)
    anna.send(f"{at}first-steps/end", {}, seen=f"{at}people")
    assert 'id="first-steps"' not in bo.see(at) and 'id="first-steps"' not in anna.see(at)
    with acting_for(house):
        whats = [entry.what for entry in of_subject(house)]
    assert whats.count("organisation.first_steps_closed") == 1

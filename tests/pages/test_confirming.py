"""What one click should not do: a page says first what happens and to whom, and changes nothing by being looked at."""

from collections.abc import Callable, Iterator
from uuid import UUID

import pyotp
import pytest
from jinja2 import BytecodeCache

from service.admission.access import COOKIE
from tenants.history.entries import Actor
from tenants.identity.totp import enrol_totp
from tenants.identity.users import APPROVER, AUDITOR, OWNER
from tenants.isolation import acting_for_nobody
from tests.conftest import Database
from tests.factories import a_member, an_incident, an_organisation
from tests.pages.conftest import Reader, slug_of
from tests.pages.forms import links
from tests.service.caller import caller_for
from tests.service.whole_service import whole_service
from tests.worlds.asked_controller import AskedController
from workflows.mail.outbox import Outbox

Login = Callable[[Actor], Reader]
STALE = "update login_session set proof_at = now() - interval '6 minutes' where user_id = :id"
MEMBERS = "select user_id from membership where organisation_id = :here"


@pytest.fixture
def place() -> UUID:
    """An organisation of a test's own."""
    return an_organisation("Bakkerij Zon")


def an_approver(place: UUID) -> UUID:
    who = a_member(place, APPROVER, "Joris Mulder").id
    assert who
    with acting_for_nobody():
        enrol_totp(who, pyotp.random_base32())
    return who


def test_taking_somebody_out_asks_first(reader: Login, place: UUID, database: Database) -> None:
    who, owner = an_approver(place), reader(a_member(place, OWNER, "Olga"))
    people = f"/o/{slug_of(place)}/people"
    [asked] = links(owner.see(people), f"{who}/removal")
    page = owner.see(asked)
    assert "<h1>Joris Mulder uit de organisatie halen?</h1>" in page
    assert "kan meteen niets meer zien of doen bij Bakkerij Zon" in page
    assert f'<a href="{people}">Nee, verander niets</a>' in page
    assert len(database.outside(MEMBERS, here=place)) == 2, "looking changes nothing"
    assert "hoort niet meer bij uw organisatie" in owner.done(asked, {})
    assert len(database.outside(MEMBERS, here=place)) == 1
    owner.see(asked, 404)


def test_taking_away_a_factor_asks_first(reader: Login, place: UUID, database: Database) -> None:
    who, owner = an_approver(place), reader(a_member(place, OWNER, "Olga"))
    [asked] = links(owner.see(f"/o/{slug_of(place)}/people"), f"{who}/second-factor/removal")
    assert "De tweede stap van Joris Mulder weghalen?" in owner.see(asked)
    assert database.outside("select 1 from user_totp where user_id = :id", id=who)
    assert "De tweede stap is weggehaald" in owner.done(asked, {})
    assert not database.outside("select 1 from user_totp where user_id = :id", id=who)


def test_what_is_refused_is_told_on_the_page_that_asks(reader: Login, place: UUID) -> None:
    owns = a_member(place, OWNER, "Olga")
    owner = reader(owns)
    asked = f"/o/{slug_of(place)}/people/{owns.id}/removal"
    answer = owner.send(asked, {})
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422 and "Er moet een eigenaar blijven" in page
    assert "Olga uit de organisatie halen?" in page


def test_an_old_second_factor_is_asked_before_the_button(reader: Login, place: UUID, database: Database) -> None:
    who, owns = an_approver(place), a_member(place, OWNER, "Olga")
    owner, asked = reader(owns), f"/o/{slug_of(place)}/people/{who}/removal"
    database.outside(STALE, id=owns.id)
    page = owner.see(asked)
    assert "Joris Mulder uit de organisatie halen?" in page and f'href="/proof?next={asked}"' in page
    assert '<form method="post">' not in page
    answer = owner.send(asked, {})
    assert answer.status_code == 403 and f'href="/proof?next={asked}"' in answer.get_data(as_text=True)
    assert len(database.outside(MEMBERS, here=place)) == 2


def test_only_who_may_do_the_act_sees_its_page(reader: Login, place: UUID) -> None:
    who, looks = an_approver(place), reader(a_member(place, AUDITOR))
    people = f"/o/{slug_of(place)}/people"
    for asked in ("removal", "second-factor/removal", "agreement"):
        looks.see(f"{people}/{who}/{asked}", 403)


@pytest.fixture
def house(own_database: Database, outbox: Outbox) -> AskedController:
    return AskedController(own_database, outbox)


@pytest.fixture
def owner_there(own_database: Database, house: AskedController, compiled: BytecodeCache) -> Iterator[Reader]:
    """An owner whom an office asks, in the whole service on this test's database."""
    assert house.by.id
    with whole_service(own_database.config, compiled) as service:
        client = service.test_client()
        client.set_cookie(COOKIE, caller_for(service, house.by.id).token)
        yield Reader(client)


def test_a_processor_is_accepted_and_ended_after_a_page_that_says_what_happens(
    owner_there: Reader, house: AskedController
) -> None:
    an_incident(house.office)
    house.work()
    processors = f"/o/{slug_of(house.id)}/processors"
    page = owner_there.see(processors)
    [accepted], [_] = links(page, "answer=accepted"), links(page, "answer=refused")
    assert "accepteren als verwerker?" in owner_there.see(accepted)
    assert links(owner_there.see(processors), "answer=accepted"), "looking changes nothing"
    assert "staat nu in uw register" in owner_there.done(accepted, {"answer": "accepted"})
    [ended] = links(owner_there.see(processors), "answer=ended")
    asked = owner_there.see(ended)
    assert "Stoppen met " in asked and '<input type="hidden" name="answer" value="ended">' in asked
    assert "komen niet meer in uw register" in asked
    assert "U hebt dit beëindigd" in owner_there.done(ended, {"answer": "ended"})
    owner_there.see(ended, 409)
    owner_there.see(ended.replace("ended", "x"), 409)

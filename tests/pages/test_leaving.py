"""Leaving one's own seat on a page: from the account, and by the mailed link for who lost the second factor."""

import re
from collections.abc import Callable
from dataclasses import replace
from html import unescape
from uuid import UUID

import pytest
from flask import Flask

from service.admission.access import COOKIE
from tenants.errors import NotAllowed, NotFound
from tenants.history.entries import Actor
from tenants.identity.factor_requests import new_link
from tenants.identity.sessions import begin_session, person_of_session
from tenants.identity.users import AUDITOR, OWNER, User, add_user, make_member
from tenants.isolation import acting_for_nobody
from tests.conftest import Database
from tests.factories import a_member, an_organisation
from tests.pages.conftest import Reader, slug_of
from tests.service.caller import caller_for
from tests.service.two_places import Two, works_at_two
from workflows.accounts.membership import leave_by_link

Login = Callable[[Actor], Reader]
PASSWORD = "een lange zin als wachtwoord"
SEATS = "select organisation_id from membership where user_id = :id"
HEARD = "select 1 from mail_batch where organisation_id = :here and text_key = 'owner_left'"
LEFT = "select 1 from history where organisation_id = :here and what = 'member.left'"


@pytest.fixture
def two(app: Flask) -> Two:
    """Somebody who works at two organisations."""
    return works_at_two(app)


def seats(database: Database, who: UUID) -> set[UUID]:
    return {row["organisation_id"] for row in database.outside(SEATS, id=who)}


def logged_in(app: Flask, who: UUID, proven: bool = True) -> Reader:
    client = app.test_client()
    client.set_cookie(COOKIE, caller_for(app, who, proven).token)
    return Reader(client)


def leave_of(page: str, way: str, place: UUID) -> str:
    """Where the link leads that leaves this place."""
    address = f"{way}/{slug_of(place)}"
    assert f'href="{address}"' in page, "the seat stands on the page"
    return address


def test_a_seat_is_left_after_a_page_that_says_what_happens(app: Flask, two: Two, database: Database) -> None:
    me = logged_in(app, two.person)
    asked = leave_of(me.see("/account"), "/account/seats", two.here)
    leave_of(me.see("/account"), "/account/seats", two.there)
    page = me.see(asked)
    assert "<h1>Weggaan bij Hier?</h1>" in page and "Typ: Hier." in page and ">Nee, verander niets</a>" in page
    answer = me.send(asked, {"organisation": "Daar"})
    page = unescape(answer.get_data(as_text=True))
    assert answer.status_code == 422 and 'href="#f-organisation"' in page and 'value="Daar"' in page
    assert "Typ de naam van de organisatie zoals die hier staat: Hier." in page
    assert me.send(asked, {"organisation": ""}).status_code == 422
    assert seats(database, two.person) == {two.here, two.there}
    assert "U hoort niet meer bij Hier." in me.done(asked, {"organisation": "  hIER "})
    assert seats(database, two.person) == {two.there}
    assert database.outside(HEARD, here=two.here) and database.outside(LEFT, here=two.here)
    assert not database.outside(HEARD, here=two.there)
    me.see(asked, 404)


def test_the_last_owner_reads_what_to_do(reader: Login, database: Database) -> None:
    place = an_organisation("Bakkerij Zon")
    owns = a_member(place, OWNER, "Olga")
    assert owns.id
    owner, asked = reader(owns), f"/account/seats/{slug_of(place)}"
    page = owner.see(asked)
    assert "Maak eerst een collega eigenaar" in page and f'href="/o/{slug_of(place)}/people"' in page
    assert 'name="organisation"' not in page
    answer = owner.send(asked, {"organisation": "Bakkerij Zon"})
    assert answer.status_code == 422 and "Maak eerst een collega eigenaar" in answer.get_data(as_text=True)
    assert seats(database, owns.id) == {place}
    a_member(place, OWNER, "Otto")
    owner.done(asked, {"organisation": "Bakkerij Zon"})
    assert seats(database, owns.id) == set()


def test_a_seat_of_somebody_else_is_answered_404(app: Flask, two: Two) -> None:
    me, other = logged_in(app, two.person), slug_of(an_organisation("Een ander"))
    me.see(f"/account/seats/{other}", 404)
    assert me.send(f"/account/seats/{other}", {"organisation": "Een ander"}, "/account").status_code == 404


def test_an_old_proof_is_asked_again(app: Flask, two: Two, database: Database) -> None:
    me, asked = logged_in(app, two.person), f"/account/seats/{slug_of(two.here)}"
    database.outside(
        "update login_session set proof_at = now() - interval '6 minutes' where user_id = :id", id=two.person
    )
    assert me.client.get(asked).headers["Location"] == f"/proof?next={asked}"
    answer = me.send(asked, {"organisation": "Hier"}, "/proof")
    page = answer.get_data(as_text=True)
    assert answer.status_code == 403 and "/proof" in page and 'value="Hier"' in page, "what was typed waits"
    assert seats(database, two.person) == {two.here, two.there}


def test_who_has_no_second_factor_gives_the_password(app: Flask, database: Database) -> None:
    place = an_organisation("Bakkerij Zon")
    with acting_for_nobody():
        user = add_user(f"{place}@kantoor.example", "Nico", PASSWORD)
        make_member(user.id, place, AUDITOR)
    me, asked = logged_in(app, user.id, proven=False), f"/account/seats/{slug_of(place)}"
    database.outside(
        "update login_session set password_at = now() - interval '6 minutes' where user_id = :id", id=user.id
    )
    assert me.client.get(asked).headers["Location"] == f"/proof/password?next={asked}"
    page = me.done(f"/proof/password?next={asked}", {"password": PASSWORD})
    assert "<h1>Weggaan bij Bakkerij Zon?</h1>" in page
    me.done(asked, {"organisation": "Bakkerij Zon"})
    assert seats(database, user.id) == set()


def test_who_lost_the_factor_leaves_by_the_mailed_link(app: Flask, two: Two, database: Database) -> None:
    """The password alone leaves nothing; the link in the mailbox is what counts beside it."""
    with acting_for_nobody():
        token = new_link(two.person)
    me = logged_in(app, two.person, proven=False)
    asked = f"/proof/lost/seats/{slug_of(two.here)}"
    lost = me.see("/proof/lost")
    assert asked not in lost and "/language/en?next=/proof/lost" in lost.replace("%2F", "/")
    assert "Open eerst de link" in me.see(asked, 403)
    assert me.send(asked, {"organisation": "Hier"}, "/proof/lost").status_code == 403
    assert seats(database, two.person) == {two.here, two.there}
    page = me.done(f"/proof/lost/link/{token}", {})
    leave_of(page, "/proof/lost/seats", two.there)
    assert "<h1>Weggaan bij Hier?</h1>" in me.see(leave_of(page, "/proof/lost/seats", two.here))
    assert me.send(asked, {"organisation": "Daar"}).status_code == 422
    page = me.done(asked, {"organisation": "Hier"})
    assert "U hoort niet meer bij Hier." in page and asked not in page
    assert "U kunt een nieuwe tweede stap instellen vanaf" in page, "the wait goes on"
    assert seats(database, two.person) == {two.there}
    assert database.outside(HEARD, here=two.here) and database.outside(LEFT, here=two.here)
    assert database.outside("select 1 from user_totp where user_id = :id", id=two.person)


def test_the_last_owner_does_not_leave_by_the_link_either(app: Flask, database: Database) -> None:
    place = an_organisation("Bakkerij Zon")
    who = a_member(place, OWNER, "Olga").id
    assert who
    with acting_for_nobody():
        token = new_link(who)
    me, asked = logged_in(app, who, proven=False), f"/proof/lost/seats/{slug_of(place)}"
    me.done(f"/proof/lost/link/{token}", {}, f"/proof/lost/link/{token}")
    page = me.see(asked)
    assert "Stel eerst een nieuwe tweede stap in" in page and not re.search(r'name="organisation"|/people"', page)
    assert me.send(asked, {"organisation": "Bakkerij Zon"}).status_code == 422
    assert seats(database, who) == {place}


def test_the_workflow_refuses_by_itself_what_the_page_does_not_offer(app: Flask, two: Two) -> None:
    with acting_for_nobody():
        person = person_of_session(begin_session(User(id=two.person), False))
    assert person
    with pytest.raises(NotAllowed, match=r"member\.open_link_first"):
        leave_by_link(person, two.here)
    with pytest.raises(NotFound, match=r"member\.unknown"):
        leave_by_link(replace(person, places=()), an_organisation("Een ander"))

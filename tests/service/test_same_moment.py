"""Two at the same moment: of one link, or of two links for one address, one is taken; the other hears that it is done.

On the page and in the API, and never a fault of ours.
"""

import re
from collections.abc import Callable
from threading import Barrier
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError, IntegrityError
from werkzeug.test import TestResponse

from migrations.schema import FUNCTIONS
from service.http.conflicts import FORBIDDEN, OVERTAKEN, UNRELEASED, constraint_of, refusal_of
from service.http.error_page import error_page
from service.running.no_database import why_not
from tenants.database import db
from tenants.identity.invitations import new_invitation
from tenants.identity.users import APPROVER, AUDITOR, OWNER
from tenants.isolation import acting_for_nobody
from tests.conftest import WITHIN_S, Database
from tests.factories import a_member, an_organisation
from tests.pages.conftest import TOKEN
from tests.service.caller import caller_for
from tests.service.invited import PASSWORD

NAMES = ("Anna Bakker", "Bo Visser")
NAMED = re.compile(r"constraint *= *'([a-z_]+)'")
LINKED = "select organisation_id from invitation where email = :email for update"


@pytest.fixture
def place() -> UUID:
    here = an_organisation()
    a_member(here, OWNER, "Wim")
    return here


def links(place: UUID, email: str, count: int) -> list[str]:
    """The tokens of so many invitations to this address."""
    with acting_for_nobody():
        made = [new_invitation(place, email, AUDITOR) for _ in range(count)]
        db.session.add_all(row for _, row in made)
    return [token for token, _ in made]


def by_api(app: Flask, token: str, name: str) -> Callable[[], TestResponse]:
    values = {"name": name, "password": PASSWORD}
    return lambda: app.test_client().post(f"/api/invitations/{token}", json=values)


def by_page(app: Flask, token: str, name: str) -> Callable[[], TestResponse]:
    client = app.test_client()
    match = TOKEN.search(client.get(f"/invitation/{token}").get_data(as_text=True))
    assert match
    values = {"csrf_token": match[1], "name": name, "password": PASSWORD}
    return lambda: client.post(f"/invitation/{token}", data=values)


@pytest.mark.parametrize("count", [1, 2], ids=["one link", "two links of one address"])
@pytest.mark.parametrize("way", [by_api, by_page])
def test_of_two_at_the_same_moment_one_is_told_that_it_is_done(
    app: Flask, database: Database, place: UUID, way: Callable[..., Callable[[], TestResponse]], count: int
) -> None:
    email = f"{way.__name__}.{count}@example.nl"
    tokens = links(place, email, count)
    calls = [way(app, tokens[n % count], name) for n, name in enumerate(NAMES)]
    with database.superuser.begin() as connection:
        connection.execute(text(LINKED), {"email": email})
        answers = [database.elsewhere(call) for call in calls]
        database.wait_until_blocked()
    statuses = sorted(answer.result(WITHIN_S).status_code for answer in answers)
    assert statuses == [201 if way is by_api else 303, 422], statuses
    seats = "select 1 from membership m join app_user u on u.id = m.user_id where u.email = :email"
    assert len(database.outside(seats, email=email)) == 1


def test_who_wanted_the_same_is_told_so_in_words(app: Flask, database: Database, place: UUID) -> None:
    """An account with the address of the link is made while somebody joins: page and API say that another was first."""
    for way, words in ((by_api, "al gedaan"), (by_page, "Iemand was u voor")):
        email = f"once.{way.__name__}@example.nl"
        [token] = links(place, email, 1)
        call = way(app, token, f"Naam van {way.__name__}")
        with database.superuser.begin() as connection:
            add = "insert into app_user (email, name, password_hash) values (:email, 'Al daar', '!')"
            connection.execute(text(add), {"email": email})
            answer = database.elsewhere(call)
            database.wait_until_blocked()
        outcome = answer.result(WITHIN_S)
        assert outcome.status_code == 409, outcome.text
        assert words in outcome.text


def test_what_the_database_keeps_from_a_person_is_no_fault_of_ours(app: Flask, database: Database, place: UUID) -> None:
    """A check that the code forgot: here by a trigger that no code knows."""
    owner, other = a_member(place, OWNER, "Olga").id, a_member(place, APPROVER, "Bram").id
    assert owner and other
    database.outside("""
        create function forgotten() returns trigger language plpgsql as $$ begin
          raise exception 'kept' using errcode = 'check_violation', constraint = 'seat_counts'; end $$""")
    database.outside(f"""create trigger forgotten before delete on membership for each row
                         when (old.user_id = '{other}') execute function forgotten()""")
    assert "seat_counts" in FORBIDDEN
    answer = caller_for(app, owner).call("DELETE", f"members/{other}")
    assert (answer.status_code, answer.json["key"]) == (403, "http.403"), answer.text
    database.outside("drop trigger forgotten on membership; drop function forgotten()")


def test_each_constraint_that_a_trigger_names_is_known_by_one_reason() -> None:
    """A person may not, somebody was first, or the release is missing."""
    named = {name for file in FUNCTIONS.iterdir() for name in NAMED.findall(file.read_text("utf-8"))}
    assert named == FORBIDDEN | OVERTAKEN | UNRELEASED
    assert len(named) == sum(map(len, (FORBIDDEN, OVERTAKEN, UNRELEASED)))


def test_a_value_that_the_database_refuses_is_reported_as_our_fault(database: Database, place: UUID) -> None:
    with acting_for_nobody(), pytest.raises(IntegrityError) as two_lines, db.session.begin_nested():
        add = "insert into app_user (email, name, password_hash) values ('c@example.nl', E'C\nD', '!')"
        db.session.execute(text(add))
    assert refusal_of(two_lines.value) is None and constraint_of(two_lines.value)


def test_a_missing_value_is_reported_as_our_fault_and_not_as_a_race(database: Database, place: UUID) -> None:
    with acting_for_nobody(), pytest.raises(IntegrityError) as without_name, db.session.begin_nested():
        db.session.execute(text("insert into app_user (email, password_hash) values ('a@example.nl', '!')"))
    assert (refusal_of(without_name.value), constraint_of(without_name.value)) == (None, None)
    with acting_for_nobody(), pytest.raises(IntegrityError) as twice, db.session.begin_nested():
        for _ in range(2):
            add = "insert into app_user (email, name, password_hash) values ('b@example.nl', 'B', '!')"
            db.session.execute(text(add))
    assert (refusal_of(twice.value), constraint_of(twice.value)) == ((409, "http.409"), "app_user_email_key")


def deadlocked(database: Database, first: UUID, second: UUID) -> BaseException:
    """What the database says to one of two who lock these organisations, each in the other order."""

    def lock(here: UUID, there: UUID) -> None:
        with database.superuser.begin() as connection:
            connection.execute(text("select from organisation where id = :o for update"), {"o": here})
            met.wait(WITHIN_S)
            connection.execute(text("select from organisation where id = :o for update"), {"o": there})

    met = Barrier(2)
    both = [database.elsewhere(lock, first, second), database.elsewhere(lock, second, first)]
    [fault] = [fault for answer in both if (fault := answer.exception(WITHIN_S))]
    return fault


def test_a_deadlock_is_answered_409_without_a_change(
    app: Flask, database: Database, place: UUID
) -> None:
    fault = deadlocked(database, place, an_organisation())
    assert isinstance(fault, DBAPIError) and refusal_of(fault) == (409, "http.aborted")
    said = why_not(fault)
    assert said and "run it again" in said and "cannot be reached" not in said
    with app.test_request_context("/"):
        page = error_page(409, "http.aborted", {}).get_data(as_text=True)
    assert "op hetzelfde moment mee bezig" in page and "Er is niets veranderd" in page
    assert "al gedaan" not in page and "was u voor" not in page

"""The page of a new installation: whoever holds the link that the terminal printed makes the first office."""

import re
from datetime import timedelta
from urllib.parse import urlsplit

import pytest
from flask import Flask
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from service.running.operator import as_operator
from service.wiring import create_app
from tenants.database import db
from tenants.errors import NotFound
from tenants.identity.set_up_links import is_set_up, make_set_up_link, refuse_unless_it_sets_up
from tenants.isolation import acting_for, acting_for_nobody
from tenants.organisations.admission import is_admitted
from tenants.organisations.founding import Founding
from tests.conftest import Database
from tests.factories import an_organisation
from tests.pages.conftest import Reader
from tests.pages.forms import visible
from workflows.mail.batches import Addressee
from workflows.trust.founding import set_up_first_office

FORM = {
    "name": "De Linde Accountants", "kvk_number": "12 34 56 78", "owner_name": "Sanne de Linde",
    "owner_email": "Sanne@DeLinde.example", "locale": "nl",
}  # fmt: skip
PASSWORD = "een-lang-wachtwoord-van-sanne"


@pytest.fixture
def new(own_database: Database) -> Reader:
    """A browser at an installation without an organisation."""
    return Reader(create_app(own_database.config).test_client())


def printed(database: Database) -> str:
    """Where the link of the terminal leads."""
    with as_operator(database.config) as operator:
        link = make_set_up_link(operator)
    assert link
    return f"/set-up/{link.token}"


def test_the_first_page_of_a_new_installation_says_where_the_link_is(new: Reader) -> None:
    answer = new.client.get("/", follow_redirects=True).get_data(as_text=True)
    assert "Deze installatie is nieuw" in answer and "<form" not in answer.partition("<main")[2]
    assert "This installation is new" in new.client.get("/language/en?next=/login", follow_redirects=True).text


def test_the_holder_of_the_link_makes_the_office_and_goes_on_to_open_it(new: Reader, own_database: Database) -> None:
    path = printed(own_database)
    sent = new.send(path, FORM)
    assert sent.status_code == 303
    opening = urlsplit(sent.headers["Location"]).path
    assert opening.startswith("/invitation/")
    page = " ".join(visible(new.see(opening)).split())
    assert "Maak uw account" in page and "U hebt De Linde Accountants net aangemaakt. U wordt eigenaar." in page
    assert "uitgenodigd door" not in page and 'value="Sanne de Linde"' in new.see(opening)
    [made] = own_database.outside("select * from organisation")
    assert (made["name"], made["kvk_number"], made["locale"]) == ("De Linde Accountants", "12345678", "nl")
    with acting_for(made["id"]):
        assert is_admitted()
    opened = new.send(opening, {"name": "Sanne de Linde", "password": PASSWORD})
    assert opened.status_code == 303 and "/proof" in opened.headers["Location"]
    [mail] = own_database.outside("select count(*) as n from mail_batch where purpose = 'invitation'")
    assert mail["n"] == 1, "who loses the page has the link in a mail"


def test_another_browser_is_not_taken_for_the_maker(new: Reader, own_database: Database) -> None:
    opening = urlsplit(new.send(printed(own_database), FORM).headers["Location"]).path
    other = Reader(create_app(own_database.config).test_client()).see(opening)
    assert "uitgenodigd door" in other and "net aangemaakt" not in other and "Sanne de Linde" not in other


def test_faults_stand_at_their_fields_and_nothing_typed_is_lost(new: Reader, own_database: Database) -> None:
    path = printed(own_database)
    wrong = new.send(path, FORM | {"kvk_number": "1234567", "owner_email": "sanne", "owner_name": ""})
    page = wrong.get_data(as_text=True)
    assert wrong.status_code == 422 and 'value="De Linde Accountants"' in page and 'value="sanne"' in page
    assert len(re.findall(r'aria-invalid="true"', page)) == 3 and "acht cijfers" in page.lower()
    assert own_database.outside("select from organisation") == []
    assert new.send(path, FORM).status_code == 303, "the link was not used up by that"


def test_the_link_opens_nothing_once_there_is_an_organisation(new: Reader, own_database: Database) -> None:
    path = printed(own_database)
    page = new.see("/set-up/geraden", 404)
    assert "Deze link werkt niet" in page and "terminal" in page
    newest = printed(own_database)
    assert "Deze link werkt niet" in new.see(path, 404)
    own_database.outside("update set_up_link set expires_at = now()")
    assert "Deze link werkt niet" in new.see(newest, 404)
    newest = printed(own_database)
    an_organisation("Een ander")
    assert "al begonnen" in new.see(newest, 404)
    assert new.client.post(newest, data=FORM).status_code == 400
    assert "Log in" in new.see("/login")
    with as_operator(own_database.config) as operator:
        assert make_set_up_link(operator) is None


def sets_up(token: str, name: str) -> str:
    """What becomes of it: the address of the owner's link, or why not."""
    founding = Founding(name.lower(), name, "11111111", "nl", "begonnen")
    try:
        return set_up_first_office(token, founding, Addressee("Sanne", "sanne@delinde.example")).address
    except NotFound as refused:
        return str(refused.key)


def test_of_two_people_at_the_same_moment_one_wins(new: Reader, own_database: Database) -> None:
    token = printed(own_database).rpartition("/")[2]
    with own_database.superuser.begin() as holds:
        holds.execute(text("select pg_advisory_xact_lock(hashtextextended('found', 0))"))
        others = [own_database.elsewhere(sets_up, token, name) for name in ("Een", "Twee")]
        own_database.wait_until_blocked(2)
    outcomes = [other.result(10) for other in others]
    assert outcomes.count("set_up.done") == 1 and len(own_database.outside("select from organisation")) == 1


def test_the_app_makes_no_link_and_founds_with_none(app: Flask, own_database: Database) -> None:
    lasts = {"lasts": timedelta(days=1)}
    with pytest.raises(DBAPIError, match="permission denied"), acting_for_nobody():
        db.session.execute(text("select make_set_up_link('x', :lasts)"), lasts)
    for statement in ("select from set_up_link", "insert into set_up_link values ('x', now(), now())"):
        with pytest.raises(DBAPIError, match="permission denied"), acting_for_nobody():
            db.session.execute(text(statement))
    with acting_for_nobody():
        assert not is_set_up()
        with pytest.raises(NotFound):
            refuse_unless_it_sets_up("geraden")


def test_one_address_is_slowed_down(new: Reader, own_database: Database) -> None:
    answers = [new.client.get(f"/set-up/geraden-{number}").status_code for number in range(200)]
    assert set(answers) == {404, 429} and answers[-1] == 429

"""Two people change the contacts of one client: different rows both stand, and of the same one a person chooses."""

import re
from collections.abc import Callable

import pytest
from werkzeug.test import TestResponse

from tenants.agreements.clients import client_of
from tenants.agreements.processing_agreements import agreements_by_client_number, register_clients
from tenants.history.entries import Actor
from tenants.isolation import acting_for
from tests.factories import a_client, a_member, an_office
from tests.pages.conftest import Reader, slug_of
from tests.pages.forms import untouched_form

Login = Callable[[Actor], Reader]
Form = dict[str, str | list[str]]
PHONE, OTHER_PHONE = "010 765 43 21", "020 111 22 33"
ANNA, BO, COR = "Anna", "Bo", "Cor"


class Two:
    """Fenna and Sanne, each with the page of the same contacts open: Anna, Bo and Cor."""

    def __init__(self, reader: Login) -> None:
        self.office = an_office(0)
        with acting_for(self.office.id):
            contacts = [{"name": name, "email": f"{name.lower()}@zaak.example", "phone": "010 1234567"}
                        for name in (ANNA, BO, COR)]  # fmt: skip
            register_clients([a_client(1, contacts=contacts)])
            self.client = agreements_by_client_number(["K0001"])["K0001"][0].id
        self.at = f"/o/{slug_of(self.office.id)}/clients/{self.client}/contacts"
        self.fenna, self.sanne = (reader(a_member(self.office.id, name=name)) for name in ("Fenna", "Sanne"))
        self.of_fenna, self.of_sanne = (untouched_form(who.see(self.at)) for who in (self.fenna, self.sanne))

    def saves(self, who: Reader, page: Form, **typed: str) -> TestResponse:
        changed = {f"contacts.{name[-1]}.{name[:-1]}": value for name, value in typed.items()}
        return who.client.post(self.at, data=page | changed)

    def chooses(self, who: Reader, answer: TestResponse, **ways: str) -> TestResponse:
        """The page with what both changed is sent again, with a choice for each question."""
        page = untouched_form(answer.text)
        assert set(re.findall(r'name="choice.([^"]+)"', answer.text)) == {name.strip("_") for name in ways}
        return who.client.post(self.at, data=page | {f"choice.{name.strip('_')}": way for name, way in ways.items()})

    @property
    def stored(self) -> list[tuple[str, str]]:
        """The name and the telephone number of each contact, in their order."""
        with acting_for(self.office.id):
            return [(c["name"], c.get("phone", "")) for c in client_of(self.client).current.contacts]


@pytest.fixture
def two(reader: Login) -> Two:
    return Two(reader)


def test_different_rows_both_stand(two: Two) -> None:
    assert two.saves(two.fenna, two.of_fenna, phone1=PHONE).status_code == 303
    answer = two.saves(two.sanne, two.of_sanne, phone0=OTHER_PHONE)
    assert answer.status_code == 303, answer.text
    assert two.stored == [(ANNA, OTHER_PHONE), (BO, PHONE), (COR, "010 1234567")]
    assert "Intussen veranderde een ander" in two.sanne.see(answer.headers["Location"])


def test_of_the_same_row_a_person_chooses(two: Two) -> None:
    two.saves(two.fenna, two.of_fenna, phone1=PHONE, phone2=PHONE)
    answer = two.saves(two.sanne, two.of_sanne, phone1=OTHER_PHONE)
    assert answer.status_code == 409 and PHONE in answer.text and OTHER_PHONE in answer.text
    assert two.stored[1:] == [(BO, PHONE), (COR, PHONE)], "nothing is saved before the choice"
    again = two.sanne.client.post(two.at, data=untouched_form(answer.text))
    assert again.status_code == 409, "pressing again chooses nothing"
    assert two.chooses(two.sanne, again, _1="theirs").status_code == 303
    assert two.stored == [(ANNA, "010 1234567"), (BO, PHONE), (COR, PHONE)]


def test_the_own_answer_may_be_chosen(two: Two) -> None:
    two.saves(two.fenna, two.of_fenna, phone1=PHONE)
    answer = two.saves(two.sanne, two.of_sanne, phone1=OTHER_PHONE)
    assert two.chooses(two.sanne, answer, _1="mine").status_code == 303
    assert two.stored[1] == (BO, OTHER_PHONE)


def test_one_goes_one_comes_and_one_changes(two: Two) -> None:
    gone = {"name1": "", "email1": "", "phone1": "", "name3": "Dirk", "phone3": PHONE}
    assert two.saves(two.fenna, two.of_fenna, **gone).status_code == 303
    answer = two.saves(two.sanne, two.of_sanne, phone0=OTHER_PHONE, name3="Els", phone3=OTHER_PHONE)
    assert answer.status_code == 303, answer.text
    assert sorted(two.stored) == [(ANNA, OTHER_PHONE), (COR, "010 1234567"), ("Dirk", PHONE), ("Els", OTHER_PHONE)]


def test_who_changes_one_that_another_took_out_chooses(two: Two) -> None:
    two.saves(two.fenna, two.of_fenna, name1="", email1="", phone1="")
    answer = two.saves(two.sanne, two.of_sanne, phone1=OTHER_PHONE)
    assert answer.status_code == 409 and "Staat niet in de lijst" in answer.text
    assert two.chooses(two.sanne, answer, _1="theirs").status_code == 303
    assert [name for name, _ in two.stored] == [ANNA, COR]


def test_another_order_and_another_number_both_stand(two: Two) -> None:
    assert two.saves(two.fenna, two.of_fenna, place0="3", place2="1").status_code == 303
    assert two.saves(two.sanne, two.of_sanne, phone0=PHONE).status_code == 303
    assert two.stored == [(COR, "010 1234567"), (BO, "010 1234567"), (ANNA, PHONE)]


def test_of_two_orders_a_person_chooses(two: Two) -> None:
    two.saves(two.fenna, two.of_fenna, place0="3", place2="1")
    answer = two.saves(two.sanne, two.of_sanne, place0="2", place1="1")
    assert answer.status_code == 409 and "De volgorde van de contacten" in answer.text
    assert two.chooses(two.sanne, answer, order="mine").status_code == 303
    assert [name for name, _ in two.stored] == [BO, ANNA, COR]


def test_a_page_that_does_not_say_what_it_began_with_is_left_to_its_version(two: Two) -> None:
    two.saves(two.fenna, two.of_fenna, phone1=PHONE)
    old = {name: value for name, value in two.of_sanne.items() if name != "began" and not name.endswith(".was")}
    answer = two.saves(two.sanne, old, phone0=OTHER_PHONE)
    assert answer.status_code == 412 and two.stored[0] == (ANNA, "010 1234567")

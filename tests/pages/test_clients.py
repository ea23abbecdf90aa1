"""An admitted office records a client on a page: every fault stands at its field, and nothing typed is lost."""

import re
from collections.abc import Callable, Iterator
from itertools import count
from typing import Any

import pytest

from service.schemas.agreement import ClientSchema, ContactSchema
from tenants.agreements.client_list import agreements
from tenants.history.entries import Actor
from tenants.identity.users import HANDLER
from tenants.isolation import acting_for
from tenants.organisations.admission import ADMITTED, Decision, decide
from tenants.organisations.organisations import the_acting_organisation
from tests.factories import Office, a_member, an_office, an_organisation
from tests.operating import operator
from tests.pages.conftest import Reader, slug_of
from tests.pages.forms import OF_A_PAGE
from workflows.mail.words import use_operator_contact

Login = Callable[[Actor], Reader]
_number = count(71_200_000)
WRONG: dict[str, tuple[dict[str, str], str]] = {
    "name": ({"name": "x" * 201}, "name"),
    "kvk_number": ({"kvk_number": "1234567"}, "kvk_number"),
    "client_number": ({"client_number": "9" * 41}, "client_number"),
    "financial_undertaking": ({"financial_undertaking": "misschien"}, "financial_undertaking"),
    "hours_to_notify": ({"hours_to_notify": "721"}, "hours_to_notify"),
    "contacts": ({"contacts.1.name": "Bo", "contacts.1.email": "bo@"}, "contacts-1-email"),
    "services": ({"services.audit": "baas"}, "services-audit-value"),
    "in_force_from": ({"in_force_from": "2026-02-30"}, "in_force_from"),
    "in_force_to": ({"in_force_to": "2019-12-31"}, "in_force_to"),
}
"""A wrong value of each field, and the field on the page where that is told."""
NEEDED = ("name", "kvk_number", "client_number", "contacts", "services", "in_force_from")


def typed(**more: str) -> dict[str, str]:
    """A client as somebody fills it in."""
    number = str(next(_number))
    values = {
        "name": "Bakkerij Van Dam", "kvk_number": number, "client_number": f"N{number}", "hours_to_notify": "24",
        "contacts.0.name": "Anna", "contacts.0.email": "anna@client.example", "contacts.0.phone": "010 123 45 67",
        "services.payroll_bare": "processor", "services.audit": "controller", "in_force_from": "2020-01-01",
    }  # fmt: skip
    return values | more


def without(name: str) -> dict[str, str]:
    return {key: value for key, value in typed().items() if key.partition(".")[0] != name}


@pytest.fixture
def empty(app: object) -> Office:
    """An admitted office without clients."""
    return an_office(0)


def test_a_client_is_recorded_with_everything_that_was_typed(reader: Login, empty: Office) -> None:
    base, form = f"/o/{slug_of(empty.id)}/agreements", typed(**{"contacts.3.name": "Bo", "contacts.3.phone": "14020"})
    page = reader(empty.officer).done(f"{base}/new", form)
    assert "Bakkerij Van Dam staat nu bij uw opdrachtgevers" in page and "binnen 24 uur" in page
    with acting_for(empty.id):
        [row] = agreements(2)
    assert (row["controller_name"], row["client_number"]) == ("Bakkerij Van Dam", form["client_number"])
    assert row["services"] == {"payroll_bare": "processor", "audit": "controller"}
    assert row["contacts"] == [
        {"name": "Anna", "email": "anna@client.example", "phone": "010 123 45 67"}, {"name": "Bo", "phone": "14020"},
    ]  # fmt: skip


def test_every_field_of_the_schema_can_be_typed_and_is_tried(reader: Login, empty: Office) -> None:
    page = reader(empty.officer).see(f"/o/{slug_of(empty.id)}/agreements/new")
    names = {name.partition(".")[0] for name in re.findall(r'name="([^"]+)"', page)} - OF_A_PAGE
    assert names == set(ClientSchema().fields) == set(WRONG)
    columns = set(re.findall(r'name="contacts\.0\.(\w+)"', page))
    assert columns == set(ContactSchema().fields)
    assert set(NEEDED) == {name for name, field in ClientSchema().fields.items() if field.required}


@pytest.mark.parametrize("name", WRONG)
def test_a_fault_stands_at_its_field_and_nothing_typed_is_lost(reader: Login, empty: Office, name: str) -> None:
    more, place = WRONG[name]
    form = typed(**more)
    at = f"/o/{slug_of(empty.id)}/agreements/new"
    answer = reader(empty.officer).send(at, form)
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422 and f'href="#f-{place}"' in page and f'id="f-{place}"' in page
    assert page.count('class="fault"') == 1
    for key, value in form.items():
        if key not in ("services.audit", "financial_undertaking"):
            assert f'value="{value}"' in page, key
    assert page.count(" selected") == (1 if name == "services" else 2)
    with acting_for(empty.id):
        assert agreements(1) == []


@pytest.mark.parametrize("name", NEEDED)
def test_what_is_missing_is_told_at_its_field(reader: Login, empty: Office, name: str) -> None:
    answer = reader(empty.officer).send(f"/o/{slug_of(empty.id)}/agreements/new", without(name))
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422 and f'href="#f-{name}"' in page and f'id="f-{name}"' in page


def test_an_agreement_that_is_there_already_is_told_at_the_clients_number(reader: Login, empty: Office) -> None:
    there, at, form = reader(empty.officer), f"/o/{slug_of(empty.id)}/agreements/new", typed()
    there.done(at, form)
    answer = there.send(at, form | {"hours_to_notify": "12"})
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422 and 'href="#f-client_number"' in page and form["client_number"] in page


def test_a_number_of_another_client_is_told_at_the_clients_number(reader: Login, empty: Office) -> None:
    there, at, form = reader(empty.officer), f"/o/{slug_of(empty.id)}/agreements/new", typed(name="Bakker Alleen")
    there.done(at, form)
    other = typed(name="Slager", client_number=form["client_number"], in_force_from="2026-03-01")
    answer = there.send(at, other)
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422 and 'href="#f-client_number"' in page and 'value="Slager"' in page
    assert f"{form['client_number']} is Bakker Alleen" in page
    answer = there.send(at, form | {"in_force_from": "2026-03-01"})
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422 and 'href="#f-in_force_from"' in page and "al een overeenkomst vanaf" in page
    with acting_for(empty.id):
        assert [row["controller_name"] for row in agreements(3)] == ["Bakker Alleen"]


def test_more_clients_than_allowed_is_told_above_the_form(reader: Login, empty: Office) -> None:
    slug = slug_of(empty.id)
    with operator().begin() as connection:
        decide(connection, Decision(slug, ADMITTED, "Proef", most_clients=1))
    there = reader(empty.officer)
    there.done(f"/o/{slug}/agreements/new", typed())
    answer = there.send(f"/o/{slug}/agreements/new", typed(confirmed_doubles="true"))
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422 and "hoogstens 1 opdrachtgever hebben" in page and 'href="#f-clients"' not in page


def test_an_empty_page_says_what_to_do_next_to_whoever_looks(reader: Login, empty: Office) -> None:
    base = f"/o/{slug_of(empty.id)}"
    page = reader(empty.officer).see(f"{base}/agreements")
    assert f'href="{base}/agreements/new"' in page and "Leg uw eerste opdrachtgever vast" in page
    assert f'href="{base}/agreements" aria-current="page"' in page
    page = reader(a_member(empty.id, HANDLER)).see(f"{base}/agreements")
    assert f"{base}/agreements/new" not in page and "Een eigenaar of een privacy officer" in page
    reader(a_member(empty.id, HANDLER)).see(f"{base}/agreements/new", 403)


@pytest.fixture
def contact(app: object) -> Iterator[str]:
    """How people reach the operator of this installation."""
    use_operator_contact("010 987 65 43")
    yield "de beheerder van Meldketen (010 987 65 43)"
    use_operator_contact("")


def test_who_is_not_admitted_sees_no_such_act_and_learns_whom_to_ask(reader: Login, contact: str) -> None:
    bakery = an_organisation("Bakkerij")
    base, there = f"/o/{slug_of(bakery)}", reader(a_member(bakery))
    assert f"{base}/agreements" not in there.see(f"{base}/")
    page = there.see(f"{base}/agreements")
    assert "agreements/new" not in page and "Alleen een toegelaten kantoor" in page and contact in page
    page = there.see(f"{base}/agreements/new", 403)
    assert "niet toegelaten als kantoor" in page and contact in page
    refused: Any = there.send(f"{base}/agreements/new", typed(), seen=f"{base}/breaches/new")
    assert refused.status_code == 403 and contact in refused.get_data(as_text=True)
    with acting_for(bakery):
        assert agreements(1) == [] and the_acting_organisation().name == "Bakkerij"

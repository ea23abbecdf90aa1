"""What pages and the office say of who did it alone: true for one person, and for every kind of second person."""

from collections.abc import Callable

import pytest
from flask import Flask

from tenants.history.entries import Actor
from tenants.identity.users import APPROVER, make_member
from tenants.isolation import acting_for_nobody
from tests.factories import a_member
from tests.pages.conftest import Reader
from tests.pages.worlds import SUBMITTED, WHY, OfficeOfDeciders

Login = Callable[[Actor], Reader]


def colleague(chain: OfficeOfDeciders) -> Actor:
    return a_member(chain.together.controller_id, APPROVER, "Adam")


def person_of_the_office(chain: OfficeOfDeciders) -> Actor:
    assert chain.office.officer.id
    with acting_for_nobody():
        make_member(chain.office.officer.id, chain.together.controller_id, APPROVER)
    return chain.office.officer


def officer_from_outside(chain: OfficeOfDeciders) -> Actor:
    """An FG of another organisation, who has a seat here to approve."""
    return a_member(chain.together.controller_id, APPROVER, "Fatima, FG van buiten")


@pytest.fixture
def chain(reader: Login, app: Flask) -> OfficeOfDeciders:
    return OfficeOfDeciders(reader)


@pytest.mark.parametrize("second", [colleague, person_of_the_office, officer_from_outside])
def test_what_a_second_person_approved_is_not_called_decided_alone(
    chain: OfficeOfDeciders, second: Callable[[OfficeOfDeciders], Actor]
) -> None:
    who, page = chain.opened(chain.together)
    chain.reader(second(chain)).done(f"{page}/steps/approve", {"agrees": "true"}, seen=page)
    asked = who.see(page)
    assert "Niemand anders kan dit versturen" in asked and "waarom u het alleen verstuurde" in asked
    assert "alleen besloot" not in asked, "somebody else decided"
    who.done(f"{page}/alone", SUBMITTED | {"alone_reason": WHY}, seen=page)
    row = next(row for row in chain.rows() if row.id == chain.together.id)
    assert (row.decision, row.decided_alone) == ("notified", False)
    own = who.see(page)
    assert ", goedgekeurd door " in own and "alleen goedgekeurd" not in own
    assert "Alleen gedaan: Melding versturen en vastleggen, door Wim" in own and "U deed dit zelf" in own
    register = who.see(f"{page.partition('/breaches')[0]}/register")
    assert "alleen gedaan: Melding versturen en vastleggen; nog na te kijken" in register
    at_the_office = chain.reader(chain.office.officer).see(f"{chain.at}/escalations/{row.id}")
    assert "Alleen gedaan." not in at_the_office and "zonder tweede persoon" not in at_the_office


def test_what_one_person_did_is_called_so_everywhere(chain: OfficeOfDeciders) -> None:
    who, page = chain.opened(chain.alone)
    assert "waarom u alleen besloot" in who.see(page)
    who.done(f"{page}/alone", SUBMITTED | {"alone_reason": WHY}, seen=page)
    own, home = who.see(page), who.see(f"{page.partition('/breaches')[0]}/")
    assert "alleen goedgekeurd door " in own and "zonder tweede persoon" in own
    assert "U deed dit zelf" in own and "Nakijken" not in own
    assert "1 handeling deed u alleen" in home and "Nakijken</" not in home
    row = next(row for row in chain.rows() if row.id == chain.alone.id)
    assert row.decided_alone is True
    at_the_office = chain.reader(chain.office.officer).see(f"{chain.at}/escalations/{row.id}")
    assert "Alleen gedaan." in at_the_office and "zonder tweede persoon" in at_the_office

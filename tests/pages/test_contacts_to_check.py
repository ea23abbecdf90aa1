"""The list of contacts to check says only what is so, and a client's page leads to what is wrong with a contact."""

from collections.abc import Callable
from html import unescape

import pytest

from tenants.history.entries import Actor
from tests.conftest import Database
from tests.factories import an_office
from tests.pages.conftest import Reader, slug_of
from tests.service.doors_of_contacts import IN_DOUBT, SAID_NO

Login = Callable[[Actor], Reader]
BOUNCED = "update contact_standing set bounced_at = now() where organisation_id = :o"
PARTS = {
    "doubted": (IN_DOUBT, "Mail naar deze contacten leidde naar iemand anders", "agreements/contacts", "Kijk dit"),
    "said-no": (SAID_NO, "Contacten die het niet meer zijn", "agreements/contacts/said-no/", "Vul in wie het nu is"),
    "bounced": (BOUNCED, "Mail naar deze adressen kwam terug", "agreements/contacts", "Klopt het adres toch?"),
}
"""By the part of the page: what brings a contact there, what the part says, and how a client's page leads there."""


@pytest.mark.parametrize("name", [*PARTS, ""])
def test_each_part_is_there_only_with_somebody_in_it(database: Database, reader: Login, name: str) -> None:
    office = an_office(1)
    if name:
        database.outside(PARTS[name][0], o=office.id)
    officer, at = reader(office.officer), f"/o/{slug_of(office.id)}"
    page = unescape(officer.see(f"{at}/agreements/contacts"))
    for part, (_, words, _, _) in PARTS.items():
        assert (words in page) == (f'id="{part}"' in page) == (part == name)
    assert ("U hoeft geen contact na te kijken" in page) == (not name)


@pytest.mark.parametrize("name", PARTS)
def test_the_clients_page_names_the_contact_and_leads_to_where_it_is_put_right(
    database: Database, reader: Login, name: str
) -> None:
    office = an_office(1)
    statement, _, leads_to, words = PARTS[name]
    database.outside(statement, o=office.id)
    officer, at = reader(office.officer), f"/o/{slug_of(office.id)}"
    [row] = database.outside("select id, contacts from processing_agreement where processor_id = :o", o=office.id)
    page = unescape(officer.see(f"{at}/clients/{row['id']}"))
    step = page[page.index('id="next"'):page.index('id="contacts"')]
    assert "hoeft nu niets" not in step and words in step and f'href="{at}/{leads_to}' in step
    assert name == "doubted" or row["contacts"][0]["name"] in step

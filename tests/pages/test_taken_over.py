"""A breach that came without a moment: its page says that no term runs yet, and asks when the organisation knew."""

from collections.abc import Callable

import pytest
from flask import Flask

from tenants.history.entries import Actor
from tenants.isolation import acting_for
from tenants.organisations.organisations import claim_acting_organisation
from tests.conftest import Database
from tests.factories import a_member, an_incident, an_office
from tests.pages.conftest import Reader, slug_of
from tests.service.stating import a_stated_awareness

WORDS = {"nl": "De 72 uur lopen nog niet. Leg nu vast", "en": "The 72 hours are not running yet. Record now"}


@pytest.mark.parametrize("language", WORDS)
def test_its_page_asks_for_the_own_moment_at_once(
    app: Flask, database: Database, reader: Callable[[Actor], Reader], language: str
) -> None:
    incident = an_incident(an_office(clients=1))
    [row] = database.outside("select controller_id, breach_id from escalation where incident_id = :i", i=incident.id)
    with acting_for(row["controller_id"]):
        assert claim_acting_organisation()
    there = reader(a_member(row["controller_id"]))
    there.client.set_cookie("language", language)
    page = f"/o/{slug_of(row['controller_id'])}/breaches/{row['breach_id']}"
    assert WORDS[language] in there.see(page) and f'href="{page}/awareness"' in there.see(page)
    stated = a_stated_awareness()
    other = reader(stated.by)
    other.client.set_cookie("language", language)
    assert WORDS[language] not in other.see(f"/o/{slug_of(stated.id)}/breaches/{stated.breach}")

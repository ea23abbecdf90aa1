"""The pages before a register is joined, a provider is left, and a second owner agrees; in a browser on a phone."""

from collections.abc import Callable
from uuid import UUID

import pytest
from flask import Flask
from playwright.sync_api import Page, expect

from tenants.history.entries import Actor
from tenants.identity.identity_providers import provider, set_provider
from tenants.identity.users import APPROVER, OWNER
from tenants.isolation import acting_for
from tests.conftest import Database
from tests.factories import a_member, an_organisation
from tests.pages.conftest import Reader, slug_of
from tests.pages.forms import links
from tests.pages.in_chromium import has_session, nothing_sticks_out
from tests.worlds.two_registers import TwoRegisters

Login = Callable[[Actor], Reader]
PROVIDER = {
    "name": "Entra", "issuer": "https://login.zon.example", "client_id": "meldketen", "client_secret": "geheim",
    "proof_acr": [],
}  # fmt: skip
WAITS = "update membership set counts_from = now() + interval '1 day', given_by = :by where user_id = :who"
COUNTS = "select counts_from <= now() as counts from membership where user_id = :who and organisation_id = :here"
JOINED = "select joined_into from organisation where id = :old"


@pytest.fixture
def place() -> UUID:
    return an_organisation("Bakkerij Zon")


def test_two_registers_are_joined_after_a_page_that_says_what_stays(
    app: Flask, database: Database, reader: Login
) -> None:
    twice = TwoRegisters(database)
    owner, here = reader(twice.owner), f"/o/{slug_of(twice.goes_on)}"
    [asked] = links(owner.see(f"{here}/processors"), f"/registers/{twice.old}")
    page = owner.see(asked)
    assert f"(/o/{slug_of(twice.old)}/)" in page and "Dit is niet terug te draaien." in page
    assert f'<a href="{here}/processors">Nee, verander niets</a>' in page
    assert database.outside(JOINED, old=twice.old)[0]["joined_into"] is None, "looking changes nothing"
    owner.done(asked, {})
    assert database.outside(JOINED, old=twice.old)[0]["joined_into"] == twice.goes_on
    owner.see(asked, 404)


def test_a_provider_is_left_after_a_page_that_says_who_cannot_log_in(reader: Login, place: UUID) -> None:
    owner, shown = reader(a_member(place, OWNER, "Olga")), f"/o/{slug_of(place)}/provider"
    with acting_for(place):
        set_provider(PROVIDER)
    [asked] = links(owner.see(shown), f"{shown}/removal")
    page = owner.see(asked)
    assert "Stoppen met inloggen via Entra?" in page
    assert "Niemand kan dan nog via Entra inloggen bij Bakkerij Zon" in page
    with acting_for(place):
        assert provider() is not None, "looking changes nothing"
    owner.done(asked, {})
    with acting_for(place):
        assert provider() is None
    owner.see(asked, 404)


def test_a_second_owner_agrees_after_a_page_that_says_what_counts(
    reader: Login, place: UUID, database: Database
) -> None:
    gave, new = a_member(place, OWNER, "Olga"), a_member(place, APPROVER, "Joris Mulder")
    second = reader(a_member(place, OWNER, "Saar"))
    database.outside(WAITS, by=gave.id, who=new.id)
    people = f"/o/{slug_of(place)}/people"
    [asked] = links(second.see(people), f"{new.id}/agreement")
    page = second.see(asked)
    assert "Joris Mulder meteen laten meebeslissen?" in page and "telt vanaf nu" in page
    assert database.outside(COUNTS, who=new.id, here=place) == [{"counts": False}], "looking changes nothing"
    refused = reader(gave).send(asked, {})
    assert refused.status_code == 403, "who gave the seat is no second owner"
    second.done(asked, {})
    assert database.outside(COUNTS, who=new.id, here=place) == [{"counts": True}]


def test_on_a_phone_the_page_that_asks_fits_and_is_used_by_keyboard(
    browse: Callable[..., Page], app: Flask, site: str, place: UUID
) -> None:
    owner, new = a_member(place, OWNER, "Olga"), a_member(place, APPROVER, "Joris Mulder")
    page = browse(viewport={"width": 360, "height": 740})
    has_session(page, owner, site)
    page.goto(f"/o/{slug_of(place)}/people/{new.id}/removal")
    nothing_sticks_out(page)
    expect(page.get_by_role("heading", level=1)).to_have_text("Joris Mulder uit de organisatie halen?")
    button = page.get_by_role("main").get_by_role("button")
    button.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("main")).not_to_contain_text("uit de organisatie halen?")

"""The first steps of an owner: what each waits for, and where they stand while nothing else waits."""

import re
from collections.abc import Callable
from html import unescape
from itertools import count

import pytest

from tenants.history.entries import Actor
from tenants.identity.users import APPROVER, AUDITOR, FG, HANDLER, OWNER, PRIVACY_OFFICER
from tenants.isolation import acting_for
from tests.conftest import Database
from tests.factories import a_member, an_organisation
from tests.pages.conftest import Reader, slug_of
from tests.pages.forms import typed_over, visible
from tests.pages.worlds import OneOwner
from workflows.accounts.inviting import invite
from workflows.trust.first_steps import can_decide, first_steps

PRIMARY = re.compile(r'class="button"[^>]*>\s*([^<]+?)\s*<')


class NewHouse:
    """An organisation that somebody just made, with its only owner and her browser."""

    def __init__(self, reader: Callable[[Actor], Reader]) -> None:
        self.id = an_organisation(is_verified=False)
        self.owner, self.emails = a_member(self.id, OWNER, "Anna"), count()
        self.anna, self.base = reader(self.owner), f"/o/{slug_of(self.id)}"

    def main(self, language: str = "nl") -> str:
        self.anna.client.set_cookie("language", language)
        return self.anna.see(f"{self.base}/").partition("<main")[2].partition("</main>")[0]

    def step(self, name: str, language: str = "nl") -> str:
        """What the page says at the step with this in its title."""
        steps = unescape(self.main(language)).partition('id="first-steps"')[2].split("<li>")[1:]
        [found] = [step for step in (visible(words) for words in steps) if name in step]
        return " ".join(found.split())

    def invite(self) -> None:
        with acting_for(self.id):
            invite(f"c{next(self.emails)}-{self.id.hex}@x.example", APPROVER, self.owner)


@pytest.fixture
def house(reader: Callable[[Actor], Reader]) -> NewHouse:
    return NewHouse(reader)


@pytest.mark.parametrize(("roles", "enough"), [
    ((OWNER,), False), ((OWNER, APPROVER), False), ((OWNER, OWNER), False), ((OWNER,) * 3, True),
    ((OWNER, APPROVER, HANDLER), True), ((OWNER, PRIVACY_OFFICER, HANDLER), True),
    ((OWNER, APPROVER, APPROVER), False), ((OWNER, HANDLER, HANDLER), False), ((OWNER, AUDITOR, FG), False),
    ((OWNER, APPROVER, APPROVER, HANDLER), True), ((HANDLER,) * 500 + (PRIVACY_OFFICER, APPROVER), True),
])  # fmt: skip
def test_a_decision_takes_three_people_who_each_may_do_an_act_of_it(roles: tuple[str, ...], enough: bool) -> None:
    assert can_decide(roles) is enough


def test_colleagues_stay_to_be_invited_until_enough_people_can_act(house: NewHouse) -> None:
    colleagues = "Nodig collega's uit"
    assert "uitgenodigd" not in house.step(colleagues)
    house.invite()
    assert "1 uitgenodigd, nog geen antwoord." in house.step(colleagues) and "(gedaan)" not in house.step(colleagues)
    house.invite()
    assert "2 uitgenodigd, nog geen antwoorden." in house.step(colleagues)
    assert "2 invited, no answers yet." in house.step("Invite colleagues", "en")
    a_member(house.id, APPROVER, "Adam")
    assert "(gedaan)" not in house.step(colleagues)
    a_member(house.id, HANDLER, "Hugo")
    assert "(gedaan)" in house.step(colleagues) and "uitgenodigd" not in house.step(colleagues)


def test_the_sender_says_what_it_waits_for(house: NewHouse, database: Database) -> None:
    settings = f"{house.base}/settings"
    assert "wacht" not in house.step("Kies de afzender")
    named = {"locale": "nl", "sender_name": "Kantoor"}
    house.anna.done(settings, typed_over(house.anna, settings, named), seen=settings)
    assert "Vul nog het adres voor antwoorden in" in house.step("Kies de afzender")
    waiting = named | {"reply_address": "post@kantoor.example"}
    house.anna.done(settings, typed_over(house.anna, settings, waiting), seen=settings)
    waits = house.step("Bevestig het adres voor antwoorden")
    assert "wacht op bevestiging: post@kantoor.example" in waits and "Open de link in die mail" in waits
    assert "waits for its confirmation: post@kantoor.example" in house.step("Confirm the address for answers", "en")
    database.outside("update organisation set reply_link_ends_at = now() where id = :id", id=house.id)
    lapsed = house.step("Bevestig het adres voor antwoorden")
    assert "post@kantoor.example werkt niet meer" in lapsed and "stuur een nieuwe link" in lapsed
    confirmed = "update organisation set reply_confirmed_at = now(), reply_in_use = reply_address where id = :id"
    database.outside(confirmed, id=house.id)
    assert "(gedaan)" in house.step("Kies de afzender")


def test_open_first_steps_come_first_and_nothing_empty_stands_beside_them(house: NewHouse) -> None:
    page = house.main()
    assert "Er wacht niets op u" not in page and "Er is niets nieuws" not in page and 'id="changes"' not in page
    assert re.findall(r'<section class="card[^>]*>', page)[0] == '<section class="card first" id="first-steps">'
    assert PRIMARY.findall(page) == ["Naar uw account"], "the next step is the one primary button"
    token = re.search(r'name="csrf_token" value="([^"]+)"', page)
    assert token
    house.anna.client.post(f"{house.base}/first-steps/end", data={"csrf_token": token[1]})
    page = house.main()
    assert "Er wacht niets op u" in page and "Er is niets nieuws" in page and 'id="first-steps"' not in page


def test_what_waits_stands_before_the_first_steps_with_the_only_primary_button(
    reader: Callable[[Actor], Reader], database: Database
) -> None:  # fmt: skip
    shop = OneOwner(reader)
    database.outside("update organisation set verified_at = null, verified_how = null where id = :id", id=shop.id)
    page = shop.wim.see(f"{shop.base}/").partition("<main")[2].partition("</main>")[0]
    assert page.index('id="now"') < page.index('id="first-steps"') and len(PRIMARY.findall(page)) == 1


def test_an_open_page_is_sent_the_first_steps_only_when_they_changed(house: NewHouse) -> None:
    address = f"{house.base}/overview.json"
    first = house.anna.client.get(address).get_json()
    assert "Naar Mensen" in first["fragments"]["first_steps"] and "<form" not in "".join(first["fragments"].values())
    assert house.anna.client.get(f"{address}?version={first['version']}").get_json() == {"version": first["version"]}
    house.invite()
    changed = house.anna.client.get(f"{address}?version={first['version']}").get_json()
    assert "1 uitgenodigd" in changed["fragments"]["first_steps"]


def test_the_settings_are_asked_for_a_list_that_is_shown_alone(house: NewHouse) -> None:
    asked = []

    def missing() -> set[str]:
        asked.append("asked")
        return {"sender"}

    assert house.owner.id
    with acting_for(house.id):
        assert first_steps(house.owner.id, missing) and asked == ["asked"]
    house.anna.done(f"{house.base}/first-steps/end", {}, seen=f"{house.base}/")
    with acting_for(house.id):
        assert first_steps(house.owner.id, missing) == () and asked == ["asked"]

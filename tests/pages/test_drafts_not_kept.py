"""A draft that cannot be kept, without JavaScript: whatever the reason, what was typed stands on the page that says so.
"""

import re
from html import unescape
from io import BytesIO
from uuid import uuid4

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from service.web.drafts import FORMS
from service.web.form_drafts import WHY_NOT_KEPT
from tenants.form_drafts import MOST_BYTES, MOST_TOGETHER
from tests.conftest import Database
from tests.factories import a_member, an_office
from tests.pages.conftest import Reader, slug_of
from tests.pages.forms import csrf
from tests.pages.long_forms import Filled, House
from tests.pages.worlds import Login
from tests.worlds.two_registers import TwoRegisters

WORDS = {
    "ended": "al verstuurd of weggegooid", "too_large": "te groot om als concept te bewaren", "full": "meer dan 10 MB",
    "no_key": "sleutel van deze organisatie is vernietigd", "joined": "samengevoegd met een ander register",
}  # fmt: skip
NOT_KEPT = re.compile(r'id="draft-not-kept">\s*<p>(.*?)</p>', re.DOTALL)
FULL = """insert into form_draft (organisation_id, user_id, id, form, sealed, number, saved_at)
          values (:o, :who, :id, 'own_breach', decode(repeat('00', :size), 'hex'), 1, now() - interval '1 day')"""
NO_KEY = "update organisation_key set wrapped_key = null, destroyed_at = now() where organisation_id = :o"


def not_kept(answer: TestResponse) -> str:
    """The words with which the page says that nothing was kept."""
    assert answer.status_code == 409, answer.text
    [words] = NOT_KEPT.findall(answer.text)
    return unescape(words)


def keep(there: Reader, filled: Filled, **more: object) -> TestResponse:
    """Press the button that keeps a draft."""
    return there.client.post(filled.sent["draft_of"][0], data=filled.sent | more)


@pytest.fixture(scope="module")
def made() -> list[House]:
    return []


@pytest.fixture
def house(app: Flask, reader: Login, made: list[House]) -> House:
    """Made once, by the first test that asks."""
    if not made:
        made.append(House(app, reader))
    return made[0]


def test_every_reason_has_its_words() -> None:
    assert set(WHY_NOT_KEPT.values()) == set(WORDS)


@pytest.mark.parametrize("form", sorted(FORMS))
def test_each_long_form_stands_there_as_typed_when_there_is_no_room(
    house: House, database: Database, form: str
) -> None:
    organisation, who, _ = house.about[form]
    there = house.reader(who)
    filled, kept = house.filled_in(there, form), uuid4()
    database.outside(FULL, o=organisation, who=who.id, id=kept, size=MOST_TOGETHER)
    answer = keep(there, filled)
    database.outside("delete from form_draft where id = :id", id=kept)
    assert WORDS["full"] in not_kept(answer) and "staat nog op deze pagina" in answer.text
    assert f"language/en?next={filled.own_address}" in answer.text, "its links are those of its page"
    again = Filled(answer.text, filled.sent["draft_of"][0])
    words = unescape(answer.text)
    assert [text for text in filled.texts if text not in words] == [] and again.action == filled.action
    same = {"draft_id", "draft_number", "draft_tab", "version", "began"} & set(filled.sent)
    assert {name: again.sent[name] for name in same} == {name: filled.sent[name] for name in same}
    assert keep(there, again).status_code == 303, "with room again, the same page keeps it"


@pytest.mark.parametrize("why", sorted(set(WORDS) - {"joined", "full"}))
def test_for_each_other_reason_too(reader: Login, database: Database, why: str) -> None:
    office = an_office(0)
    there, at = reader(office.officer), f"/o/{slug_of(office.id)}"
    filled = Filled(there.see(f"{at}/breaches/new"), f"{at}/breaches/new")
    more: dict[str, object] = {}
    if why == "too_large":
        more = {"cause": "x" * MOST_BYTES, "lijst": (BytesIO(b"x"), "lijst.csv")}
    if why == "no_key":
        assert keep(there, filled).status_code == 303, "the organisation has a key"
        database.outside(NO_KEY, o=office.id)
    if why == "ended":
        removal = f"{at}/drafts/own_breach/removal/{filled.sent['draft_id'][0]}"
        there.client.post(removal, data={"csrf_token": csrf(there)})
    answer = keep(there, filled, **more)
    said = not_kept(answer)
    assert WORDS[why] in said and ("Kies dat opnieuw" in said) == (why == "too_large")
    again, words = Filled(answer.text, filled.sent["draft_of"][0]), unescape(answer.text)
    assert [text for text in filled.texts if text not in words and "in cause" not in text] == []
    assert again.action == filled.action
    assert (again.sent["draft_id"] == filled.sent["draft_id"]) == (why != "ended"), "an ended draft is not continued"


def test_in_a_joined_register_the_texts_stand_there_to_copy(reader: Login, database: Database, app: Flask) -> None:
    twice = TwoRegisters(database)
    there, at = reader(twice.owner), f"/o/{slug_of(twice.old)}"
    filled = Filled(there.see(f"{at}/breaches/new"), f"{at}/breaches/new")
    twice.join()
    answer = keep(there, filled)
    assert WORDS["joined"] in not_kept(answer)
    assert [text for text in filled.texts if text not in unescape(answer.text)] == []


def test_a_form_that_is_asked_no_more_leaves_its_texts_to_copy(house: House, database: Database) -> None:
    """Somebody else assessed the breach, and the draft was thrown away in another window."""
    organisation, who, _ = house.about["draft"]
    there = house.reader(who)
    filled = house.filled_in(there, "draft")
    address = filled.sent["draft_of"][0].replace("/draft/", "/assess/")
    database.outside(FULL, o=organisation, who=who.id, id=(kept := uuid4()), size=MOST_TOGETHER)
    answer = there.client.post(address, data=filled.sent)
    database.outside("delete from form_draft where id = :id", id=kept)
    assert WORDS["full"] in not_kept(answer) and filled.texts[0] in unescape(answer.text)
    assert "Dit had u ingevuld" in answer.text and f'href="{house.page("draft")}"' in answer.text


def test_who_may_fill_in_the_form_no_more_keeps_the_texts(house: House, database: Database) -> None:
    organisation, _, _ = house.about["client"]
    who = a_member(organisation)
    there = house.reader(who)
    filled = Filled(there.see(house.page("client")), house.page("client"))
    database.outside("update membership set role = 'auditor' where user_id = :who", who=who.id)
    database.outside(FULL, o=organisation, who=who.id, id=uuid4(), size=MOST_TOGETHER)
    answer = keep(there, filled)
    assert WORDS["full"] in not_kept(answer)
    assert [text for text in filled.texts if text not in unescape(answer.text)] == []

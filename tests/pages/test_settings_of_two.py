"""The settings of an organisation when two people change them at once, and when somebody only reads them."""

import re
from collections.abc import Callable

import pytest

from tenants.history.entries import Actor
from tenants.identity.users import OWNER
from tests.conftest import Database
from tests.factories import a_member
from tests.pages.changing_settings import ADDRESS, FG, saved, settings_of
from tests.pages.conftest import Reader
from tests.pages.forms import typed_over, visible
from tests.pages.worlds import Controller


@pytest.fixture
def bakery(reader: Callable[[Actor], Reader], app: object) -> Controller:
    """An organisation with an officer, an approver and a handler; nothing is set yet."""
    return Controller(reader)


def test_two_people_change_different_settings_and_the_same_one_is_shown_first(
    bakery: Controller, reader: Callable[[Actor], Reader]
) -> None:
    wim, olga, at = reader(a_member(bakery.id, OWNER, "Wim")), bakery.olga, f"{bakery.base}/settings"
    before = typed_over(olga, at, {})
    saved(bakery, "fg", FG, wim)
    saved(bakery, "address", ADDRESS, wim)
    others = olga.client.post(at, data=before | {"closed_weekdays": ["6", "7"]})
    row = settings_of(bakery)
    assert others.status_code == 303 and (row.closed_weekdays, row.fg_name) == ([6, 7], "Fleur Groen")
    assert "Intussen veranderde een ander 4 andere antwoorden" in visible(olga.see(others.location))
    same = olga.client.post(at, data=before | ADDRESS | {"visiting_street": "Plein 2", "trade_names": ["Molenbrood"]})
    page = visible(same.text)
    assert same.status_code == 409 and "Kade 1" in page and "Het antwoord van Wim" in page
    assert 'value="Plein 2"' in same.text and 'value="Molenbrood"' in same.text, "what was typed stands there"
    assert 'value="Fleur Groen"' in same.text, "and what the other one filled in elsewhere"
    assert settings_of(bakery).visiting_street == "Kade 1" and settings_of(bakery).trade_names is None
    seen = dict(re.findall(r'name="(csrf_token|version|began|beside.visiting)" value="([^"]+)"', same.text))
    mine = before | seen | FG | ADDRESS | {"visiting_street": "Plein 2", "choice.visiting": "mine"}
    assert olga.client.post(at, data=mine | {"closed_weekdays": ["6", "7"]}).status_code == 303
    row = settings_of(bakery)
    assert (row.visiting_street, row.fg_name, row.closed_weekdays) == ("Plein 2", "Fleur Groen", [6, 7])


def test_a_question_that_is_fixed_for_a_person_is_never_asked(
    bakery: Controller, reader: Callable[[Actor], Reader], database: Database
) -> None:
    """The name: the owner corrects it, and the officer, who cannot, has the page open."""
    database.outside("update organisation set verified_at = null, verified_how = null where id = :o", o=bakery.id)
    wim, olga, at = reader(a_member(bakery.id, OWNER, "Wim")), bakery.olga, f"{bakery.base}/settings"
    before, owners_page = typed_over(olga, at, {}), typed_over(wim, at, {})
    assert "name" not in before and " name:" not in f" {before['began']}"
    saved(bakery, "names", {"name": "Bakkerij De Molen"}, wim)
    answer = olga.client.post(at, data=before | {"sector": "bakkerij"})
    assert answer.status_code == 303, answer.text
    assert "Intussen veranderde" not in visible(olga.see(answer.location)), "the name is no question to her"
    assert (settings_of(bakery).name, settings_of(bakery).sector) == ("Bakkerij De Molen", "bakkerij")
    proven = "update organisation set verified_at = now(), verified_how = 'operator', name = 'Molen' where id = :o"
    database.outside(proven, o=bakery.id)
    later = wim.client.post(at, data=owners_page | {"size": "micro"})
    assert later.status_code == 303 and settings_of(bakery).name == "Molen", "fixed after the page was made"


@pytest.mark.parametrize(("language", "days"), [
    ("nl", ("zaterdag 1 mei 2027 – zondag 2 mei 2027", "donderdag 24 december 2026", "31-13-2027 – vrijdag 7 mei")),
    ("en", ("Saturday 1 May 2027 – Sunday 2 May 2027", "Thursday 24 December 2026", "31-13-2027 – Friday 7 May")),
])  # fmt: skip
def test_days_that_two_people_closed_stand_side_by_side_in_words(
    bakery: Controller, reader: Callable[[Actor], Reader], language: str, days: tuple[str, str, str]
) -> None:
    wim, olga, at = reader(a_member(bakery.id, OWNER, "Wim")), bakery.olga, f"{bakery.base}/settings"
    olga.client.set_cookie("language", language)
    before = typed_over(olga, at, {})
    saved(bakery, "closed", {
        "closed_periods.0.first": "01-05-2027", "closed_periods.0.last": "02-05-2027",
        "closed_periods.1.first": "24-12-2026",
    }, wim)  # fmt: skip
    mine = {"closed_periods.0.first": "31-13-2027", "closed_periods.0.last": "07-05-2027"}
    page = olga.client.post(at, data=before | mine)
    shown = visible(page.text.partition('id="both-changed"')[2].partition("</fieldset>")[0])
    assert page.status_code == 422 and all(words in shown for words in days), shown
    assert not re.search(r"\d{4}-\d\d-\d\d", shown)


@pytest.mark.parametrize(("in_use", "waits", "shown"), [
    (None, None, "nog niet bekend"), ("oud@molen.example", None, "oud@molen.example"),
    (None, "nieuw@molen.example", "nieuw@molen.example (nog niet bevestigd, wordt niet gebruikt)"),
    ("oud@molen.example", "nieuw@molen.example",
     "oud@molen.example; nieuw@molen.example (nog niet bevestigd, wordt niet gebruikt)"),
])  # fmt: skip
def test_who_only_reads_sees_the_address_in_use_and_the_one_that_waits(
    bakery: Controller, database: Database, in_use: str | None, waits: str | None, shown: str
) -> None:
    database.outside("""update organisation set reply_in_use = :used, reply_address = coalesce(:waits, :used),
                          reply_confirmed_at = case when cast(:used as text) is not null then now() end
                         where id = :o""",
                     o=bakery.id, used=in_use, waits=waits)  # fmt: skip
    page = bakery.adam.see(f"{bakery.base}/settings")
    term = re.search(r"<dt>Adres voor antwoorden</dt>\s*<dd>(.*?)</dd>", page, re.DOTALL)
    assert term and " ".join(term[1].split()) == shown

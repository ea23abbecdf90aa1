"""S6, of what somebody judges: an assessment, a decision, a moved term, an own awareness. What another one changed is
seen before anything is saved; both texts stand side by side where both changed one answer, and a person chooses."""

from collections.abc import Callable
from html import unescape
from typing import Any

import pytest
from werkzeug.test import TestResponse

from tests.conftest import Database
from tests.factories import a_member
from tests.pages.conftest import Reader, typed_assessment
from tests.pages.forms import Fields, local
from tests.pages.worlds import AwareAsStated, Controller, Login

MINE, THEIRS = "Tekst van Anna.", "Tekst van Joris."
BY = "version", "began", "csrf_token", "form_key", "seen"
TERM = {"until": local(-200), "reason": "Storing bij de AP", "source": "Website van de AP"}
MOMENT = {"aware_at": local(0.4), "reason": "De mail kwam aan."}
ASSESSED = typed_assessment(reason="Er is een risico.")
DRAFTED = {"decision": "notify", "reason": "Er is een risico."}


class Two:
    """Anna and Joris of one organisation, each with the same form open, at `page`, sent `to`."""

    def __init__(self, reader: Login, there: Controller | AwareAsStated, page: str, to: str, base: dict[str, Any]):
        self.page, self.to, self.base = page, to, base
        self.anna, self.joris = (reader(a_member(there.id, name=name)) for name in ("Anna", "Joris"))
        self.of_anna, self.of_joris = self.opened(self.anna), self.opened(self.joris)

    def opened(self, who: Reader) -> dict[str, str]:
        return self._marks(who.see(self.page))

    def _marks(self, page: str) -> dict[str, str]:
        fields = Fields(page).at(self.to)
        return {name: value for name, value in fields.items() if name in BY or name.startswith("beside.")}

    def sends(self, who: Reader, marks: dict[str, str], **typed: Any) -> TestResponse:
        return who.client.post(self.to, data=self.base | marks | typed)

    def again(self, answer: TestResponse, **typed: Any) -> TestResponse:
        """Anna presses again on the page that she got."""
        return self.sends(self.anna, self._marks(answer.text), **typed)


def assessed(reader: Login) -> Two:
    there = Controller(reader)
    there.do(there.olga, "assess", **ASSESSED)
    return Two(reader, there, f"{there.page}?again=assess", f"{there.page}/steps/assess", ASSESSED)


def judged(reader: Login) -> Two:
    """By question: the last screen, which sends the facts along."""
    there = Controller(reader)
    there.do(there.olga, "assess", **ASSESSED)
    base = ASSESSED | {"by_question": "1"}
    return Two(reader, there, f"{there.page}/assess/last", f"{there.page}/steps/assess", base)


def drafted(reader: Login) -> Two:
    there = Controller(reader)
    there.do(there.olga, "assess", **ASSESSED)
    there.do(there.olga, "draft", **DRAFTED)
    return Two(reader, there, f"{there.page}?again=draft", f"{there.page}/steps/draft", DRAFTED)


def moved(reader: Login) -> Two:
    there = Controller(reader)
    there.olga.done(f"{there.page}/term", TERM)
    return Two(reader, there, f"{there.page}/term", f"{there.page}/term", TERM)


def stated(reader: Login) -> Two:
    there = AwareAsStated(reader)
    owner = reader(a_member(there.id, name="Wim"))
    owner.done(f"{there.page}/awareness", MOMENT)
    return Two(reader, there, f"{there.page}/awareness", f"{there.page}/awareness", MOMENT)


KINDS: dict[str, tuple[Callable[[Login], Two], str, str]] = {
    "assess": (assessed, "select risk_reason as said from breach", "people_reason"),
    "judgement": (judged, "select risk_reason as said from breach", "people_reason"),
    "draft": (drafted, "select decision_reason as said from breach", ""),
    "term": (moved, "select moved_term ->> 'reason' as said from breach", "source"),
    "awareness": (stated, "select coalesce(later_aware_reason, own_aware_reason) as said from breach", ""),
}


@pytest.fixture(params=KINDS)
def kind(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def two(kind: str, reader: Login) -> Two:
    return KINDS[kind][0](reader)


def stored(database: Database, two: Two, kind: str) -> str:
    breach_id = two.to.split("/breaches/")[1].partition("/")[0]
    return str(database.outside(f"{KINDS[kind][1]} where id = :id", id=breach_id)[0]["said"])


def test_the_same_answer_stands_twice_until_a_person_chooses(two: Two, kind: str, database: Database) -> None:
    assert two.sends(two.joris, two.of_joris, reason=THEIRS).status_code == 303
    refused = two.sends(two.anna, two.of_anna, reason=MINE)
    assert refused.status_code == 409, refused.text
    both = refused.text[refused.text.index('id="both-reason"') :].partition("</fieldset>")[0]
    assert MINE in both and THEIRS in both and "Joris" in both
    pressed = two.again(refused, reason=MINE)
    assert pressed.status_code == 409 and stored(database, two, kind) == THEIRS, "pressing again overwrites nothing"
    chosen = two.again(pressed, reason=MINE, **{"choice.reason": "mine"})
    assert chosen.status_code == 303 and stored(database, two, kind) == MINE


def test_what_another_one_changed_is_seen_before_it_is_saved(two: Two, kind: str, database: Database) -> None:
    """Anna changes another answer, or none: she sees Joris's text in her form, and both stand once she presses again.
    """
    other = KINDS[kind][2]
    assert two.sends(two.joris, two.of_joris, reason=THEIRS).status_code == 303
    mine = {other: MINE} if other else {}
    refused = two.sends(two.anna, two.of_anna, **mine)
    assert refused.status_code == 412 and 'id="changed-meanwhile"' in refused.text
    assert THEIRS in _in_its_field(refused.text, "reason") and stored(database, two, kind) == THEIRS
    if other:
        assert MINE in unescape(refused.text)
    pressed = two.again(refused, reason=THEIRS, **mine)
    assert pressed.status_code == 303 and stored(database, two, kind) == THEIRS


def _in_its_field(page: str, name: str) -> str:
    return page[page.index(f'<textarea id="f-{name}"') :].partition("</textarea>")[0]


def test_moments_that_both_changed_are_shown_in_words(reader: Login) -> None:
    two = moved(reader)
    day = {"until.day": "24-12-2026", "until.time": "12:00"}
    assert two.sends(two.joris, two.of_joris, **day).status_code == 303
    refused = two.sends(two.anna, two.of_anna, **day | {"until.time": "13:30"})
    both = refused.text[refused.text.index('id="both-until"') :].partition("</fieldset>")[0]
    assert refused.status_code == 409 and "donderdag 24 december" in both and "12:00" in both and "13:30" in both
    theirs = two.again(refused, **day | {"until.time": "13:30", "choice.until": "theirs"})
    assert theirs.status_code == 303, "she chose what she saw, and what is stored"


def test_facts_of_two_assessors_both_stand(reader: Login, database: Database) -> None:
    two, data = assessed(reader), ["name", "purchases", "email"]
    assert two.sends(two.joris, two.of_joris, **{"facts.data": data}).status_code == 303
    refused = two.sends(two.anna, two.of_anna, **{"facts.groups": ["customers"]})
    assert refused.status_code == 412
    pressed = two.again(refused, **{"facts.data": data, "facts.groups": ["customers"]})
    breach_id = two.to.split("/breaches/")[1].partition("/")[0]
    [row] = database.outside("select facts from breach where id = :id", id=breach_id)
    assert pressed.status_code == 303 and row["facts"]["groups"] == ["customers"] and "email" in row["facts"]["data"]

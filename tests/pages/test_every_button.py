"""S6: whatever button somebody presses in a form that two people fill in, what another one saved is never overwritten
unseen: both answers stand there until a person chooses, also after a look, an advice, a draft or a way back."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest

from tenants.agreements.processing_agreements import agreements_by_client_number
from tenants.identity.users import OWNER
from tenants.isolation import acting_for
from tests.conftest import Database
from tests.factories import NOTICE_TEXT, a_member, an_office
from tests.house.two_writers import MERGED_STEPS, MERGES
from tests.pages.conftest import Reader, slug_of, typed_assessment
from tests.pages.forms import local, typed_facts
from tests.pages.pressing import Button, Sendable, form_with
from tests.pages.worlds import READERS, AwareAsStated, Controller, Login, a_begun_notice

MINE, THEIRS = "Tekst van Anna.", "Tekst van Joris."
TERM = {"until": local(-200), "reason": "Storing bij de AP", "source": "Website van de AP"}
MOMENT = {"aware_at": local(0.4), "reason": "De mail kwam aan."}


@dataclass(frozen=True)
class Kind:
    """A form that two people fill in: its page, the field of a text in it, where that is stored, and its template.

    `there` makes the organisation and returns its id with the address of the page.
    """

    there: Callable[[Login], tuple[Any, str]]
    field: str
    stored: str
    template: str
    least: int = 1
    """How many ways to press it has at least."""
    of_row: str = ""
    """The question, where that is a row of fields and not the field alone."""

    @property
    def question(self) -> str:
        return self.of_row or self.field


def assessed(reader: Login, query: str = "?again=assess") -> tuple[Any, str]:
    """Facts changed since, so that the form has the button that says that somebody saw it."""
    there = Controller(reader)
    there.do(there.olga, "assess", **typed_assessment("high", reason="Er is een risico."))
    if query == "?again=draft":
        there.do(there.olga, "draft", decision="notify", reason="Er is een risico.")
    there.olga.done(f"{there.page}/facts", typed_facts(2310))
    return there.id, f"{there.page}{query}"


def judged(reader: Login) -> tuple[Any, str]:
    return assessed(reader, "/assess/last")


def drafted(reader: Login) -> tuple[Any, str]:
    return assessed(reader, "?again=draft")


def with_measures(reader: Login, part: str = "facts") -> tuple[Any, str]:
    there = Controller(reader)
    return there.id, f"{there.page}/{part}"


def answered(reader: Login) -> tuple[Any, str]:
    return with_measures(reader, "form")


def written(reader: Login) -> tuple[Any, str]:
    there = a_begun_notice(reader)
    there.do(there.olga, "recipients", **READERS)
    there.do(there.olga, "text", **NOTICE_TEXT)
    return there.id, f"{there.page}?again=text"


def moved(reader: Login) -> tuple[Any, str]:
    there = Controller(reader)
    there.olga.done(f"{there.page}/term", TERM)
    return there.id, f"{there.page}/term"


def stated(reader: Login) -> tuple[Any, str]:
    there = AwareAsStated(reader)
    reader(a_member(there.id, name="Wim")).done(f"{there.page}/awareness", MOMENT)
    return there.id, f"{there.page}/awareness"


def listed(reader: Login) -> tuple[Any, str]:
    office = an_office(1)
    with acting_for(office.id):
        client = agreements_by_client_number(["K0001"])["K0001"][0].id
    return office.id, f"/o/{slug_of(office.id)}/clients/{client}/contacts"


def settled(reader: Login) -> tuple[Any, str]:
    there = Controller(reader)
    return there.id, f"{there.base}/settings"


BREACH = "select {} as said from breach where organisation_id = :id"
NOTICE = "select consequences as said from notice where organisation_id = :id"
ANSWER = "draft -> 'answers' ->> 'reporter_function'"
KINDS = {
    "assess": Kind(assessed, "reason", BREACH.format("risk_reason"), "assess", 4),
    "judgement": Kind(judged, "reason", BREACH.format("risk_reason"), "assessment_last.html", 3),
    "draft": Kind(drafted, "reason", BREACH.format("decision_reason"), "draft", 3),
    "text": Kind(written, "consequences", NOTICE, "text", 4),
    "facts": Kind(with_measures, "measures", BREACH.format("measures"), "supplement.html", 2),
    "form": Kind(answered, "reporter_function", BREACH.format(ANSWER), "ap_form.html", 2),
    "term": Kind(moved, "reason", BREACH.format("moved_term ->> 'reason'"), "term.html"),
    "awareness": Kind(stated, "reason", BREACH.format("coalesce(later_aware_reason, own_aware_reason)"),
                      "awareness.html"),
    "contacts": Kind(listed, "contacts.0.name", "select contacts -> 0 ->> 'name' as said from processing_agreement "
                     "where processor_id = :id", "client_contacts.html", of_row="0"),
    "settings": Kind(settled, "sector", "select sector as said from organisation where id = :id", "settings.html"),
}  # fmt: skip


class Two:
    """Anna with her page still open, after Joris saved another answer to the same question."""

    def __init__(self, kind: Kind, reader: Login, database: Database) -> None:
        self.kind, self.database = kind, database
        self.organisation, self.page = kind.there(reader)
        self.anna, joris = (reader(a_member(self.organisation, OWNER, name)) for name in ("Anna", "Joris"))
        self.form = self.opened(self.anna)
        of_joris = self.opened(joris)
        assert of_joris.press(joris, self._saving(of_joris), **{kind.field: THEIRS}).status_code == 303

    def opened(self, who: Reader) -> Sendable:
        return self.in_page(who.see(self.page), self.page)

    def in_page(self, page: str, at: str) -> Sendable:
        form = form_with(page, at, self.kind.field)
        assert form is not None, "no such form there"
        return form

    def _saving(self, form: Sendable) -> Button:
        """The button that saves: the one that goes where the form does."""
        return next(button for button in form.buttons if button.to == form.action)

    def saves(self, form: Sendable, **typed: str) -> int:
        return form.press(self.anna, self._saving(form), **typed).status_code

    def after(self, form: Sendable, button: Button, **typed: str) -> tuple[str, Sendable]:
        """What Anna sees in the form after pressing: on the page that she gets, else when she opens it again."""
        answer = form.press(self.anna, button, **typed)
        page = self.anna.see(answer.headers["Location"]) if answer.status_code == 303 else answer.text
        shown = form_with(page, button.to, self.kind.field)
        if shown is None or shown.action != form.action:
            page = self.anna.see(self.page)
        return page, self.in_page(page, self.page)

    @property
    def stored(self) -> str:
        return str(self.database.outside(self.kind.stored, id=self.organisation)[0]["said"])


def test_the_walk_has_every_form_whose_answers_of_two_people_both_stand() -> None:
    assert {kind.template for kind in KINDS.values()} == {*MERGES, *(name for _, name in MERGED_STEPS)}


@pytest.mark.parametrize("name", KINDS)
def test_no_button_overwrites_what_another_one_saved(name: str, reader: Login, database: Database) -> None:
    kind, place, ways = KINDS[name], 0, 1
    while place < ways:
        two = Two(kind, reader, database)
        buttons = list(two.form.each_way())
        ways, button = len(buttons), buttons[place]
        both = f'id="both-{kind.question}"'
        page, form = two.after(two.form, button, **{kind.field: MINE})
        assert both in page and THEIRS in page and MINE in page, button
        if button in form.buttons:
            page, form = two.after(form, button)
            assert both in page and THEIRS in page and MINE in page, ("pressed again", button)
        assert two.saves(form) == 409 and two.stored == THEIRS, button
        assert two.saves(form, **{f"choice.{kind.question}": "mine"}) == 303 and two.stored == MINE, button
        place += 1
    assert ways >= kind.least

"""Where a page has several forms, each shows its own refusal, within itself, and nobody else's."""

import re
from collections.abc import Callable, Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from flask import Flask

import service.web
from tenants.history.entries import Actor
from tenants.identity.users import APPROVER, OWNER
from tests.conftest import Database
from tests.factories import a_member, an_organisation
from tests.pages.conftest import Reader, slug_of
from tests.pages.forms import local

Login = Callable[[Actor], Reader]
TEMPLATES = Path(service.web.__file__).parent / "templates"
FORM = re.compile(r"<form.*?</form>", re.S)
SHOWS = re.compile(r"f\.(summary|refused)\((?!form\))")
NEVER_REFUSED = {
    "account.end_session", "account.end_others", "account.renew_recovery_codes",  # they end or make, whatever was
    "breaches.confirm", "breaches.tell_people",  # who is too late, or may not, gets a page that says so
    "login.log_out",  # it ends the login
    "home.seen", "home.put_away",  # they keep what the reader has seen, and put the list of first steps away
    "escalation_tests.begin",  # who may not begin a test gets a page that says so
    "choose_own_language",  # it keeps a language that the address names
    "oidc.set_out_to_join",  # it leads to the provider
    "files.leave",  # it ends a file that nobody took
    "search.shown",  # it leads to the page of the search, which says what it cannot find
}
ELSEWHERE = {"next_step.html", "invitation.html", "passkey.html", "contact_asked.html"}
"""A step as it is, or done alone: one at a time; the other form of an invitation leads to a provider; macros; who says
yes to being a contact fills in nothing."""


def test_each_form_of_a_template_with_several_shows_its_own_refusal() -> None:
    count = 0
    for file in TEMPLATES.rglob("*.html"):
        forms = FORM.findall(file.read_text("utf-8"))
        if len(forms) < 2 or file.name in ELSEWHERE:
            continue
        count += 1
        for form in forms:
            never = any(f"web.{name}'" in form for name in NEVER_REFUSED)
            assert never or SHOWS.search(form), f"{file.name}: {form[:120]}"
    assert count > 7


class Forms(HTMLParser):
    """The forms of a page that post: where to, what they carry, and how many refusals stand in each; and outside."""

    def __init__(self, page: str, address: str) -> None:
        super().__init__()
        self.address, self.here = address, ""
        self.fields: dict[str, dict[str, str]] = {}
        self.alerts: dict[str, int] = {"": 0}
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        attributes = {name: value or "" for name, value in attrs}
        if tag == "form" and attributes.get("method") == "post":
            self.here = attributes.get("action") or self.address
            self.fields[self.here], self.alerts[self.here] = {}, 0
        if tag == "input" and self.here and attributes.get("type") == "hidden":
            self.fields[self.here][attributes["name"]] = attributes.get("value", "")
        if attributes.get("role") == "alert" and attributes.get("id") != "session-said":
            self.alerts[self.here] += 1

    def handle_endtag(self, tag: str) -> None:
        self.here = "" if tag == "form" else self.here


class RowOfEachForm:
    """An organisation with a row for each form of a row: people, invitations, deputies, keys."""

    def __init__(self, reader: Login, database: Database) -> None:
        self.id: UUID = an_organisation("Bakkerij Zon")
        self.owner = a_member(self.id, OWNER, "Olga")
        self.other = a_member(self.id, APPROVER, "Joris")
        self.browser, self.base = reader(self.owner), f"/o/{slug_of(self.id)}"
        self.browser.done(f"{self.base}/people", {"email": "sanne@zon.example", "role": APPROVER})
        self.browser.done(f"{self.base}/deputies", {
            "of_user": self.owner.id, "deputy_id": self.other.id, "starts_at": local(1), "ends_at": local(-24 * 5),
            "reason": "Vakantie",
        })  # fmt: skip
        made = self.browser.send(f"{self.base}/tokens", {"name": "Kassa", "scopes": "read", "days": "30"})
        assert made.status_code == 201

    def pages(self) -> list[str]:
        return [f"{self.base}/{name}" for name in ("people", "deputies", "tokens", "verification")] + ["/account"]

    def refusals(self, page: str) -> Iterator[tuple[str, dict[str, int]]]:
        """Each form of the page sent blank: where to, and where the refusals stood in what came back."""
        asked = self.browser.see(page)
        main = asked.partition("<main")[2]
        for address, hidden in Forms(main, page).fields.items():
            answer = self.browser.client.post(address, data=hidden)
            if answer.status_code >= 400:
                yield address, Forms(answer.get_data(as_text=True), address).alerts


@pytest.fixture
def house(reader: Login, database: Database, app: Flask) -> RowOfEachForm:
    return RowOfEachForm(reader, database)


def kind(address: str) -> str:
    """The address without whose it is."""
    return re.sub(r"^/o/[^/]+", "", re.sub(r"[0-9a-f]{8}-[0-9a-f-]{27}", "*", address))


def test_a_refusal_stands_in_the_form_that_was_sent(house: RowOfEachForm, database: Database) -> None:
    tried: dict[str, Any] = {}
    for page in house.pages():
        if page != "/account":
            database.outside("update login_session set proof_at = now() - interval '6 minutes'")
        else:
            database.outside("update login_session set proof_at = now()")
        for address, alerts in house.refusals(page):
            tried[kind(address)] = {kind(place): count for place, count in alerts.items() if count}
    assert tried.keys() >= {
        "/people", "/people/*/role", "/people/invitations/*/again", "/people/invitations/*/withdrawal",
        "/deputies", "/deputies/*/end", "/tokens", "/tokens/*/end", "/account/password",
    }, sorted(tried)  # fmt: skip
    assert {address: places for address, places in tried.items() if places != {address: 1}} == {}


def test_what_was_chosen_in_a_row_is_kept_there_and_the_invitation_keeps_its_own(
    house: RowOfEachForm, database: Database
) -> None:
    database.outside("update login_session set proof_at = now() - interval '6 minutes'")
    people = f"{house.base}/people"
    page = house.browser.send(f"{people}/{house.other.id}/role", {"role": "fg"}, seen=people).get_data(as_text=True)
    row = page[page.index(f'action="{people}/{house.other.id}/role') :].partition("</form>")[0]
    assert '<option value="fg" selected>' in row and "<details open>" in page
    invitation = page[page.index('id="f-email"') :].partition("</form>")[0]
    assert re.search(r'value="approver" checked|value="approver"[^>]*checked', invitation)


def test_a_refusal_of_a_form_that_is_gone_stands_above(house: RowOfEachForm) -> None:
    people = f"{house.base}/people"
    page = house.browser.see(people)
    [withdraw] = {at for at in Forms(page, people).fields if at.endswith("/withdrawal")}
    house.browser.done(withdraw, {}, seen=people)
    again = house.browser.send(withdraw, {}, seen=people)
    assert again.status_code == 422
    assert {at: n for at, n in Forms(again.get_data(as_text=True), people).alerts.items() if n} == {"": 1}

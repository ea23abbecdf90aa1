"""Who can approve now and who from when: on the page of a decision, before a factor is taken away, and in the mail."""

import re
from collections.abc import Callable
from uuid import UUID

import pyotp
import pytest
from sqlalchemy import text

from service.admission.access import COOKIE
from tenants.database import db
from tenants.history.entries import Actor
from tenants.identity.identity_providers import set_provider
from tenants.identity.linked_identities import link
from tenants.identity.sessions import begin_session, person_of_session, prove_session
from tenants.identity.totp import enrol_totp
from tenants.identity.users import APPROVER, OWNER, User
from tenants.isolation import acting_for, acting_for_nobody
from tenants.register.breaches import breach
from tests.conftest import Database
from tests.factories import a_member, an_organisation
from tests.pages.conftest import Reader, slug_of, typed_assessment
from tests.pages.worlds import Controller
from workflows.accounts.account_changes import approving
from workflows.accounts.crew import crew_here
from workflows.mail.outbox import Outbox
from workflows.running import jobs

Login = Callable[[Actor], Reader]
WAITS = "update membership set counts_from = now() + interval '1 day' where user_id = :who"
YOUNG = "update app_user set proof_counts_from = now() + interval '1 day' where id = :who"
TAKEN = "update app_user set factors_taken_at = now() where id = :who"
DEPUTY = "update deputy set counts_from = case when deputy_id = :who then {} end"


@pytest.fixture
def drafted(reader: Login) -> Controller:
    """A decision that Adam must approve."""
    bakery = Controller(reader)
    bakery.do(bakery.olga, "assess", **typed_assessment())
    bakery.do(bakery.olga, "draft", decision="notify", reason="Er is een risico")
    return bakery


@pytest.mark.parametrize("change", [WAITS, YOUNG, TAKEN])
def test_the_page_says_who_can_from_when(drafted: Controller, database: Database, change: str) -> None:
    assert "Nu is aan zet: Adam." in drafted.hugo.see(drafted.page)
    database.outside(change, who=drafted.approver.id)
    page = drafted.hugo.see(drafted.page)
    assert "Nu is aan zet" not in page and "Nu kan nog niemand dit doen." in page
    assert "Adam kan het vanaf" in page


def test_a_deputy_who_waits_and_the_deputy_of_who_waits_come_later(drafted: Controller, database: Database) -> None:
    with acting_for(drafted.id):
        db.session.execute(text("""
            insert into deputy (organisation_id, of_user, deputy_id, starts_at, ends_at, reason, appointed_by)
            values (:here, :of, :who, now(), now() + interval '5 days', 'Ziek', :of)"""),
            {"here": drafted.id, "of": drafted.approver.id, "who": drafted.handler.id})  # fmt: skip
    with acting_for(drafted.id):
        assert crew_here().who_approves()[0] == ("Adam", "Hugo")
    database.outside(DEPUTY.format("now() + interval '1 day'"), who=drafted.handler.id)
    with acting_for(drafted.id):
        now, later = crew_here().who_approves()
        assert now == ("Adam",) and [approver.name for approver in later] == ["Hugo"]
    database.outside(DEPUTY.format("null::timestamptz"), who=drafted.handler.id)
    database.outside(WAITS, who=drafted.approver.id)
    with acting_for(drafted.id):
        now, later = crew_here().who_approves()
        assert now == () and [approver.name for approver in later] == ["Adam", "Hugo"]
        words = approving("nl")
        assert "kan niemand bij uw organisatie goedkeuren" in words and "Hugo kan het niet eerder" in words


WAYS = {
    "account, no provider": (False, False, None), "account, not linked": (True, False, None),
    "account, linked": (True, True, None), "provider": (True, True, "provider"),
    "provider, and the own factor": (True, True, "own factor"),
}
"""How Adam logs in: whether there is a provider, whether his account is linked to it, and who gave the second factor
of a login through it."""


def by_provider(bakery: Controller, second: str) -> Reader:
    """Adam, logged in through the provider; the second factor is the provider's, or was the account's own."""
    assert bakery.approver.id
    with acting_for_nobody():
        token = begin_session(User(id=bakery.approver.id), True, bakery.id)
        session = person_of_session(token)
        assert session and session.session_id
        if second == "own factor":
            prove_session(session.session_id)
    browser = bakery.adam.client.application.test_client()
    browser.set_cookie(COOKIE, token)
    return Reader(browser)


@pytest.mark.parametrize("seat_waits", [False, True], ids=["seat counts", "seat waits"])
@pytest.mark.parametrize("is_young", [False, True], ids=["old factor", "new factor"])
@pytest.mark.parametrize("way", WAYS)
def test_the_page_says_what_the_act_checks(
    drafted: Controller, database: Database, way: str, is_young: bool, seat_waits: bool
) -> None:
    has_provider, is_linked, second = WAYS[way]
    assert drafted.approver.id
    with acting_for(drafted.id):
        values = {"name": "Azure", "issuer": "https://login.example", "client_id": "x", "client_secret": "y" * 20}
        if has_provider:
            set_provider(values | {"proof_acr": []})
        if is_linked:
            link(drafted.approver.id, "https://login.example", str(drafted.approver.id))
    for change in [YOUNG] * is_young + [WAITS] * seat_waits:
        database.outside(change, who=drafted.approver.id)
    page = drafted.hugo.see(drafted.page)
    now = re.search(r"Nu is aan zet: ([^.]*)\.", page)
    names = re.sub(r"<[^>]*>|[\u2066-\u2069]", "", now[1]) if now else None
    assert (names is None) == ("Nu kan nog niemand dit doen." in page) == ("Adam" in page and "kan het vanaf" in page)
    adam = by_provider(drafted, second) if second else drafted.adam
    can = {"Adam": True, "Adam (via Azure)": second == "provider", None: False}[names]
    own = adam.see(drafted.page)
    assert (f'action="{drafted.page}/steps/approve"' in own) == can == ("U kunt dit doen vanaf" not in own)
    with acting_for(drafted.id):
        version = str(breach(drafted.breach).version)
    answer = adam.send(f"{drafted.page}/steps/approve", {"agrees": "true", "version": version}, seen=drafted.page)
    assert answer.status_code == (303 if can else 403), answer.get_data(as_text=True)


def an_approver(place: UUID, name: str = "Joris Mulder") -> UUID:
    who = a_member(place, APPROVER, name).id
    assert who
    with acting_for_nobody():
        enrol_totp(who, pyotp.random_base32())
    return who


@pytest.mark.parametrize("act", ["second-factor/removal", "removal"])
def test_an_owner_is_warned_that_nobody_else_could_approve(
    reader: Login, database: Database, act: str
) -> None:
    place = an_organisation("Bakkerij Zon")
    who, owner = an_approver(place), reader(a_member(place, OWNER, "Olga"))
    page = owner.see(f"/o/{slug_of(place)}/people/{who}/{act}")
    assert "niemand anders dan u goedkeuren bij Bakkerij Zon" in page
    assert ("tot minstens" in page) == (act != "removal")
    other = an_approver(place, "Bram")
    assert "niemand anders dan u" not in owner.see(f"/o/{slug_of(place)}/people/{who}/{act}")
    database.outside(YOUNG, who=other)
    assert "Daarna kan tot minstens" in owner.see(f"/o/{slug_of(place)}/people/{who}/{act}")


def test_the_mails_say_who_did_it_and_who_can_approve_until_when(reader: Login, outbox: Outbox) -> None:
    place = an_organisation("Bakkerij Zon")
    who, owner = an_approver(place), reader(a_member(place, OWNER, "Olga"))
    a_member(place, OWNER, "Otto")
    owner.done(f"/o/{slug_of(place)}/people/{who}/second-factor/removal", {})
    jobs.drain(str(place))
    written = {person.name: mail.as_read_by(person)[1] for mail in outbox.mails for person in mail.people}
    assert "Dit deed: Olga, bij Bakkerij Zon" in written["Joris Mulder"]
    assert "Log in en stel meteen een nieuwe tweede stap in" in written["Joris Mulder"]
    assert "Goedkeuren kunnen nu bij uw organisatie: Olga, Otto." in written["Otto"]
    assert "Joris Mulder kan het niet eerder dan" in written["Otto"]

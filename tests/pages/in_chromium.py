"""In a real browser: somebody logs in, and no page is wider than a telephone."""

from uuid import UUID

import pyotp
from playwright.sync_api import Page

from service.admission.access import COOKIE
from tenants.database import db
from tenants.history.entries import Actor
from tenants.identity.sessions import begin_session
from tenants.identity.users import OWNER, User
from tenants.isolation import acting_for_nobody
from tests.pages.accounts import PASSWORD, somebody

NARROW = {"width": 320, "height": 700}


def nothing_sticks_out(page: Page) -> None:
    """At 320 pixels nobody scrolls sideways."""
    page.wait_for_load_state("load")
    before = page.viewport_size
    page.set_viewport_size(NARROW)  # type: ignore[arg-type]
    assert page.evaluate("document.documentElement.scrollWidth") <= NARROW["width"], page.url
    page.set_viewport_size(before)  # type: ignore[arg-type]


def has_session(page: Page, who: Actor, site: str) -> None:
    """With a session of their own."""
    with acting_for_nobody():
        user = db.session.get(User, who.id)
        assert user is not None
        token = begin_session(user, proven=True)
    page.context.add_cookies([{"name": COOKIE, "value": token, "url": site}])


def fill_moment(page: Page, title: str, at: str) -> None:
    """A moment such as 2026-12-03T14:05, typed into the two fields that have this title."""
    day, clock = at.split("T")
    group = page.get_by_role("group", name=title)
    group.get_by_label("Dag").fill("-".join(reversed(day.split("-"))))
    group.get_by_label("Tijd").fill(clock)


def log_in_by_password(page: Page, email: str) -> None:
    """By password alone, until the next page is there: who went on before it would be led back by its answer."""
    page.goto("/login")
    page.get_by_label("E-mailadres").fill(email)
    page.get_by_label("Wachtwoord").fill(PASSWORD)
    page.get_by_role("button", name="Inloggen", exact=True).click()
    page.wait_for_url(lambda url: "/login" not in url)


def give_code(page: Page, secret: str) -> None:
    """A code of the app, typed once the page's scripts are there: before, they keep no part that a mail led to."""
    page.get_by_label("Code").wait_for()
    page.wait_for_load_state("load")
    page.get_by_label("Code").fill(pyotp.TOTP(secret).now())
    page.get_by_role("button", name="Bevestigen").click()


def log_in_as_owner(page: Page, organisation: UUID) -> tuple[UUID, str]:
    """A new owner, who gives password and code; their id, and the secret of their app."""
    secret = pyotp.random_base32()
    email, who = somebody(organisation, OWNER, secret)
    log_in_by_password(page, email)
    give_code(page, secret)
    page.wait_for_url(lambda url: "/proof" not in url)
    return who, secret

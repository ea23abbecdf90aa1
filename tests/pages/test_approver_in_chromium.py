"""In a real Chromium: from the mail that says that it is one's turn to the approval, in three screens after login."""

import re
from collections.abc import Callable

import pyotp
from flask import Flask
from playwright.sync_api import Page, expect

from tenants.identity.users import APPROVER
from tenants.isolation import acting_for
from tests.conftest import Database
from tests.factories import a_member, an_assessment, an_organisation, an_own_breach
from tests.pages.accounts import PASSWORD, somebody
from tests.pages.in_chromium import give_code, nothing_sticks_out
from workflows.catalogue import CATALOGUE
from workflows.decisions import turn_mails
from workflows.engine.advance import complete
from workflows.mail.outbox import Outbox
from workflows.notification.ap_notification import AP_NOTIFICATION
from workflows.running import jobs

APPROVE = "Goedkeuren"


def test_from_the_mail_to_the_approval_in_three_screens(
    browse: Callable[..., Page], app: Flask, database: Database, outbox: Outbox
) -> None:
    house, secret = an_organisation(), pyotp.random_base32()
    officer, (email, _) = a_member(house), somebody(house, APPROVER, secret)
    breach = an_own_breach(house, officer)
    with acting_for(house):
        complete(AP_NOTIFICATION, breach, "assess", officer, "privacy_officer", an_assessment())
        draft = {"decision": "notify", "reason": "Kans op fraude."}
        complete(AP_NOTIFICATION, breach, "draft", officer, "privacy_officer", draft)
    turn_mails.note_turns(house, CATALOGUE, 10)
    for person, home in turn_mails.people_to_mail(10, gathered_s=0):
        turn_mails.mail_turns(person, home)
    jobs.drain(str(house))
    [mail] = [mail for mail in outbox.mails if mail.people[0].address == email]
    [link] = re.findall(r"https?://[^/\s]+(/o/\S+)", mail.text)

    page, screens = browse(viewport={"width": 390, "height": 844}), list[str]()
    page.goto(link)
    page.get_by_label("E-mailadres").fill(email)
    page.get_by_label("Wachtwoord").fill(PASSWORD)
    page.on("framenavigated", lambda frame: screens.append(frame.url))
    page.get_by_role("button", name="Inloggen", exact=True).click()
    give_code(page, secret)
    page.wait_for_url("**/breaches/*#next")  # the part that the mail led to is kept through the login
    nothing_sticks_out(page)
    button = page.locator("#next").get_by_role("button", name=APPROVE, exact=True)
    expect(button).to_be_in_viewport()
    menu = page.get_by_role("button", name="Menu")
    page.evaluate("scrollTo(0, 0)")
    menu.click()
    page.get_by_role("button", name="Sluiten").click()
    expect(page.get_by_role("navigation", name="Menu")).to_be_hidden()
    menu.click()
    page.mouse.click(40, 800)
    expect(page.get_by_role("navigation", name="Menu")).to_be_hidden()
    page.locator("#next").get_by_role("button", name=APPROVE, exact=True).click()
    expect(page.locator("#next").get_by_role("button", name=APPROVE, exact=True)).to_have_count(0)
    assert len(screens) <= 3, screens

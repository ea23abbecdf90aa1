"""Each setting of an organisation is used: this walk names where, and changes it there. A new one must join it."""

import re
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import text

from tenants.database import db
from tenants.history.entries import Actor
from tenants.isolation import acting_for
from tenants.organisations.organisations import Organisation, the_acting_organisation
from tenants.organisations.settings import COLUMNS
from tenants.register.breaches import Breach, breach
from tests.factories import an_incident, an_office, an_own_breach, proven
from tests.pages.conftest import Reader, typed_assessment
from tests.pages.forms import typed_over, visible
from tests.pages.worlds import SUBMITTED, Controller
from workflows.catalogue import CATALOGUE
from workflows.closed_days import closed_days
from workflows.engine.drain import drain_steps
from workflows.law.ap_form import fill
from workflows.mail.outbox import Outbox
from workflows.mail.sender_names import called_as_sender
from workflows.notification.ap_dossier import beside_answers, facts_of
from workflows.running.jobs import drain
from workflows.settings.changing import change_settings

LINK = re.compile(r"/reply-address/[\w-]+")
Use = Callable[[Organisation], object]
BAKERY: Mapping[str, Any] = MappingProxyType({
    "name": "Bakkerij", "without_fg": False, "closed_weekdays": [], "closed_periods": [], "locale": "nl",
})  # fmt: skip


def question(name: str) -> Use:
    """The answer to this question of the AP's form."""
    def use(organisation: Organisation) -> object:
        answer = fill(facts_of(Breach(), organisation)).question(name)
        return answer.state, answer.value
    return use


def closed(organisation: Organisation) -> object:
    return closed_days(organisation.closed_weekdays, organisation.closed_periods)


FG = question("contact_person")
USED: Mapping[str, tuple[Any, Use]] = MappingProxyType({
    "name": ("Molen", question("organisation_name")),
    "trade_names": ("Molen\nHoekje", beside_answers),
    "sector": ("bakkerij", question("sector")),
    "size": ("micro", beside_answers),
    "fg_name": ("Fleur", FG), "fg_email": ("fg@molen.example", FG), "fg_phone": ("030 123 45 67", FG),
    "fg_number": ("FG001", question("fg_number")),
    "without_fg": (True, question("fg_number")),
    "sender_name": ("Jansen", called_as_sender),
    "closed_weekdays": ([7], closed),
    "closed_periods": ([{"first": "2026-12-24", "last": "2027-01-01"}], closed),
    **{f"{kind}_{part}": ("Kade", question("address"))
       for kind in ("visiting", "postal") for part in ("street", "postcode", "town", "country")},
})  # fmt: skip
"""Each setting with a value, and what is another thing by that value."""
SHOWN_BELOW = {"locale", "financial_undertaking", "reply_address"}
"""A test below of each shows where it is used: a value of the row alone changes nothing yet."""


def test_each_setting_is_used_somewhere() -> None:
    assert set(USED) | SHOWN_BELOW == set(COLUMNS) and not SHOWN_BELOW & set(USED)


@pytest.mark.parametrize("setting", USED)
def test_a_setting_changes_what_it_is_used_for(setting: str) -> None:
    value, use = USED[setting]
    reachable = {"fg_name": "Fleur", "fg_phone": "030 999 99 99"} if setting.startswith("fg_") else {}
    before = dict(BAKERY) | {name: known for name, known in reachable.items() if name != setting}
    if setting == "fg_name":
        before |= {"fg_name": "Iemand anders"}
    assert use(Organisation(**before)) != use(Organisation(**before | {setting: value})), setting


def test_the_flag_of_the_law_counts_for_a_new_breach(reader: Callable[[Actor], Reader], app: object) -> None:
    bank = Controller(reader)
    at = f"{bank.base}/settings"
    bank.olga.done(at, typed_over(bank.olga, at, {"financial_undertaking": "true"}))
    later = an_own_breach(bank.id, bank.officer)
    with acting_for(bank.id):
        assert breach(later).financial_undertaking is True and breach(bank.breach).financial_undertaking is None


@pytest.mark.parametrize("locale", ["nl", "en"])
def test_messages_to_clients_are_in_the_language_of_the_office(app: object, locale: str) -> None:
    office = an_office(clients=1)
    with acting_for(office.id):
        the_acting_organisation().locale = locale
    an_incident(office)
    drain_steps(office.id, CATALOGUE, uuid4())
    with acting_for(office.id):
        languages = db.session.scalars(text("select locale from mail_batch where purpose = 'escalation'")).all()
    assert languages == [locale]


def test_answers_to_a_message_go_to_the_address_that_was_confirmed(
    app: object, stranger: Reader, outbox: Outbox
) -> None:
    office = an_office(clients=1)
    with acting_for(office.id):
        change_settings({"reply_address": "post@molen.example"}, proven(office.officer), 1)
    while drain(str(office.id)):
        pass
    link = next(found for mail in outbox.mails if (found := LINK.search(mail.as_read_by(mail.people[0])[1])))
    stranger.done(link[0], {})
    an_incident(office)
    while drain(str(office.id)):
        pass
    assert [mail.reply_to for mail in outbox.mails if mail.purpose == "escalation"] == ["post@molen.example"]


def test_function_and_telephone_number_of_who_reports_stand_in_the_form(
    reader: Callable[[Actor], Reader], app: object
) -> None:
    house = Controller(reader)
    house.olga.done("/account/reporter", {"function": "FG-assistent", "phone": "030 765 43 21"}, seen="/account")
    form = visible(house.olga.see(f"{house.page}/form/answers"))
    assert "FG-assistent" in form and "030 765 43 21" in form and "FG-assistent" not in form_of_another(house)


def form_of_another(house: Controller) -> str:
    return visible(house.hugo.see(f"{house.page}/form/answers"))


def test_trade_names_and_size_stand_beside_an_answer_until_the_form_is_sent(
    reader: Callable[[Actor], Reader], app: object
) -> None:
    house = Controller(reader)
    at = f"{house.base}/settings"
    filled_in = {"trade_names": ["Molenbrood", "Hoekje"], "sector": "bakkerij", "size": "micro"}
    house.olga.done(at, typed_over(house.olga, at, filled_in))
    for page in (f"{house.page}/form", f"{house.page}/form/answers"):
        words = visible(house.olga.see(page))
        assert "Handelsnamen: Molenbrood; Hoekje." in words and "Grootte: micro" in words, page
        assert "Voor zover wij weten vraagt de AP er niet naar" in words
    house.do(house.olga, "assess", **typed_assessment("risk"))
    house.do(house.olga, "draft", decision="notify", reason="Er is een risico")
    house.do(house.adam, "approve", agrees="true")
    house.do(house.hugo, "submit", **SUBMITTED)
    assert "Molenbrood" not in house.olga.see(f"{house.page}/form/answers"), "it was not sent with the form"

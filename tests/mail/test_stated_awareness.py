"""A reminder of the 72 hours says on whose word they run, and where the controller states its own moment."""

from uuid import UUID

import pytest

from tenants.isolation import acting_for
from tenants.organisations.organisations import the_acting_organisation
from tests.conftest import BASE_URL, Database
from tests.factories import an_own_breach
from tests.service.stating import a_stated_awareness
from workflows.mail.outbox import Outbox
from workflows.running import jobs

SENTENCES = {
    "nl": ("U weet het volgens De Linde Accountants, per telefoon, sinds ", "Klopt dat niet, leg dan uw eigen moment"),
    "en": ("According to De Linde Accountants, by telephone, you have known since ", "record your own moment."),
}


def reminders(outbox: Outbox, organisation: UUID) -> list[str]:
    """What the organisation's own people read when its clocks are heard."""
    outbox.mails.clear()
    jobs.sweep()
    while jobs.drain(str(organisation)):
        pass
    return [mail.as_read_by(mail.people[0])[1] for mail in outbox.mails]


@pytest.mark.parametrize("language", SENTENCES)
@pytest.mark.parametrize("hours_ago", [30, 100])
def test_a_reminder_says_whose_word_it_is(own_database: Database, outbox: Outbox, language: str, hours_ago: int):
    stated = a_stated_awareness(hours_ago)
    own_database.outside("update organisation set locale = :l where id = :o", l=language, o=stated.id)
    own_database.outside("update app_user set locale = :l", l=language)
    with acting_for(stated.id):
        slug = the_acting_organisation().slug
    texts = [text for text in reminders(outbox, stated.id) if SENTENCES[language][0] in text]
    assert len(texts) == 1 and SENTENCES[language][1] in texts[0] and "Back-upstation kwijt" in texts[0]
    assert f"{BASE_URL}/o/{slug}/breaches/{stated.breach}/awareness" in texts[0]


@pytest.mark.parametrize("hours_ago", [30, 100])
def test_after_the_controllers_own_word_and_for_its_own_breach_nobody_else_is_named(
    own_database: Database, outbox: Outbox, hours_ago: int
):
    stated = a_stated_awareness(hours_ago)
    stated.states(hours_ago + 0.5)
    an_own_breach(stated.id, stated.by, hours_ago=hours_ago)
    mailed = reminders(outbox, stated.id)
    assert mailed and not [text for text in mailed if "U weet het volgens" in text or "/awareness" in text]


@pytest.mark.parametrize("hours_ago", [30, 100])
def test_a_receipt_is_said_as_the_organisations_own_and_never_as_the_word_of_its_office(
    own_database: Database, outbox: Outbox, hours_ago: int
):
    stated = a_stated_awareness(hours_ago)
    own_database.outside("update breach set stated_aware_how = 'receipt' where id = :id", id=stated.breach)
    [reminder] = [text for text in reminders(outbox, stated.id) if "/awareness" in text]
    assert "De ontvangst is bevestigd op " in reminder and "Vanaf dat moment loopt de tijd." in reminder
    assert "De Linde" not in reminder, "nobody else named this moment"

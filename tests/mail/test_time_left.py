"""The message of a processor says how much time its reader truly has: from when it was told, not from this mail."""

from datetime import timedelta

import pytest

from tenants.isolation import acting_for, database_now
from tests.conftest import Database
from tests.factories import an_incident, an_office
from workflows.escalation.incident import ClientHit
from workflows.mail.outbox import Outbox
from workflows.mail.words import local_moment
from workflows.running import jobs

HOUR = timedelta(hours=1)
FROM_NOW = {"nl": "Vanaf dit bericht hebt u 72 uur.", "en": "You have 72 hours from this message."}
SAID = {
    "nl": ("op {told}, per telefoon. Vanaf dat moment hebt u 72 uur, dus tot {until}.", "beslis voor {until}"),
    "en": (
        "on {told}, by telephone. From that moment on you have 72 hours, so until {until}.", "decide before {until}",
    ),
}  # fmt: skip
OVER = {
    "nl": ("Die tijd is voorbij. Beslis daarom nu", "beslis nu"),
    "en": ("That time is over. So decide", "decide now"),
}


def written(outbox: Outbox, own_database: Database, language: str, told_hours_ago: int | None) -> tuple[str, str, str]:
    """The subject and text that a client gets, and when it was told before."""
    outbox.mails.clear()
    office = an_office(1)
    own_database.outside("update organisation set locale = :l where id = :o", l=language, o=office.id)
    with acting_for(office.id):
        told_at = database_now() - told_hours_ago * HOUR if told_hours_ago else None
    hit = ClientHit(2, "K0001", 5, 5, informed_at=told_at, informed_how="phone" if told_at else None)
    an_incident(office, [hit], hours_ago=(told_hours_ago or 0) + 1)
    jobs.drain(str(office.id))
    [mail] = [mail for mail in outbox.mails if mail.purpose == "escalation"]
    subject, text, _ = mail.as_read_by(mail.people[0])
    form = {
        "told": local_moment(told_at, language) if told_at else "",
        "until": local_moment(told_at + 72 * HOUR, language) if told_at else "",
    }
    return subject, text, " | ".join(part.format(**form) for part in SAID[language])


@pytest.mark.parametrize("language", SAID)
def test_who_was_telephoned_before_reads_until_when_it_has(own_database: Database, outbox: Outbox, language: str):
    subject, text, said = written(outbox, own_database, language, 20)
    sentence, ending = said.split(" | ")
    assert sentence in text and subject.endswith(ending)
    assert FROM_NOW[language] not in text


@pytest.mark.parametrize("language", SAID)
def test_who_hears_first_by_this_mail_has_the_whole_term(own_database: Database, outbox: Outbox, language: str):
    subject, text, _ = written(outbox, own_database, language, None)
    assert FROM_NOW[language] in text and "72" in subject


@pytest.mark.parametrize("language", SAID)
def test_a_term_that_is_over_is_shown_as_over(own_database: Database, outbox: Outbox, language: str):
    subject, text, _ = written(outbox, own_database, language, 80)
    assert OVER[language][0] in text and subject.endswith(OVER[language][1]) and FROM_NOW[language] not in text

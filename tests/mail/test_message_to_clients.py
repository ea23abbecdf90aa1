"""The message to a client says what its reader needs to judge the breach, and what became of the contact before."""

import re
from typing import Any

import pytest

from tests.conftest import Database
from tests.factories import Office, an_incident, an_office, sendgrid_tells
from workflows.law.vocabulary import DATA, GROUPS
from workflows.mail.outbox import Outbox
from workflows.mail.words import word
from workflows.running import jobs

CONTACTS = [{"name": name, "email": f"{name.lower()}@client.example", "phone": "010"} for name in ("Anna", "Bo", "Cas")]


@pytest.fixture
def office(own_database: Database, outbox: Outbox) -> Office:
    return an_office(contacts=CONTACTS)


def written(office: Office, outbox: Outbox, **facts: Any) -> str:
    """The text of the first message about an incident with these facts."""
    an_incident(office, **facts)
    jobs.drain(str(office.id))
    return outbox.mails[-1].as_read_by(outbox.mails[-1].people[0])[1]


def test_it_says_the_kinds_of_data_the_cause_and_since_when_the_office_is_certain(office: Office, outbox: Outbox):
    facts = {"data": ["name", "bsn"], "groups": ["employees"]}
    text = written(office, outbox, facts=facts, cause="De tape lag in de auto", contact_phone="020 123 45 67")
    assert "Oorzaak: De tape lag in de auto\nGegevens: naam, burgerservicenummer (BSN)\n" in text
    assert "Welke mensen: werknemers\n" in text and "Telefoon: 020 123 45 67" in text
    assert "Zeker sinds: " in text


def test_what_is_not_known_is_said_so_and_a_telephone_that_is_not_there_is_left_out(office: Office, outbox: Outbox):
    text = written(office, outbox, facts={})
    for line in ("Oorzaak", "Gegevens", "Welke mensen"):
        assert f"{line}: nog niet bekend" in text
    assert "Telefoon" not in text and "niet bereiken" not in text


@pytest.mark.parametrize(("language", "until"), [("nl", "binnen 72 uur"), ("en", "within 72 hours")])
def test_its_first_sentence_says_what_happened_whose_data_what_to_do_and_until_when(
    own_database: Database, outbox: Outbox, language: str, until: str
) -> None:
    office = an_office()
    own_database.outside("update organisation set locale = :l where id = :o", l=language, o=office.id)
    first = re.split(r"(?<=\.) ", written(office, outbox).split("\n\n")[1])[0]
    for part in ("De Linde Accountants", "datalek" if language == "nl" else "breach", "Client 1", until, "(AP)"):
        assert part in first


def test_it_promises_nothing_that_the_office_cannot_send(office: Office, outbox: Outbox):
    assert "sturen wij" not in written(office, outbox)


def test_after_a_refused_mail_the_next_contact_reads_that_the_other_could_not_be_reached(
    office: Office, outbox: Outbox
) -> None:  # fmt: skip
    written(office, outbox)
    for name in ("Bo", "Cas"):
        sendgrid_tells(outbox.mails[-1:], "bounce")
        jobs.drain(str(office.id))
        reader = outbox.mails[-1].people[0]
        assert reader.name == name
        _, text, html = outbox.mails[-1].as_read_by(reader)
        assert "Wij konden een andere contactpersoon van uw organisatie niet bereiken." in text
        assert "nog niet heeft gereageerd" not in text and "<p></p>" not in html


@pytest.mark.parametrize("locale", ["nl", "en"])
def test_every_kind_has_its_words(locale: str) -> None:
    words = {word(f"data.{kind}", locale) for kind in DATA} | {word(f"groups.{kind}", locale) for kind in GROUPS}
    assert len(words) == len(DATA) + len(GROUPS)

"""What a text says is proven, was proven: the KvK number, and the name only when somebody compared it."""

import re
from typing import Any

import pytest
from flask import Flask

from tenants.isolation import acting_for
from tenants.organisations.proofs import my_proof
from tests.conftest import Database
from tests.factories import Office, let, verified
from tests.house.reading import ROOT, texts
from tests.service.unproven_client import UnprovenClient
from workflows.accounts.inviting import invite
from workflows.mail.outbox import Outbox
from workflows.mail.proof_words import proof_words
from workflows.running import jobs
from workflows.trust.verifying import prove_name_by_operator, take_proof_back

SAYS = re.compile(r"geverifieerd|bewezen|\bverified\b|\bproven\b|\bbewees\b|\bproved\b", re.I)
TOO_MUCH = re.compile(
    r"echt van|van die organisatie is|is wie het zegt|really (yours|belongs)|belongs to that|is who it says", re.I
)
"""More than a proof of a number ever shows: that a name is right, or that a register is somebody's."""
STATES = "says whether there is a proof, and claims nothing of the name"
BESIDE = "stands before the words of the proof itself (workflows/mail/proof_words.py), on the same page or in the mail"
NUMBER = "speaks of the KvK number alone"
CHAIN = "is about the chain of history, which somebody else vouches for"
CHECKED = "is chosen when the name was compared alone"
SPEAKS = {
    "labels.history.consent_ended_by_proof": NUMBER, "labels.history.escalation_received_by_verified": NUMBER,
    "labels.history.verification_verified": STATES, "labels.history.client_verified": STATES,
    "errors.mail.links_of_verified": STATES, "errors.verification.already": STATES,
    "errors.verification.not_verified": STATES, "history.witnessed_all": CHAIN, "history.witnessed": CHAIN,
    "api.operation.show_verification": STATES, "evidence.not_verified": STATES, "notice.held.not_verified": STATES,
    "notice.release_waits": STATES, "notice.release_waits_one": STATES, "notice.proof_first": STATES,
    "notice.waits_now": STATES,
    "labels.history.breach_office_left": NUMBER,
    "errors.joining.loses_proof": STATES, "processors.join.loses_proof": STATES,
    "processors.request.verified": NUMBER, "processors.request.not_verified": STATES,
    "processors.request.standing": BESIDE,
    "organisation.verified": STATES, "organisation.withdrawn": STATES, "organisation.name_checked": CHECKED,
    "genuine.verified_number": NUMBER, "genuine.registered": STATES,
    "genuine.self_registered": STATES, "genuine.founded": STATES, "letter.unasked": STATES,
    "verification.is_verified": BESIDE, "verification.done": STATES, "verification.verified": BESIDE,
    "verification.not_verified": STATES, "verification.client_verified": BESIDE,
    "verification.client_not_verified": STATES, "board.print_proven": STATES, "verification.proven.number": NUMBER,
    "verification.proven.number_and_name": CHECKED, "verification.proven.organisation": STATES,
    "verification.proven.organisation_and_name": CHECKED,
    "client_proven.txt": NUMBER, "office_gone.txt": NUMBER, "verified.txt": BESIDE,
    "verification_withdrawn.txt": STATES, "words.whose.verified": BESIDE, "words.whose.registered": STATES,
    "words.whose.self_registered": STATES, "words.whose.founded": STATES,
    "receipt.no_second": STATES,
    "errors.settings.name_proven": STATES, "errors.settings.sender_claims": STATES,
    "settings.names.name_hint": STATES,
    "overview.first_steps.verify_why": STATES,
    "verification.client_not_shown": STATES, "words.reply_not_verified": STATES,
}
"""Every text on screen and in mail that says what is proven, and how it keeps to that."""


def every_text() -> dict[str, str]:
    """By key: the texts of both languages in a row."""
    mails = ROOT / "workflows" / "mail" / "texts"
    tests: dict[str, str] = {}
    for language in ("nl", "en"):
        known = texts(ROOT / "service" / "translations" / language) | {
            file.name: file.read_text("utf-8") for file in (mails / language).glob("*.txt")
        } | texts(mails / language)  # fmt: skip
        for key, words in known.items():
            tests[key] = f"{tests.get(key, '')}\n{words}"
    return tests


def test_every_text_that_says_what_is_proven_is_known_here():
    assert {key for key, words in every_text().items() if SAYS.search(words)} == set(SPEAKS)


def test_no_text_says_more_than_a_proof_shows():
    assert [key for key, words in every_text().items() if TOO_MUCH.search(words)] == []


@pytest.fixture
def client(app: Flask, database: Database, office: Office) -> UnprovenClient:
    return UnprovenClient(app, database, office)


def not_verified(client: UnprovenClient) -> None:
    """Nothing was proven."""


def number(client: UnprovenClient) -> None:
    verified(client.database.config.owner_url(), client.id)


def number_and_name(client: UnprovenClient) -> None:
    let(client.database.config.owner_url(), client.id, "check_name", "Uittreksel", prove_name_by_operator)


def mailed(client: UnprovenClient, outbox: Outbox) -> dict[str, str]:
    """What the client's people and its office read, by the beginning of the subject."""
    with acting_for(client.id):
        invite("nieuw@bakkerij.example", "auditor", client.by)
    for organisation in (client.id, client.office.id):
        while jobs.drain(str(organisation)):
            pass
    read: dict[str, str] = {}
    for mail in outbox.mails:
        for person in mail.people:
            subject, text, _ = mail.as_read_by(person)
            read[f"{subject} {person.address}"] = " ".join(text.split())
    return {key: text for key, text in read.items() if SAYS.search(text)}


@pytest.mark.parametrize("state", [not_verified, number, number_and_name])
def test_mails_and_pages_say_what_was_proven_and_no_more(client: UnprovenClient, outbox: Outbox, state: Any):
    state(client)
    read = mailed(client, outbox)
    with acting_for(client.id):
        proof = my_proof()
    if proof is None:
        assert read and all("niet geverifieerd" in text for text in read.values())
        assert "verstuurd voor" in client.places()["genuine"]
        return
    said = proof_words(proof, "nl")
    assert ("de naam is ook gecontroleerd" in said) == (state is number_and_name)
    assert ("naam zoals opgegeven door" in said) == (state is number)
    offices = {address for address in read if "bakkerij" not in address and "is geverifieerd" in address}
    assert len(read) >= 3 and offices, "its own people, its office, and who was invited"
    assert [key for key, text in read.items() if said not in text] == []
    genuine = client.places()["genuine"]
    assert said in genuine and ("De naam is niet vergeleken" in genuine) == (state is number)


def test_a_proof_that_was_taken_back_is_told_without_claiming_it(client: UnprovenClient, outbox: Outbox):
    number(client)
    mailed(client, outbox)
    outbox.mails.clear()
    let(client.database.config.owner_url(), client.id, "withdraw", "Vals", take_proof_back)
    read = mailed(client, outbox)
    gone = [text for key, text in read.items() if "niet meer geverifieerd" in key]
    assert gone and all("zijn vanaf nu niet bewezen" in text for text in gone)
    assert [text for text in gone if "bevestigd" in text] == []

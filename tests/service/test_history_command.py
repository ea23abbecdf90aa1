"""`meldketen history verify`: a line for each organisation in plain words, and an exit status to act on."""

import json
from uuid import uuid4

import pytest
from sqlalchemy import text

from service.words.law_texts import LANGUAGES, law_texts
from tenants.history.comparing import DISAGREEMENTS
from tenants.history.entries import Entry, record
from tenants.history.witness import REASONS
from tenants.isolation import acting_for
from tests.conftest import Database
from tests.factories import FENNA, an_incident, an_office, an_organisation
from tests.operator_commands import verify_history
from tests.tenants.tampering import ANEW, tamper
from workflows.mail.outbox import Outbox
from workflows.running import jobs


def test_one_that_was_altered_is_named_with_the_place_and_why(own_database: Database):
    whole, altered = an_organisation(), an_organisation()
    for organisation in (whole, altered):
        with acting_for(organisation):
            record(Entry("breach", uuid4(), f"breach.{n}", FENNA, {"n": n}) for n in range(3))
    slugs = {row["id"]: row["slug"] for row in own_database.outside("select id, slug from organisation")}

    ran = verify_history(own_database)
    assert ran.returncode == 0 and f"{slugs[whole]}: niets veranderd (regels: 3)" in ran.stdout, ran.stderr
    with own_database.superuser.begin() as connection:
        connection.execute(text("set local session_replication_role = replica"))
        connection.execute(text("update history set what = 'x' where organisation_id = :o and seq = 2"), {"o": altered})

    ran = verify_history(own_database, "--json", "--lang", "en")
    report = json.loads(ran.stdout)
    assert ran.returncode == 1 and (report["entries"], report["broken"], report["ok"]) == (6, 1, False)
    row = {"organisation": slugs[altered], "entries": 3, "erased": 0, "ok": False, "seq": 2, "why": "altered",
           "witnessed": 0, "stamped_at": None}  # fmt: skip
    assert row in report["organisations"] and f"{slugs[altered]}: entry 2 was altered" in ran.stderr
    assert verify_history(own_database, "--organisation", slugs[whole]).returncode == 0
    assert verify_history(own_database, "--organisation", slugs[altered]).returncode == 1


def test_an_organisation_that_is_not_there_is_one_line(own_database: Database):
    ran = verify_history(own_database, "--organisation", "nobody")
    assert (ran.returncode, ran.stdout) == (2, "") and ran.stderr.count("\n") == 1 and "nobody" in ran.stderr


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_reason_has_its_words(language: str):
    words = law_texts("history", language)
    assert {f"why.{reason}" for reason in REASONS} == {key for key in words if key.startswith("why.")}
    assert {f"others.{why}" for why in DISAGREEMENTS} == {key for key in words if key.startswith("others.")}


def test_what_another_party_holds_is_named_with_who_and_when(own_database: Database, outbox: Outbox):
    office = an_office(clients=1)
    an_incident(office)
    jobs.drain(str(office.id))
    tamper(own_database, ANEW, office.id)
    slugs = {row["id"]: row["slug"] for row in own_database.outside("select id, slug from organisation")}
    ran = verify_history(own_database, "--organisation", slugs[office.id])
    assert ran.returncode == 1 and "een andere partij heeft iets anders in handen" in ran.stdout
    assert "  Client 1 kreeg op " in ran.stdout and "later herschreven" in ran.stdout
    ran = verify_history(own_database, "--json", "--lang", "en")
    report = json.loads(ran.stdout)
    assert {(disagreement["why"], disagreement["party"]) for disagreement in report["disagreements"]} == {
        ("rewritten", "Client 1"), ("theirs_rewritten", "De Linde Accountants"),
    } and report["broken"] == 2  # fmt: skip

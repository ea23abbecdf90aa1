"""A list with families and a mailbox of an institution, from the list to the proof: each of them is a person."""

import csv
import io
from dataclasses import replace
from pathlib import Path
from uuid import UUID

import pytest
from flask import Flask

from service.reading.reader import reading_of
from tenants.isolation import acting_for
from tests.conftest import Database
from tests.factories import NOTICE_TEXT, sendgrid_tells
from tests.open_decisions import let_days_pass
from tests.pages.worlds import Controller, Login, a_begun_notice
from tests.service.caller import Caller, caller_for, refused
from tests.service.zipped import exported, key_of, ran, unpacked
from workflows.mail.batches import Addressee
from workflows.mail.listing import add_recipients
from workflows.mail.outbox import Outbox
from workflows.mail.sender import Mail
from workflows.running.jobs import drain

FAMILIES = Path(__file__).parents[1] / "reading/files/04-gezinnen-en-wie-geen-mail-heeft.csv"
HOME, MAILBOX = "ouders.kooi@waterlelie.example", "receptie@zorghuis.example"
ALONE = {"Aart Tol", "Dina Tol", "Wessel Prins", "Truus Baas"}


@pytest.fixture
def bakery(reader: Login) -> Controller:
    """A controller that has begun a notice by its own choice."""
    return a_begun_notice(reader)


@pytest.fixture
def officer(app: Flask, bakery: Controller) -> Caller:
    """Who prepares the notice, in the API, with the list of families."""
    items = [dict(item.values) for item in reading_of(FAMILIES.read_bytes(), "recipients").items()]
    people = [{"name": item["name"], "email": item["address"]} for item in items]
    caller = caller_for(app, bakery.officer.id)  # type: ignore[arg-type]
    listed = caller.put(f"{path_of(bakery)}/recipients", {"recipients": people})
    assert listed.status_code == 200, listed.text
    assert (listed.json["sums"]["planned"], listed.json["sums"]["no_address"], listed.json["addresses"]) == (6, 4, 3)
    assert caller.put(f"{path_of(bakery)}/text", NOTICE_TEXT).status_code == 200
    return caller


def path_of(bakery: Controller) -> str:
    return f"notices/{bakery.page.rpartition('/')[2]}"


def sent(bakery: Controller, outbox: Outbox) -> Mail:
    """The mail of the notice, after three people decided about it."""
    bakery.do(bakery.adam, "approve", agrees="true")
    bakery.do(bakery.hugo, "release")
    while drain(str(bakery.id)):
        pass
    [mail] = [mail for mail in outbox.mails if mail.purpose == "notice"]
    return mail


def test_the_list_shows_who_shares_an_address_and_how_they_read_the_mail(bakery: Controller, officer: Caller) -> None:
    page, path = bakery.olga.see(bakery.page), path_of(bakery)
    assert "10 mensen informeren" in page and "6 mensen op 3 adressen" in page
    assert "Beste Björn van der Kooi, Merel van der Kooi en Sil van der Kooi," in page
    seen = bakery.adam.see(bakery.page)
    assert "4 mensen op de lijst krijgen geen mail" in seen
    assert "Beste B…, M… en S…," in seen and "voor 6 mensen" in seen and "Kooi" not in seen
    listed = {who["name"]: who for who in officer.get(f"{path}/people").json["items"]}
    assert len(listed) == 10 and {name for name, who in listed.items() if not who["address"]} == ALONE
    assert sum(who["shares_address"] for who in listed.values()) == 5 and not listed["Loïs D'Haese"]["shares_address"]
    assert bakery.olga.see(f"{bakery.page}/people").count("één mail samen met anderen op dit adres") == 5


def test_from_a_list_of_families_to_its_proof(
    bakery: Controller, officer: Caller, outbox: Outbox, database: Database, tmp_path: Path
) -> None:
    mail, path = sent(bakery, outbox), path_of(bakery)
    said = {person.address: mail.as_read_by(person)[1].partition(",\n")[0].split("Beste ")[1] for person in mail.people}
    assert said[HOME] == "Björn van der Kooi, Merel van der Kooi en Sil van der Kooi"
    assert said[MAILBOX] == "Femke Rood en Gerrit Blauw" and len(said) == 3

    reached = [person for person in mail.people if person.address != MAILBOX]
    sendgrid_tells([replace(mail, people=tuple(reached))])
    proof = exported(bakery.id, UUID(str(bakery.breach)))
    counted = [(row["state"], row["recipients"]) for row in unpacked(proof)["evidence.json"]["mail"]]
    assert sorted(counted) == [("accepted", 2), ("delivered", 4), ("no_address", 4)]
    assert ran(tmp_path, proof, "--key", key_of(bakery.id)).returncode == 0

    let_days_pass(database, bakery.id)
    [unheard] = officer.get("mail-questions").json["unheard"]
    assert (unheard["people"], unheard["people_in_all"]) == (2, 10)
    body = {"choice": "count_as_not_reached", "reason": "Wij sturen een brief"}
    settled = officer.post(f"mail-questions/{path}/settlement", body)
    assert settled.json == {"people": 2}
    while drain(str(bakery.id)):
        pass
    answer = officer.get(path).json
    assert answer["run"]["state"] == "done" and answer["sums"]["delivered"] == 4
    rows = list(csv.DictReader(io.StringIO(officer.get(f"{path}/unreached.csv").text.lstrip("\ufeff")), delimiter=";"))
    assert {row["Name"]: row["Email address"] for row in rows} == {
        "Femke Rood": MAILBOX, "Gerrit Blauw": MAILBOX, **dict.fromkeys(ALONE, "")
    }  # fmt: skip


def test_who_joins_an_address_after_the_approval_was_not_approved(bakery: Controller, officer: Caller) -> None:
    bakery.do(bakery.adam, "approve", agrees="true")
    with acting_for(bakery.id):
        assert add_recipients(UUID(path_of(bakery).partition("/")[2]), [Addressee("Nieuw", HOME)]) == 1
    handler = caller_for(officer.app, bakery.handler.id)  # type: ignore[attr-defined]
    refused(handler.post(f"{path_of(bakery)}/release"), 422, "notice.not_as_approved")

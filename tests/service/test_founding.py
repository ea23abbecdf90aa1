"""The first office: the operator founds it, its owner opens it by a link, it is admitted and registers a client."""

import re
import subprocess
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy.exc import DBAPIError

from service.cli import main
from service.running.operator import as_operator
from service.wiring import create_app
from tenants.database import db
from tenants.history.entries import of_subject
from tenants.identity.users import Membership
from tenants.isolation import acting_for
from tenants.organisations.founding import FOUNDED, INVITED, Founding, begin_first_owner, found
from tenants.organisations.organisations import slug_of
from tests.conftest import Database
from tests.factories import an_office
from tests.house.reading import commands_in
from tests.oidc.browser import Browser
from tests.operator_commands import operate
from tests.service.caller import Caller, caller_for
from workflows.mail.outbox import Outbox
from workflows.mail.sender import Mail
from workflows.running import jobs

NAME, NUMBER = "De Linde Accountants", "12345678"
ASKED = ("found", NAME, "--kvk", NUMBER, "--owner", "Sanne de Linde", "--email", "Sanne@DeLinde.example")
VERIFY = ("organisation", "verify", "de-linde-accountants")
PASSWORD = "een-lang-wachtwoord-van-sanne"
CLIENT: dict[str, Any] = {
    "name": "Bakkerij", "kvk_number": "87654321", "client_number": "K1", "financial_undertaking": False,
    "contacts": [{"name": "Anna", "email": "anna@bakkerij.example", "phone": None}],
    "services": {"bookkeeping": "processor"}, "in_force_from": "2020-01-01",
    "in_force_to": None, "hours_to_notify": 24,
}  # fmt: skip


def organisations(database: Database) -> list[Any]:
    return database.outside("select * from organisation order by id")


def links_mailed(database: Database, outbox: Outbox) -> list[str]:
    for organisation in organisations(database):
        while jobs.drain(str(organisation["id"])):
            pass
    links = [re.search(r"https?://\S+/invitation/[\w-]+", as_read(mail)) for mail in outbox.mails]
    return [link[0] for link in links if link]


def as_read(mail: Mail) -> str:
    """The text as its one reader sees it."""
    return mail.as_read_by(mail.people[0])[1]


def printed_link(done: subprocess.CompletedProcess[str]) -> str:
    assert done.returncode == 0, done.stderr
    return re.findall(r"^https?://\S+/invitation/\S+$", done.stdout, re.M)[-1]


def opened(app: Flask, link: str) -> Any:
    """What the page answers to whoever opens the register with it."""
    path = "/invitation/" + link.rpartition("/")[2]
    browser = Browser(app)
    page = browser.get(path)
    return browser.post(path, on=path, name="Sanne de Linde", password=PASSWORD) if page.status_code == 200 else page


def test_the_commands_of_readme_lead_from_an_empty_database_to_a_first_client(
    app: Flask, database: Database, outbox: Outbox, tmp_path: Path
):
    release, create, letter = (words for words in commands_in("Start for real") if words != ["doctor"])
    assert [words[:2] for words in (create, letter)] == [["office", "create"], ["organisation", "letter"]]
    for words in (release, create):
        done = operate(database, *words)
        assert done.returncode == 0, done.stderr
    assert "/o/de-linde-accountants/" in done.stdout
    [made] = organisations(database)
    assert (made["name"], made["kvk_number"], made["locale"], made["claimed_at"]) == (NAME, NUMBER, "nl", None)
    [link] = links_mailed(database, outbox)
    assert link == printed_link(done) and opened(app, link).status_code == 303
    owner = the_owner_counts(app, made["id"])
    for words in (letter, [*VERIFY, "--note", "KvK extract, seen by J. Mulder"]):
        done = operate(database, *words, folder=tmp_path)
        assert done.returncode == 0, done.stderr
    assert (tmp_path / "letter.pdf").read_bytes().startswith(b"%PDF")
    registered = owner.post("agreements", {"clients": [CLIENT]})
    assert registered.status_code == 201, registered.text
    assert owner.get("verification").json["verified_how"] == "operator"


def test_an_organisation_that_was_only_founded_is_no_office(own_database: Database):
    app = create_app(own_database.config)
    link = printed_link(operate(own_database, "organisation", *ASKED, "--print-link"))
    assert opened(app, link).status_code == 303
    [made] = organisations(own_database)
    owner = the_owner_counts(app, made["id"])
    refused = owner.post("agreements", {"clients": [CLIENT]})
    assert refused.json["key"] == "office.not_admitted", refused.text


def the_owner_counts(app: Flask, organisation: UUID) -> Caller:
    """Who opened it is its owner, at once, and invites others; history tells how it began."""
    with acting_for(organisation):
        [seat] = db.session.query(Membership).all()
        assert (seat.role, seat.counts_from) == ("owner", None)
        whats = [entry.what for entry in of_subject(organisation)]
    assert [what for what in whats if not what.startswith(("user.", "office."))][:3] == [
        "organisation.founded", "invitation.sent", "invitation.accepted"]
    owner = caller_for(app, seat.user_id)
    assert owner.post("invitations", {"email": "bram@delinde.example", "role": "approver"}).status_code == 201
    return owner


def test_the_mail_says_that_the_operator_asks_and_in_which_role(own_database: Database, outbox: Outbox):
    assert operate(own_database, "organisation", *ASKED, "--language", "en").returncode == 0
    links_mailed(own_database, outbox)
    [mail] = outbox.mails
    read = as_read(mail)
    assert "invited by the operator of Meldketen" in read and "Your role will be: owner" in read
    assert "was registered by the operator of Meldketen, not verified" in read and "Dear Sanne de Linde" in read


def test_founding_twice_makes_one_organisation(app: Flask, own_database: Database):
    first = printed_link(operate(own_database, "organisation", *ASKED, "--print-link"))
    twice = operate(own_database, "organisation", *ASKED, "--print-link")
    assert twice.returncode == 2 and "--again" in twice.stderr and twice.stderr.count("\n") == 1
    again = printed_link(operate(own_database, "organisation", *ASKED, "--print-link", "--again"))
    own_database.outside("update invitation set expires_at = now() - interval '1 minute' where withdrawn_at is null")
    lapsed = printed_link(operate(own_database, "organisation", *ASKED, "--print-link"))
    assert len({first, again, lapsed}) == 3 and len(organisations(own_database)) == 1
    [waits] = own_database.outside("select expires_at - created_at as days from invitation where withdrawn_at is null "
                                   "and expires_at > now()")  # fmt: skip
    assert waits["days"] == timedelta(days=7)
    own_database.outside("update organisation set claimed_at = now()")
    for more in ((), ("--again",)):
        used = operate(own_database, "organisation", *ASKED, *more)
        assert used.returncode == 2 and "in gebruik" in used.stderr
    [row] = own_database.outside("select count(*) as n from operator_act where used_at is null")
    assert row["n"] == 0


def test_a_new_first_link_ends_the_earlier_one(app: Flask, database: Database):
    words = ("found", "Kantoor Twee", "--kvk", "22222222", "--owner", "Bo", "--email", "bo@twee.example")
    first = printed_link(operate(database, "organisation", *words, "--print-link"))
    again = printed_link(operate(database, "organisation", *words, "--print-link", "--again"))
    assert opened(app, first).status_code == 404 and opened(app, again).status_code == 303


def test_two_operators_at_the_same_time_found_one(own_database: Database):
    asked = Founding("kantoor", "Kantoor", NUMBER, "nl", "nieuw")
    with as_operator(own_database.config) as operator:
        assert found(operator, asked).outcome == FOUNDED

        def the_other() -> str:
            with as_operator(own_database.config) as two:
                return found(two, asked).outcome

        other = own_database.elsewhere(the_other)
        own_database.wait_until_blocked()
    assert other.result(10) == "again" != INVITED and len(organisations(own_database)) == 1


def test_a_client_with_that_number_is_another_register(own_database: Database):
    office = an_office(clients=1)
    [client] = own_database.outside("select * from organisation where made_by = :office", office=office.id)
    own_database.outside("update organisation set slug = 'de-linde-accountants' where id = :id", id=client["id"])
    done = operate(own_database, "organisation", *ASKED[:2], "--kvk", client["kvk_number"], *ASKED[4:])
    assert done.returncode == 0, done.stderr
    slugs = {row["slug"] for row in organisations(own_database) if row["kvk_number"] == client["kvk_number"]}
    assert len(slugs) == 2 and all(slug.startswith("de-linde-accountants") for slug in slugs)


def test_the_app_alone_writes_no_first_link(own_database: Database):
    with as_operator(own_database.config) as operator:
        founded = found(operator, Founding("kantoor", "Kantoor", NUMBER, "nl", "nieuw"))
    assert founded.act
    for organisation, act in ((founded.organisation_id, UUID(int=1)), (UUID(int=2), founded.act)):
        with pytest.raises(DBAPIError), acting_for(organisation):
            begin_first_owner(act)
    own_database.outside("update organisation set claimed_at = now()")
    with pytest.raises(DBAPIError, match="opened this register"), acting_for(founded.organisation_id):
        begin_first_owner(founded.act)


@pytest.mark.parametrize(("changed", "said"), [
    ({1: " "}, "organisation found"), ({1: "x" * 201}, "organisation found"), ({3: "1234567"}, "--kvk"),
    ({3: "1234567a"}, "--kvk"), ({5: " "}, "--owner"), ({7: "sanne"}, "--email"), ({7: "a@b\nc"}, "--email"),
])  # fmt: skip
def test_a_wrong_argument_is_one_line(capsys: pytest.CaptureFixture[str], changed: dict[int, str], said: str):
    assert main(["organisation", *[changed.get(at, word) for at, word in enumerate(ASKED)]]) == 2
    printed = capsys.readouterr().err
    assert said in printed and printed.count("\n") == 1


def test_a_long_name_whose_address_is_taken_gets_another_one(database: Database) -> None:
    """Two of one name, which fills its address."""
    name = "Stichting Administratie en Belastingadvies voor Ondernemers in het Zuiden"
    asked = [Founding(slug_of(name), name, number, "nl", "Contract gezien") for number in ("51111111", "52222222")]
    with as_operator(database.config) as operator:
        first, second = (found(operator, asked_role) for asked_role in asked)
    assert (first.outcome, second.outcome) == (FOUNDED, FOUNDED)
    assert len(first.slug) == 60 and len(second.slug) <= 63 and "52222222" in second.slug

"""``meldketen office create``: one command makes an organisation, admits it, and prints its first owner's link."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from service.cli import main
from service.running.operator import as_operator
from service.wiring import create_app
from tenants.history.entries import of_subject
from tenants.isolation import acting_for
from tenants.organisations.admission import offices_decided, the_admission
from tenants.organisations.founding import FOUNDED, Founding, found
from tests.conftest import Database
from tests.oidc.browser import Browser
from tests.operator_commands import operate
from workflows.mail.outbox import Outbox
from workflows.running import jobs

CREATE = (
    "office", "create", "--name", "De Linde Accountants", "--kvk", "12.34.56.78", "--owner-name", "Sanne de Linde",
    "--owner-email", "Sanne@DeLinde.example",
)  # fmt: skip


def created(database: Database, *more: str, asked: tuple[str, ...] = CREATE) -> dict[str, Any]:
    done = operate(database, *asked, "--json", *more)
    assert done.returncode == 0, done.stderr
    answer: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    assert answer["link"] in done.stdout.splitlines()[:-1], "who reads the lines gets the link too"
    return answer


def opens(database: Database, link: str) -> int:
    """What the page of this link answers with."""
    return Browser(create_app(database.config)).get("/invitation/" + link.rpartition("/")[2]).status_code


def test_it_admits_the_office_and_tells_the_link_in_one_object(own_database: Database, outbox: Outbox):
    answer = created(own_database)
    [made] = own_database.outside("select * from organisation")
    link, until = answer.pop("link"), datetime.fromisoformat(answer.pop("expires_at"))
    assert answer == {"organisation": "de-linde-accountants", "name": "De Linde Accountants", "mailed": True}
    assert abs(until - datetime.now(UTC) - timedelta(days=7)) < timedelta(minutes=5)
    with acting_for(made["id"]):
        admission = the_admission()
        assert admission and (admission.state, admission.note) == ("admitted", "created by the operator")
        whats = {entry.what for entry in of_subject(made["id"])}
    assert whats == {"office.admitted", "organisation.founded", "invitation.sent"}
    while jobs.drain(str(made["id"])):
        pass
    [mail] = outbox.mails
    assert [person.address for person in mail.people] == ["sanne@delinde.example"]
    assert link in mail.as_read_by(mail.people[0])[1]
    assert opens(own_database, link) == 200


def test_the_same_command_again_changes_nothing_and_says_what_to_do(own_database: Database):
    first = created(own_database)
    again = operate(own_database, *CREATE, "--json")
    assert (again.returncode, again.stdout) == (2, "") and "--again" in again.stderr and again.stderr.count("\n") == 1
    new = created(own_database, "--again")
    assert new["link"] != first["link"] and new["organisation"] == first["organisation"]
    assert [opens(own_database, answer["link"]) for answer in (first, new)] == [404, 200]
    own_database.outside("update organisation set claimed_at = now()")
    used = operate(own_database, *CREATE, "--again")
    assert used.returncode == 2 and "in gebruik" in used.stderr
    [row] = own_database.outside("select count(*) as n from history where what = 'office.admitted'")
    assert row["n"] == 1


def test_what_was_founded_and_is_no_office_stays_none_until_it_is_admitted(own_database: Database):
    with as_operator(own_database.config) as operator:
        assert found(operator, Founding("bakkerij", "Bakkerij", "12345678", "nl", "nieuw")).outcome == FOUNDED
    own_database.outside("update organisation set claimed_at = now()")
    refused = operate(own_database, *CREATE)
    assert refused.returncode == 2 and "office admit bakkerij" in refused.stderr
    with as_operator(own_database.config) as operator:
        assert offices_decided(operator) == []


def test_two_at_the_same_moment_with_one_name_get_two_addresses(own_database: Database):
    def create(kvk: str) -> str:
        other = (*CREATE[:5], kvk, *CREATE[6:])
        return str(created(own_database, asked=other)["organisation"])

    asked = Founding("de-linde-accountants", "De Linde Accountants", "11111111", "nl", "nieuw")
    with as_operator(own_database.config) as operator:
        assert found(operator, asked).slug == "de-linde-accountants"
        second = own_database.elsewhere(create, "22222222")
        own_database.wait_until_blocked()
    assert second.result(60).startswith("de-linde-accountants-22222222-")


@pytest.mark.parametrize(("changed", "said"), [
    ({3: " "}, ["--name"]), ({3: "x" * 201}, ["--name"]), ({5: "1234567"}, ["--kvk"]), ({5: "1234567a"}, ["--kvk"]),
    ({7: ""}, ["--owner-name"]), ({9: "sanne"}, ["--owner-email"]), ({9: "sanne@linde"}, ["--owner-email"]),
    ({3: "", 5: "1", 7: " ", 9: "@"}, ["--name", "--kvk", "--owner-name", "--owner-email"]),
])  # fmt: skip
def test_each_wrong_value_is_one_line(capsys: pytest.CaptureFixture[str], changed: dict[int, str], said: list[str]):
    assert main([changed.get(at, word) for at, word in enumerate(CREATE)]) == 2
    lines = capsys.readouterr().err.splitlines()
    assert len(lines) == len(said) and all(option in line for option, line in zip(said, lines, strict=True))


@pytest.mark.parametrize("words", [
    ["office", "create"], [*CREATE[:2], "een-adres", *CREATE[2:]],
    ["office", "list", "--json"], ["office", "admit", "x", "--note", "y", "--kvk", "12345678"],
])  # fmt: skip
def test_what_does_not_belong_together_is_refused(capsys: pytest.CaptureFixture[str], words: list[str]):
    assert main(words) == 2
    assert capsys.readouterr().err.startswith("meldketen office: ")

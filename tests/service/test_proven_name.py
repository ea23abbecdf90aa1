"""Wherever a proof is shown it says what was proven: the number, and whose word the name is."""

from typing import Any

import pytest
from flask import Flask

from service.evidence.page import page_of
from tenants.identity.users import APPROVER, OWNER, PRIVACY_OFFICER
from tenants.isolation import acting_for
from tenants.organisations.organisations import the_acting_organisation
from tenants.register.breaches import breach
from tests.conftest import Database
from tests.factories import Office, a_member, an_incident, an_own_breach, proven, verified
from tests.oidc.browser import Browser
from tests.service.caller import caller_for
from tests.service.test_verification import TEXT, a_letter, command
from workflows.engine.advance import complete
from workflows.evidence.evidence import gather
from workflows.mail.batches import Addressee
from workflows.notice.bulk_notice import BULK_NOTICE, begin_by_choice, upload_recipients
from workflows.trust.verifying import prove_by_code

OFFICE_NAME = "naam zoals opgegeven door De Linde Accountants"
CHECKED = "de naam is ook gecontroleerd"


class Client:
    """A client of the office that opened its register and sent a notice to its people. Nothing was proven yet."""

    def __init__(self, app: Flask, database: Database, office: Office) -> None:
        self.app, self.database, self.office = app, database, office
        [row] = database.outside("""
            update organisation o set claimed_at = now(), verified_at = null, verified_how = null, verified_note = null
              from processing_agreement a
             where a.processor_id = :office and a.client_number = 'K0001' and o.id = a.controller_id
            returning o.id, o.kvk_number, a.controller_name""", office=office.id)
        self.id, self.number, self.called = row["id"], row["kvk_number"], row["controller_name"]
        database.outside("update organisation set name = :name where id = :id", id=self.id, name=self.called)
        self.by = a_member(self.id, OWNER)
        assert self.by.id and office.officer.id
        self.owner, self.officer = caller_for(app, self.by.id), caller_for(app, office.officer.id)
        self.incident = an_incident(office).id
        self.breach = an_own_breach(self.id, self.by)
        self.code = self._notice(a_member(self.id), a_member(self.id, APPROVER))

    def _notice(self, officer: Any, second: Any) -> str:
        with acting_for(self.id):
            notice = begin_by_choice(breach(self.breach), officer)
            code = notice.check_code
            upload_recipients(notice.id, [Addressee("Ans", "ans@elders.example")], officer, PRIVACY_OFFICER)
            complete(BULK_NOTICE, notice.id, "text", officer, PRIVACY_OFFICER, TEXT)
            complete(BULK_NOTICE, notice.id, "approve", proven(second), APPROVER, {"agrees": True})
        self.database.outside("update notice set sent_at = now() where check_code = :c", c=code)
        return code

    def prove_by_letter(self) -> None:
        code = a_letter(self.database, self.id)
        with acting_for(self.id):
            assert prove_by_code(code, self.by) == "verified"

    def places(self) -> dict[str, str]:
        """Every place that shows how this client stands, as its reader sees it."""
        own, theirs = Browser(self.app, self.owner.token), Browser(self.app, self.officer.token)
        [row] = [one for one in self.rows() if one["controller_name"] == self.called]
        board = f"/o/{self.officer.slug}/incidents/{self.incident}"
        with acting_for(self.id):
            evidence = page_of(gather(breach(self.breach)), "nl")
        return {
            "genuine": self.app.test_client().get(f"/genuine?code={self.code}").text,
            "register": own.get(f"/o/{self.owner.slug}/register").text,
            "breach": own.get(f"/o/{self.owner.slug}/breaches/{self.breach}").text,
            "verification": own.get(f"/o/{self.owner.slug}/verification").text,
            "evidence": evidence, "board": theirs.get(board).text,
            "agreements": theirs.get(f"/o/{self.officer.slug}/agreements").text,
            "escalation": theirs.get(f"{board}/escalations/{row['id']}").text,
        }

    def rows(self) -> list[dict[str, Any]]:
        items: list[dict[str, Any]] = self.officer.get(f"incidents/{self.incident}/escalations").json["items"]
        return items

    def name(self) -> str:
        with acting_for(self.id):
            return the_acting_organisation().name

    def proofs(self) -> list[dict[str, Any] | None]:
        """As programs read it: the own organisation, anybody with the code, and the office three times."""
        [row] = [one for one in self.rows() if one["controller_name"] == self.called]
        [agreement] = [
            one for one in self.officer.get("agreements").json["items"] if one["controller_name"] == self.name()
        ]
        whole = self.officer.get(f"escalations/{row['id']}").json
        public = self.app.test_client().get(f"/api/genuine/{self.code}").json
        office = [one["controller_proof"] for one in (row, agreement, whole)]
        return [self.owner.get("verification").json["proof"], public["proof"], *office]


@pytest.fixture
def client(app: Flask, database: Database, office: Office) -> Client:
    return Client(app, database, office)


def test_a_letter_proves_the_number_and_every_place_says_whose_word_the_name_is(client: Client):
    nothing = client.places()
    assert [place for place, text in nothing.items() if "bevestigd per brief" in text or OFFICE_NAME in text] == []
    assert client.number not in nothing["genuine"] and client.proofs() == [None] * 5
    client.prove_by_letter()
    said = f"KvK-nummer {client.number} bevestigd per brief; {OFFICE_NAME}"
    places = client.places()
    assert [place for place, text in places.items() if said not in text or CHECKED in text] == []
    assert "kvk.nl" in places["genuine"] and "veranderen" in places["verification"]
    assert client.proofs() == [{
        "kvk_number": client.number, "how": "letter", "name_checked": False, "name_from": "office",
        "office": "De Linde Accountants",
    }] * 5  # fmt: skip


def test_a_name_that_the_operator_compared_is_told_so_at_every_place(client: Client):
    client.prove_by_letter()
    slug = client.owner.slug
    done = command(client.database, "verify", slug, "--name-checked", "--note", "Uittreksel gezien door J. Mulder")
    assert done.returncode == 0, done.stderr
    said = f"KvK-nummer {client.number} bevestigd per brief; {CHECKED}"
    places = client.places()
    assert [place for place, text in places.items() if said not in text or OFFICE_NAME in text] == []
    assert "kvk.nl" not in places["genuine"]
    assert {proof["name_checked"] for proof in client.proofs() if proof} == {True}
    again = command(client.database, "verify", slug, "--name-checked", "--note", "Nog eens")
    assert again.returncode == 2 and "al geverifieerd" in again.stderr


def test_the_office_s_own_name_for_a_client_is_its_own_word(client: Client):
    """The register's name was compared; what the office calls this client was not."""
    client.prove_by_letter()
    slug = client.owner.slug
    assert command(client.database, "rename", slug, "--name", "Bakkerij Jansen B.V.", "--note", "Akte").returncode == 0
    assert command(client.database, "verify", slug, "--name-checked", "--note", "Uittreksel").returncode == 0
    agreements = client.officer.get("agreements").json["items"]
    [proof] = [one["controller_proof"] for one in agreements if one["controller_proof"]]
    assert (proof["name_checked"], proof["name_from"], proof["office"]) == (False, "office", "De Linde Accountants")
    told = client.app.test_client().get(f"/api/genuine/{client.code}").json
    assert told["organisation"] == "Bakkerij Jansen B.V." and told["proof"]["name_checked"]


def test_a_number_is_told_with_a_valid_code_alone(client: Client):
    client.prove_by_letter()
    anybody = client.app.test_client()
    for code in ("XXXX-XXXX", client.number, client.name(), client.code[:-1], "%"):
        assert client.number not in anybody.get(f"/api/genuine/{code}").text.replace(f"genuine/{code}", "")
        page = anybody.get("/genuine", query_string={"code": code}).text
        assert "KvK-nummer" not in page and "Wij kennen deze code niet" in page


@pytest.mark.parametrize("words", [
    ["rename", "--note", "x"], ["rename", "--name", "x"], ["rename", "--name", " ", "--note", "x"],
    ["rename", "--name", "x" * 201, "--note", "x"], ["verify", "--name-checked"],
    ["verify", "--name-checked", "--withdraw", "--note", "x"],
])  # fmt: skip
def test_a_command_that_says_too_little_or_two_things_is_refused_in_a_line(client: Client, words: list[str]):
    before = client.name()
    refused = command(client.database, words[0], client.owner.slug, *words[1:])
    assert refused.returncode == 2 and "--note" in refused.stderr and refused.stderr.count("\n") == 1
    assert client.name() == before and client.proofs() == [None] * 5


def test_the_operator_s_name_is_told_as_the_operator_s(client: Client):
    verified(client.database.config.owner_url(), client.id)
    done = command(client.database, "rename", client.owner.slug, "--name", "  Jansen B.V. ", "--note", "Akte")
    assert done.returncode == 0 and "--name-checked" in done.stdout and client.name() == "Jansen B.V."
    page = client.app.test_client().get(f"/genuine?code={client.code}").text
    who = "de beheerder van Meldketen"
    assert f"KvK-nummer {client.number} bevestigd door {who}; naam zoals opgegeven door {who}" in page

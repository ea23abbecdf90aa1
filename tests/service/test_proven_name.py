"""Wherever a proof is shown it says what was proven: the number, and whose word the name is."""


import pytest
from flask import Flask

from tests.conftest import Database
from tests.factories import Office, verified
from tests.operator_commands import organisation_command
from tests.service.unproven_client import UnprovenClient

OFFICE_NAME = "naam zoals opgegeven door De Linde Accountants"
CHECKED = "de naam is ook gecontroleerd"


@pytest.fixture
def client(app: Flask, database: Database, office: Office) -> UnprovenClient:
    return UnprovenClient(app, database, office)


def test_a_letter_proves_the_number_and_every_place_says_whose_word_the_name_is(client: UnprovenClient):
    nothing = client.places()
    assert [place for place, text in nothing.items() if "bevestigd per brief" in text or OFFICE_NAME in text] == []
    assert client.number not in nothing["genuine"] and client.proofs() == [None] * 5
    client.prove_by_letter()
    said = f"KvK-nummer {client.number} bevestigd per brief; {OFFICE_NAME}"
    places = client.places()
    board = places.pop("board")
    assert "KvK-nummer geverifieerd" in board and "naam geverifieerd" not in board
    assert [place for place, text in places.items() if said not in text or CHECKED in text] == []
    assert "kvk.nl" in places["genuine"] and "veranderen" in places["verification"]
    assert client.proofs() == [{
        "kvk_number": client.number, "how": "letter", "name_checked": False, "name_from": "office",
        "office": "De Linde Accountants",
    }] * 5  # fmt: skip


def test_a_name_that_the_operator_compared_is_told_so_at_every_place(client: UnprovenClient):
    client.prove_by_letter()
    slug = client.owner.slug
    seen = "Uittreksel gezien door J. Mulder"
    done = organisation_command(client.database, "verify", slug, "--name-checked", "--note", seen)
    assert done.returncode == 0, done.stderr
    said = f"KvK-nummer {client.number} bevestigd per brief; {CHECKED}"
    places = client.places()
    assert "KvK-nummer en naam geverifieerd" in places.pop("board")
    assert [place for place, text in places.items() if said not in text or OFFICE_NAME in text] == []
    assert "kvk.nl" not in places["genuine"]
    assert {proof["name_checked"] for proof in client.proofs() if proof} == {True}
    again = organisation_command(client.database, "verify", slug, "--name-checked", "--note", "Nog eens")
    assert again.returncode == 2 and "al geverifieerd" in again.stderr


def test_the_office_s_own_name_for_a_client_is_its_own_word(client: UnprovenClient):
    """The register's name was compared; what the office calls this client was not."""
    client.prove_by_letter()
    slug = client.owner.slug
    for words in (
        ("rename", slug, "--name", "Bakkerij Jansen B.V.", "--note", "Akte"),
        ("verify", slug, "--name-checked", "--note", "Uittreksel"),
    ):
        assert organisation_command(client.database, *words).returncode == 0
    agreements = client.officer.get("agreements").json["items"]
    [proof] = [agreement["controller_proof"] for agreement in agreements if agreement["controller_proof"]]
    assert (proof["name_checked"], proof["name_from"], proof["office"]) == (False, "office", "De Linde Accountants")
    answer = client.app.test_client().get(f"/api/genuine/{client.code}").json
    assert answer["organisation"] == "Bakkerij Jansen B.V." and answer["proof"]["name_checked"]


def test_a_number_is_told_with_a_valid_code_alone(client: UnprovenClient):
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
def test_a_command_that_says_too_little_or_two_things_is_refused_in_a_line(client: UnprovenClient, words: list[str]):
    before = client.name()
    refused = organisation_command(client.database, words[0], client.owner.slug, *words[1:])
    assert refused.returncode == 2 and "--note" in refused.stderr and refused.stderr.count("\n") == 1
    assert client.name() == before and client.proofs() == [None] * 5


def test_the_operator_s_name_is_told_as_the_operator_s(client: UnprovenClient):
    verified(client.database.config.owner_url(), client.id)
    renamed = ("rename", client.owner.slug, "--name", "  Jansen B.V. ", "--note", "Akte")
    done = organisation_command(client.database, *renamed)
    assert done.returncode == 0 and "--name-checked" in done.stdout and client.name() == "Jansen B.V."
    page = client.app.test_client().get(f"/genuine?code={client.code}").text
    who = "de beheerder van Meldketen"
    assert f"KvK-nummer {client.number} bevestigd door {who}; naam zoals opgegeven door {who}" in page

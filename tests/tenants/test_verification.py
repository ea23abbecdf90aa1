"""Who may say whose register it is: the owner of the database, a letter's code, a provider; never the app alone."""

from uuid import UUID, uuid4

import pytest
from psycopg.errors import InsufficientPrivilege
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from tenants.database import db
from tenants.identity.linked_identities import begin_errand, end_errand, errand_of
from tenants.isolation import acting_for, acting_for_nobody
from tenants.organisations.organisations import the_acting_organisation
from tenants.organisations.verification import (
    open_letter,
    registered_by,
    the_open_letter,
    verify_by_letter,
    verify_by_operator,
    verify_by_provider,
)
from tests.conftest import Database
from tests.factories import an_office, an_organisation, let
from tests.operating import know
from workflows.trust.verifying import new_code

OURS = ("id", "kvk_number", "made_by", "created_at", "verified_at", "verified_how", "verified_note", "web_domains",
        "mail_limits", "name_checked", "name_by_operator")  # fmt: skip


@pytest.fixture
def house(database: Database) -> UUID:
    """One that is not verified."""
    organisation = an_organisation(is_verified=False)
    database.outside("update organisation set kvk_number = null where kvk_number = '12345678'")
    database.outside("update organisation set kvk_number = '12345678' where id = :id", id=organisation)
    return organisation


def is_verified(organisation: UUID) -> bool:
    with acting_for(organisation):
        return the_acting_organisation().verified_at is not None


@pytest.mark.parametrize("column", OURS)
def test_the_app_cannot_write_who_an_organisation_is(house: UUID, column: str):
    with acting_for(house), pytest.raises(DBAPIError) as fault:
        db.session.execute(text(f"update organisation set {column} = {column}"))
    assert isinstance(fault.value.orig, InsufficientPrivilege)


def test_the_app_cannot_change_a_proven_name(house: UUID, database: Database):
    database.outside("update organisation set verified_at = now(), verified_how = 'operator' where id = :id", id=house)
    with acting_for(house), pytest.raises(DBAPIError) as fault:
        db.session.execute(text("update organisation set name = 'Anders'"))
    assert "proven_name" in str(fault.value.orig.diag.constraint_name)


@pytest.mark.parametrize("call", [
    "select operator_acts(:id, 'verify', 'note', null)", "select mark_verified('operator', 'note')",
    "select take_up(:id, 'verify')",
    "insert into operator_act (organisation_id, act, note) values (:id, 'verify', 'x')",
    "update operator_act set used_at = null",
    "insert into verification_letter (organisation_id, code_hash) values (:id, sha256('x'))",
    "update verification_letter set tries = 0",
])  # fmt: skip
def test_the_app_cannot_act_as_the_operator(house: UUID, call: str):
    with acting_for(house), pytest.raises(DBAPIError) as fault:
        db.session.execute(text(call), {"id": house} if ":id" in call else {})
    assert isinstance(fault.value.orig, InsufficientPrivilege)


def test_an_act_works_once_for_its_organisation_its_kind_and_a_minute(database: Database, house: UUID):
    url, other = database.config.owner_url(), an_organisation(is_verified=False)
    acts: list[UUID] = []
    let(url, house, "verify", "gezien", acts.append)
    let(url, house, "letter", "brief", acts.append)
    let(url, house, "verify", "te laat", acts.append)
    database.outside("update operator_act set created_at = now() - interval '61 seconds' where id = :id", id=acts[2])
    for organisation, act in ((other, acts[0]), (house, acts[1]), (house, acts[2]), (house, uuid4())):
        with pytest.raises(DBAPIError), acting_for(organisation):
            verify_by_operator(act)
        assert not is_verified(organisation)
    with acting_for(house):
        verify_by_operator(acts[0])
    assert is_verified(house)
    with pytest.raises(DBAPIError), acting_for(house):
        verify_by_operator(acts[0])


def test_a_code_counts_for_its_organisation_as_it_is_read_from_paper(database: Database, house: UUID):
    code, other = new_code(), an_organisation()
    let(database.config.owner_url(), house, "letter", "brief", lambda act: open_letter(act, code))
    with acting_for(other):
        assert verify_by_letter(code) == "none"
    with acting_for(house):
        assert verify_by_letter(f" {code.lower().replace('-', ' ')} ") == "verified"
    assert is_verified(house)
    with acting_for(house):
        assert verify_by_letter(code) == "none"


def test_five_wrong_codes_end_a_letter_and_a_new_one_begins_anew(database: Database, house: UUID):
    url, code, second = database.config.owner_url(), new_code(), new_code()
    let(url, house, "letter", "brief", lambda act: open_letter(act, code))
    for expected in ("wrong", "wrong", "wrong", "wrong", "used_up", "used_up"):
        with acting_for(house):
            assert verify_by_letter("ABCD-EFGH-JKMN") == expected
    with acting_for(house):
        assert verify_by_letter(code) == "used_up"
    let(url, house, "letter", "brief", lambda act: open_letter(act, second))
    with acting_for(house):
        assert verify_by_letter(code) == "wrong" and verify_by_letter(second) == "verified"


def test_wrong_codes_at_the_same_moment_are_all_counted(database: Database, house: UUID):
    let(database.config.owner_url(), house, "letter", "brief", lambda act: open_letter(act, new_code()))

    def wrong() -> str:
        with acting_for(house):
            return verify_by_letter("ABCD")

    outcomes = [call.result(10) for call in [database.elsewhere(wrong) for _ in range(8)]]
    assert sorted(outcomes) == ["used_up"] * 4 + ["wrong"] * 4
    with acting_for(house):
        letter = the_open_letter()
        assert letter is not None and letter.tries == 5


def test_a_letter_of_thirty_days_ago_has_lapsed(database: Database, house: UUID):
    code = new_code()
    let(database.config.owner_url(), house, "letter", "brief", lambda act: open_letter(act, code))
    database.outside("update verification_letter set expires_at = now() where organisation_id = :id", id=house)
    with acting_for(house):
        assert verify_by_letter(code) == "lapsed"


def test_a_provider_verifies_its_own_number_alone(database: Database, house: UUID):
    other = an_organisation()
    with acting_for(other):
        assert not verify_by_provider("12345678", an_errand(other))
    with acting_for(house):
        assert not verify_by_provider("87654321", an_errand(house))
        assert verify_by_provider("12345678", an_errand(house))
    assert is_verified(house)


def an_errand(organisation: UUID, purpose: str = "verification", is_back: bool = True) -> bytes:
    """Somebody set out to a provider, and came back; its hash."""
    session = uuid4() if purpose in ("verification", "link") else None
    token = begin_errand(organisation, purpose, session_id=session)
    return (end_errand(token) if is_back else errand_of(token)).token_hash


@pytest.mark.parametrize("errand", ["none", "not_this", "of_another", "to_log_in", "under_way", "long_ago", "spent"])
def test_a_provider_verifies_only_with_an_errand_to_prove_it(database: Database, house: UUID, errand: str):
    other = an_organisation()
    with acting_for(house):
        purpose = "login" if errand == "to_log_in" else "verification"
        whose = other if errand == "of_another" else house
        spent = b"x" if errand == "none" else an_errand(whose, purpose, errand != "under_way")
    if errand == "not_this":
        spent = bytes(reversed(spent))
    if errand == "long_ago":
        past = "update provider_errand set used_at = now() - interval '1 hour' where token_hash = :t"
        database.outside(past, t=spent)
    if errand == "spent":
        with acting_for(house):
            assert not verify_by_provider("87654321", spent)
    with acting_for(house), pytest.raises(DBAPIError) as fault:
        verify_by_provider("12345678", spent)
    assert isinstance(fault.value.orig, InsufficientPrivilege) and not is_verified(house)


def test_codes_have_fifty_bits_and_no_signs_that_look_alike():
    codes = {new_code() for _ in range(200)}
    assert len(codes) == 200
    signs = set("".join(codes)) - {"-"}
    assert not signs & set("01OIL") and len(signs) ** 12 > 2**50


def test_a_letter_code_without_an_organisation_verifies_none(database: Database):
    with acting_for_nobody():
        assert verify_by_letter_of_nobody() == "none"


def verify_by_letter_of_nobody() -> str:
    return str(db.session.scalar(text("select verify_by_letter(sha256('x'))")))


def test_an_office_learns_of_its_own_clients_alone_whether_they_are_verified(database: Database):
    """And who registered a register is said while that office has an agreement with it."""
    office, stranger = an_office(), an_organisation()
    client = "select controller_id as id from processing_agreement where processor_id = :o"
    [row] = database.outside(client, o=office.id)
    asked = text("select organisation_id from proofs_among(:clients)")

    def verified_clients() -> list[UUID]:
        with acting_for(office.id):
            return list(db.session.scalars(asked, {"clients": [row["id"], stranger]}))

    assert verified_clients() == []
    know(row["id"])
    assert verified_clients() == [row["id"]]
    with acting_for(row["id"]):
        assert registered_by() == "De Linde Accountants"
    database.outside("delete from agreed_service where processor_id = :o", o=office.id)
    database.outside("delete from processing_agreement where processor_id = :o", o=office.id)
    assert verified_clients() == []
    with acting_for(row["id"]):
        assert registered_by() is None

"""API tokens in the database: their form, what is kept, what the app's role cannot do."""

import re
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from psycopg.errors import CheckViolation, InsufficientPrivilege
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from tenants.database import db
from tenants.errors import NotFound
from tenants.identity.api_tokens import Holder, add_token, holder_of, is_genuine, revoke_token, tokens
from tenants.identity.users import OWNER, make_member
from tenants.isolation import acting_for, acting_for_nobody, asking_for_nobody
from tests.conftest import Database
from tests.factories import a_member, an_organisation
from workflows.accounts.tokens import NEEDS_A_PERSON, SCOPES
from workflows.roles import MAY

Made = tuple[UUID, UUID, str, UUID]


@pytest.fixture
def made(database: Database) -> Made:
    """An organisation, its owner beside a colleague, and a key with its id."""
    organisation = an_organisation()
    a_member(organisation)
    owner = a_member(organisation, OWNER, "Linde").id
    assert owner
    with acting_for(organisation):
        token, row = add_token("koppeling", ["read"], 90, owner)
        return organisation, owner, token, row.id


def holder(token: str) -> Holder | None:
    with asking_for_nobody():
        return holder_of(token)


def test_a_key_can_be_recognised_and_checked_without_asking(made: Made) -> None:
    token = made[2]
    assert re.fullmatch(r"meld_[0-9A-Za-z]{6}_[0-9A-Za-z]{46}", token)
    assert is_genuine(token)
    other = "A" if token[20] != "A" else "B"
    for damaged in (token[:20] + other + token[21:], token[:-1], token + "A", token.upper(), "meld_", "meld_é"):
        assert not is_genuine(damaged), damaged


def test_what_opens_is_not_kept(database: Database, made: Made) -> None:
    [row] = database.outside("select to_jsonb(t)::text as row from api_token t where id = :id", id=made[3])
    assert made[2] not in row["row"] and made[2][12:] not in row["row"]
    assert made[2][:11] in row["row"]


def test_a_key_is_its_makers_in_one_place(made: Made) -> None:
    organisation, owner, token, token_id = made
    with acting_for_nobody():
        make_member(owner, an_id := elsewhere(), OWNER)
    bearer = holder(token)
    assert bearer is not None and bearer.token_id == token_id and bearer.scopes == {"read"}
    assert [place.organisation_id for place in bearer.person.places] == [organisation] != [an_id]
    assert (bearer.person.id, bearer.person.name, bearer.person.proof_at) == (owner, "API-sleutel koppeling", None)


def elsewhere() -> UUID:
    founded: UUID = db.session.scalar(text("select found_organisation('elders-' || gen_random_uuid(), 'Elders', null)"))
    return founded


def test_a_key_ends_when_it_is_revoked_or_expires_or_its_maker_leaves(database: Database, made: Made) -> None:
    organisation, owner, token, token_id = made
    database.outside("update membership set role = 'auditor' where user_id = :who", who=owner)
    bearer = holder(token)
    assert bearer is not None and bearer.person.places[0].role == "auditor"
    database.outside("delete from membership where user_id = :who", who=owner)
    assert holder(token) is None
    with acting_for_nobody():
        make_member(owner, organisation, OWNER)
    assert holder(token) is not None
    database.outside(
        "update api_token set created_at = now() - interval '2 days', expires_at = now() where id = :id", id=token_id
    )
    assert holder(token) is None
    with acting_for(organisation):
        other, row = add_token("andere", ["read"], 1, owner)
        revoke_token(row.id, owner)
    assert holder(other) is None
    with acting_for(organisation):
        assert [token.name for token, _ in tokens()] == ["koppeling"]
        with pytest.raises(NotFound):
            revoke_token(row.id, owner)


def test_its_use_is_written_at_most_once_a_minute(database: Database, made: Made) -> None:
    def used() -> Any:
        return database.outside("select last_used_at, xmin::text from api_token where id = :id", id=made[3])[0]

    assert used()["last_used_at"] is None
    holder(made[2])
    first = used()
    assert first["last_used_at"] is not None
    holder(made[2])
    assert used() == first
    database.outside("update api_token set last_used_at = now() - interval '61 seconds' where id = :id", id=made[3])
    holder(made[2])
    assert used()["last_used_at"] - first["last_used_at"] < timedelta(minutes=1) and used() != first


def test_another_organisation_neither_sees_nor_ends_it(made: Made) -> None:
    stranger = an_organisation()
    with acting_for(stranger):
        assert tokens() == []
        with pytest.raises(NotFound):
            revoke_token(made[3], made[1])
    assert holder(made[2]) is not None


def test_the_app_cannot_widen_or_lengthen_a_key(made: Made) -> None:
    for change in ("scopes = '{read,assess}'", "expires_at = now() + interval '1 year'", "token_hash = token_hash",
                   "made_by = made_by", "last_used_at = now()"):  # fmt: skip
        with acting_for(made[0]), pytest.raises(DBAPIError) as fault:
            db.session.execute(text(f"update api_token set {change}"))
        assert isinstance(fault.value.orig, InsufficientPrivilege), change


@pytest.mark.parametrize("act", sorted(NEEDS_A_PERSON))
def test_the_database_refuses_what_needs_a_person(made: Made, act: str) -> None:
    with pytest.raises(DBAPIError) as fault, acting_for(made[0]):
        add_token("te veel", ["read", act], 90, made[1])
    assert isinstance(fault.value.orig, CheckViolation)


def test_what_no_program_may_any_more_is_taken_from_its_key(database: Database, made: Made) -> None:
    with acting_for(made[0]):
        token, _ = add_token("meer", ["read", "call"], 90, made[1])
    database.outside("delete from token_scope where act = 'call'")
    narrowed = holder(token)
    database.outside("insert into token_scope values ('call')")
    assert narrowed is not None and narrowed.scopes == {"read"}


def test_a_database_that_knows_no_scopes_makes_no_key(own_database: Database) -> None:
    organisation = an_organisation()
    owner = a_member(organisation, OWNER).id
    own_database.outside("delete from token_scope")
    assert owner
    with pytest.raises(DBAPIError) as fault, acting_for(organisation):
        add_token("koppeling", ["read"], 90, owner)
    assert isinstance(fault.value.orig, CheckViolation)


def test_the_database_refuses_a_key_for_ever(made: Made) -> None:
    with pytest.raises(DBAPIError), acting_for(made[0]):
        add_token("te lang", ["read"], 366, made[1])


def test_no_scope_is_an_act_of_a_person() -> None:
    assert set(SCOPES) | NEEDS_A_PERSON == set(MAY) and not set(SCOPES) & NEEDS_A_PERSON
    named = {"approve", "submit", "release", "break_glass"} | {act for act in MAY if act.startswith("see_to_")}
    assert named <= NEEDS_A_PERSON

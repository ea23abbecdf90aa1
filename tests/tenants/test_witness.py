"""The verifier: whoever may do everything in the database still cannot rewrite history unseen."""

import hashlib
import json
from typing import Any
from uuid import UUID, uuid4

import pytest
from psycopg.errors import CheckViolation
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from tenants.errors import NotFound
from tenants.history.entries import Entry, of_subject, record
from tenants.history.forgetting import ASKED, forget_person, forget_personal
from tenants.history.witness import (
    ALTERED,
    CUT_OFF,
    DROPPED,
    HEAD_DIFFERS,
    INSERTED,
    NOT_RECORDED,
    SWAPPED,
    organisations_to_verify,
    verify,
)
from tenants.isolation import acting_for
from tests.conftest import Database
from tests.factories import BRAM, FENNA, an_organisation
from tests.tenants.tampering import CHAIN_ANEW, SEAL, tamper

ROWS = "where organisation_id = :organisation and "
SWAP = f"""update history set seq = 1000 {ROWS} seq = 2; update history set seq = 2 {ROWS} seq = :other;
    update history set seq = :other {ROWS} seq = 1000"""
HASHES = """ update history h set hash = o.hash from history o where o.organisation_id = h.organisation_id
    and h.organisation_id = :organisation and h.seq in (2, :other) and o.seq in (2, :other) and o.seq <> h.seq"""
RENUMBER = f"update history set seq = seq + 100 {ROWS} seq > 4; update history set seq = seq - :less {ROWS} seq > 100"
COPY = f"""insert into history select organisation_id, 5, subject_kind, subject_id, at, 'never', actor_id, role, for_id,
    person, actor, version, terms, details, personal, hash from history {ROWS} seq = 4"""
FORM = f"history_form(h, h.seq, {SEAL})"
CHANGED = {
    "the words": "what = 'breach.never'", "the moment": "at = at - interval '1 hour'", "who": "actor_id = null",
    "whose name": "actor = sha256('x')", "the role": "role = 'owner'", "for whom": f"for_id = '{UUID(int=5)}'",
    "about what": f"subject_id = '{UUID(int=5)}'", "what kind": "subject_kind = 'notice'", "the version": "version = 8",
    "the terms": "terms = 'x'", "the details": "details = '{}'", "the personal values": "personal = null",
    "another's name": "person = null", "the hash": "hash = sha256('x')",
}  # fmt: skip
ALL_VALUES = "update history_personal set {} where organisation_id = :organisation"
ALL_NAMES = "update history_person set {} where organisation_id = :organisation"
TAMPERED: dict[str, tuple[str, int, str]] = {
    **{name: (f"update history set {change} {ROWS} seq = 4", 4, ALTERED) for name, change in CHANGED.items()},
    "a name": (ALL_NAMES.format("name = 'Iemand anders'"), 1, ALTERED),
    "a name less": ("delete from history_person where organisation_id = :organisation", 1, ALTERED),
    "a sealed value": (ALL_VALUES.format("sealed = sealed || 'x'::bytea"), 4, ALTERED),
    "a value in the open": (ALL_VALUES.format("sealed = null, plain = 'x'"), 4, ALTERED),
    "a value less": ("delete from history_personal where organisation_id = :organisation", 4, ALTERED),
    "one entry less": (f"delete from history {ROWS} seq = 4", 5, DROPPED),
    "the first less": (f"delete from history {ROWS} seq = 1", 2, DROPPED),
    "one less, and the others follow": (
        f"delete from history {ROWS} seq = 4; {RENUMBER.replace(':less', '101')}", 4, DROPPED,
    ),
    "the one before the last less": (
        f"delete from history {ROWS} seq = 7; update history set seq = 7 {ROWS} seq = 8", 7, DROPPED,
    ),
    "one more, and the others make room": (f"{RENUMBER.replace(':less', '99')}; {COPY}", 5, INSERTED),
    "one more at the end": (f"{COPY.replace('5,', '9,', 1)}", 9, ALTERED),
    "two in the other order": (SWAP.replace(":other", "3"), 2, SWAPPED),
    "two far apart in the other order": (SWAP.replace(":other", "7"), 2, SWAPPED),
    "what two tell in the other order": (f"{SWAP};{HASHES}".replace(":other", "3"), 2, SWAPPED),
    "what two far apart tell in the other order": (f"{SWAP};{HASHES}".replace(":other", "7"), 2, SWAPPED),
    "the last ones less": (f"delete from history {ROWS} seq > 6", 7, CUT_OFF),
    "everything": (f"delete from history {ROWS} true", 1, CUT_OFF),
    "the last less, and the head's number with it": (
        f"delete from history {ROWS} seq = 8; update history_head set seq = 7 where organisation_id = :organisation",
        7, HEAD_DIFFERS,
    ),
    "a head less": ("delete from history_head where organisation_id = :organisation", 1, INSERTED),
    "another word, and all chained anew": (
        f"update history set what = 'never' {ROWS} seq = 4; {CHAIN_ANEW}", 8, HEAD_DIFFERS,
    ),
    "the last less, all chained anew": (f"delete from history {ROWS} seq = 8; {CHAIN_ANEW}", 8, CUT_OFF),
    "a name erased on nobody's word": (
        ALL_NAMES.format("name = null, salt = null, erased_at = now()"), 1, NOT_RECORDED,
    ),
    "values erased on nobody's word": (
        ALL_VALUES.format("sealed = null, salt = null, erased_at = now()"), 4, NOT_RECORDED,
    ),
}  # fmt: skip


@pytest.fixture
def organisation(database: Database) -> UUID:
    """One with eight entries about three subjects; the fourth has personal values."""
    organisation, subjects = an_organisation(), [uuid4() for _ in range(3)]
    for nth in range(1, 9):
        personal = {"note": "Sprak met Jan"} if nth == 4 else {}
        with acting_for(organisation):
            record([Entry("breach", subjects[nth % 3], f"breach.{nth}", FENNA, {"n": nth}, personal, nth, "33(1)")])
    return organisation


def head_of(database: Database, organisation: UUID) -> dict[str, Any]:
    """What the other party would have countersigned."""
    return dict(database.outside("select seq, hash from history_head where organisation_id = :o", o=organisation)[0])


def subject_of(database: Database, organisation: UUID, seq: int) -> UUID:
    """What this entry is about."""
    query = "select subject_id from history where organisation_id = :o and seq = :seq"
    subject: UUID = database.outside(query, o=organisation, seq=seq)[0]["subject_id"]
    return subject


JSONB_FORM = """jsonb_build_array(2, organisation_id, seq, (extract(epoch from at) * 1000000)::bigint, subject_kind,
    subject_id, what, actor_id, role, for_id, encode(actor, 'hex'), version, terms, details, encode(personal, 'hex'))"""
HARD = json.dumps({"é\u2028😀": ['"\\/', "\t\n\u0001\u007f", 1.50, 1e30, -0.0, None, True, {}],
                   "a": {"z": 1, "b": []}})


@pytest.mark.parametrize("at", ["2026-11-22 01:02:03.000001+01", "1969-12-31 23:59:59.999999+00"])
def test_the_form_is_postgresqls_text_of_the_jsonb_array(database: Database, organisation: UUID, at: str):
    hard = "at = cast(:at as timestamptz), role = cast(:hard as text), details = cast(cast(:hard as text) as jsonb)"
    with database.superuser.begin() as connection:
        connection.execute(text("set local session_replication_role = replica"))
        values = {"organisation": organisation, "at": at, "hard": HARD}
        connection.execute(text(f"update history set {hard}, terms = '' {ROWS} seq % 2 = 0"), values)
    query = f"select {FORM} = {JSONB_FORM}::text as same from history h where organisation_id = :o"
    entries = database.outside(query, o=organisation)
    assert [entry["same"] for entry in entries] == [True] * 8


@pytest.mark.parametrize("name", TAMPERED)
def test_whoever_may_do_everything_cannot_do_this_unseen(database: Database, organisation: UUID, name: str):
    sql, seq, why = TAMPERED[name]
    assert verify(organisation).ok
    tamper(database, sql, organisation)
    verified = verify(organisation)
    assert (verified.seq, verified.why) == (seq, why)
    assert database.outside("select from history_breaks where organisation_id = :o", o=organisation) or why in (
        NOT_RECORDED, ALTERED,
    )  # fmt: skip
    assert verify(an_organisation()).ok


def test_a_whole_new_chain_with_its_head_is_for_the_other_party_to_find(database: Database, organisation: UUID):
    """Nothing here can tell it; the head that was countersigned is another one, and that is what tells."""
    before = head_of(database, organisation)
    tamper(database, f"update history set what = 'never' {ROWS} seq = 4; {CHAIN_ANEW}", organisation)
    tamper(
        database,
        """update history_head k set hash = h.hash from history h
        where h.organisation_id = k.organisation_id and h.seq = k.seq and k.organisation_id = :organisation""",
        organisation,
    )
    assert verify(organisation).ok
    assert head_of(database, organisation) != before


def test_the_form_is_all_that_anybody_needs_to_verify(database: Database, organisation: UUID):
    """As somebody outside does it, with the standard library."""
    before = b""
    for row in database.outside(
        f"""select {FORM} as form, hash, at, history_tag(s.secret, subject_id, seq) as tag
              from history h join history_seal s using (organisation_id) where organisation_id = :o order by seq""",
        o=organisation,
    ):
        inner = hashlib.sha256(row["form"].encode()).digest()
        before = hashlib.sha256(before + hashlib.sha256(row["tag"] + inner).digest()).digest()
        form = json.loads(row["form"])
        assert row["hash"] == before and form[:2] == [2, str(organisation)] and len(form) == 15
        assert form[3] == round(row["at"].timestamp() * 1_000_000)
    assert before == head_of(database, organisation)["hash"]


def test_an_empty_history_is_whole(database: Database):
    verified = verify(an_organisation())
    assert (verified.entries, verified.erased, verified.ok) == (0, 0, True)


def test_a_person_is_erased_and_the_proof_stays(database: Database, organisation: UUID):
    with acting_for(organisation):
        forget_person(FENNA.id or uuid4(), ASKED, BRAM)
    verified = verify(organisation)
    assert verified.ok and (verified.entries, verified.erased) == (9, 8)
    with acting_for(organisation):
        assert {entry.actor_name for entry in of_subject(subject_of(database, organisation, 1))} == {None}
        [forgotten] = of_subject(subject_of(database, organisation, 9))
    assert (forgotten.what, forgotten.actor_name) == ("history.person_forgotten", BRAM.name)
    assert forgotten.details == {"purpose": ASKED}
    remaining = database.outside("select name from history_person where organisation_id = :o", o=organisation)
    assert {row["name"] for row in remaining} == {None, BRAM.name}
    with pytest.raises(NotFound), acting_for(organisation):
        forget_person(FENNA.id or uuid4(), ASKED, BRAM)


def test_personal_values_are_erased_and_the_proof_stays(database: Database, organisation: UUID):
    with acting_for(organisation):
        forget_personal(4, ASKED, BRAM)
    verified = verify(organisation)
    assert verified.ok and (verified.entries, verified.erased) == (9, 1)
    [left] = database.outside("select * from history_personal where organisation_id = :o", o=organisation)
    assert (left["salt"], left["sealed"], left["plain"]) == (None, None, None)
    subject = subject_of(database, organisation, 4)
    with acting_for(organisation):
        assert [(e.what, e.details) for e in of_subject(subject)][-1] == (
            "history.personal_forgotten", {"entry": 4, "purpose": ASKED},
        )  # fmt: skip


def test_nothing_is_erased_for_another_purpose_or_of_another_organisation(database: Database, organisation: UUID):
    with pytest.raises(DBAPIError) as fault, acting_for(organisation):
        forget_person(FENNA.id or uuid4(), "it suits us", BRAM)
    assert isinstance(fault.value.orig, CheckViolation)
    with acting_for(an_organisation()), pytest.raises(NotFound):
        forget_person(FENNA.id or uuid4(), ASKED, BRAM)
    assert verify(organisation).erased == 0


def test_each_organisation_is_found_by_its_slug(database: Database, organisation: UUID):
    everybody: dict[Any, str] = dict(organisations_to_verify())
    assert organisations_to_verify(everybody[organisation]) == [(organisation, everybody[organisation])]
    assert organisations_to_verify("nobody-here") == []

"""Neither party can rewrite its chain unseen: the other holds its end as it was, signed, in its own chain."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from tenants.database import db
from tenants.history import comparing
from tenants.history.comparing import CUT_SHORT, LOST, NOT_SIGNED, REWRITTEN, THEIRS_NOT_SIGNED, THEIRS_REWRITTEN
from tenants.history.countersignatures import canonical, carry_head, is_signed
from tenants.history.entries import Actor
from tenants.history.signing_keys import public_keys, renew_signing_key, signing_key
from tenants.history.witness import OTHER_PARTY, Verified, verify
from tenants.isolation import acting_for
from tenants.keys.master_keys import rewrap
from tenants.keys.renewing import destroy_key
from tenants.register.escalations import acknowledge_receipt, report_decision
from tenants.sealing import seal_of_acting_organisation, use_master_key
from tests.conftest import Database
from tests.factories import FENNA, an_incident, an_office, an_organisation
from tests.tenants.tampering import ANEW, CHAIN_ANEW, MOVE_HEAD, ROWS, tamper
from workflows.running import jobs

CUT = f"delete from history {ROWS} seq > 1; {MOVE_HEAD}"
HELD = "select * from carried_head where organisation_id = :holder and from_organisation = :giver order by seq"


@dataclass(frozen=True)
class Told:
    """An office that told its two clients, of which the first confirmed and decided."""

    database: Database
    office: UUID
    client: UUID
    other: UUID
    escalation: UUID
    breach: UUID

    def held(self, holder: UUID, giver: UUID) -> list[dict[str, Any]]:
        return [dict(row) for row in self.database.outside(HELD, holder=holder, giver=giver)]


@pytest.fixture
def told(own_database: Database, outbox: object) -> Told:
    office = an_office(clients=2)
    an_incident(office)
    jobs.drain(str(office.id))
    first, other = own_database.outside("select * from escalation order by id")
    with acting_for(first["controller_id"]):
        assert acknowledge_receipt(first["breach_id"], Actor(None, "Anna"))
    with acting_for(first["controller_id"]):
        report_decision(first["breach_id"], "not_notified")
    return Told(
        own_database, office.id, first["controller_id"], other["controller_id"], first["id"], first["breach_id"]
    )  # fmt: skip


def whys(found: Verified) -> set[str]:
    return {disagreement.why for disagreement in found.disagreements}


def everybody_is_whole(told: Told) -> bool:
    return all(verify(organisation).ok for organisation in (told.office, told.client, told.other))


def test_an_escalation_carries_the_offices_head_and_receipt_and_decision_the_controllers(told: Told):
    assert everybody_is_whole(told)
    for holder in (told.client, told.other):
        [row] = told.held(holder, told.office)
        opened = told.database.outside("select max(seq) as seq from history where what = 'escalation.opened'")
        assert row["seq"] >= opened[0]["seq"], "the escalation's own opening is within what was carried"
    receipt, decision = told.held(told.office, told.client)
    assert receipt["seq"] <= decision["seq"] and told.held(told.office, told.other) == []
    [theirs] = told.held(told.client, told.office)
    kept = told.database.outside(
        "select seq, details from history where organisation_id = :o and what = 'head.received'", o=told.client
    )
    assert [(row["details"]["seq"], row["details"]["head"]) for row in kept] == [(theirs["seq"], theirs["head"].hex())]
    assert receipt["seq"] >= kept[0]["seq"], "and the controller's head has the office's in it"


def test_a_statement_says_whose_what_when_and_for_whom(told: Told):
    for holder, giver in ((told.client, told.office), (told.office, told.client)):
        for row in told.held(holder, giver):
            said = json.loads(row["statement"])
            assert row["statement"] == canonical(said) and said.pop("at")
            assert said == {"form": 1, "organisation": str(giver), "seq": row["seq"], "head": row["head"].hex(),
                            "about": str(told.escalation), "to": str(holder)}  # fmt: skip
            assert is_signed(row["statement"], row["signature"], row["public_key"])
            assert not is_signed(row["statement"] + " ", row["signature"], row["public_key"])


@pytest.mark.parametrize(("tampering", "why"), [(ANEW, REWRITTEN), (CUT, CUT_SHORT)], ids=["anew", "cut"])
def test_a_whole_new_chain_is_found_by_what_the_others_hold(told: Told, tampering: str, why: str):
    tamper(told.database, tampering, told.office)
    assert own_check(told, told.office) == []
    verified = verify(told.office)
    assert (verified.ok, verified.why) == (False, OTHER_PARTY)
    parties = {disagreement.party for disagreement in verified.disagreements if disagreement.why == why}
    assert parties == {"Client 1", "Client 2"}
    for holder in (told.client, told.other):
        theirs = verify(holder)
        assert theirs.why == OTHER_PARTY and whys(theirs) == {THEIRS_REWRITTEN}
        assert {disagreement.party for disagreement in theirs.disagreements} == {"De Linde Accountants"}


def test_a_rewritten_chain_of_a_controller_is_found(told: Told):
    anew = f"update history set details = '{{}}' {ROWS} seq = 1; {CHAIN_ANEW}; {MOVE_HEAD}"
    tamper(told.database, anew, told.client)
    assert own_check(told, told.client) == []
    assert whys(verify(told.client)) == {REWRITTEN} and whys(verify(told.office)) == {THEIRS_REWRITTEN}
    assert verify(told.other).ok


KEPT = "where organisation_id = :organisation and from_organisation <> :organisation"
HIDDEN = {
    "taken away": f"delete from carried_head {KEPT}",
    "another end": f"update carried_head set seq = 1, head = sha256('x') {KEPT}",
    "another text": f"update carried_head set statement = statement || ' ' {KEPT}",
    "another signature": f"update carried_head set signature = sha512('x') {KEPT}",
    "another key": f"update carried_head set public_key = sha256('x') {KEPT}",
    "another giver": f"update carried_head set from_organisation = :organisation {KEPT}",
}


@pytest.mark.parametrize("name", HIDDEN)
def test_what_one_holds_cannot_be_changed_or_taken_away_unseen(told: Told, name: str):
    tamper(told.database, HIDDEN[name], told.client)
    verified = verify(told.client)
    assert verified.why == OTHER_PARTY and whys(verified) & {LOST, THEIRS_NOT_SIGNED, NOT_SIGNED}


def test_who_signs_anew_with_a_new_key_contradicts_the_other_partys_chain(told: Told):
    """All of the office's rewritten, a new key in place, what the client holds signed again: its chain tells."""
    with acting_for(told.office):
        renew_signing_key(FENNA)
        key, [_, public] = signing_key(), public_keys()
    tamper(told.database, ANEW, told.office)
    [held] = told.held(told.client, told.office)
    head = told.database.outside("select hash from history where organisation_id = :o and seq = :seq",
                                 o=told.office, seq=held["seq"])[0]["hash"]  # fmt: skip
    statement = canonical(json.loads(held["statement"]) | {"head": head.hex()})
    with told.database.superuser.begin() as connection:
        connection.execute(text("set local session_replication_role = replica"))
        earlier = text("update signing_key set begun_at = '2020-01-01' where organisation_id = :o")
        connection.execute(earlier, {"o": told.office})
        connection.execute(
            text("""update carried_head set head = :head, statement = :statement, signature = :signature,
                           public_key = :public where id = :id"""),
            {"head": head, "statement": statement, "signature": key.sign(statement), "id": held["id"],
             "public": bytes.fromhex(str(public["public_key"]))},
        )  # fmt: skip
    assert whys(verify(told.client)) == {LOST}


def test_a_key_is_renewed_and_what_was_signed_before_holds(told: Told):
    with acting_for(told.office):
        before = signing_key()
        renew_signing_key(FENNA)
    with acting_for(told.office):
        assert signing_key().id != before.id and [key["ended_at"] is None for key in public_keys()] == [False, True]
        carry_head([(told.escalation, told.client)])
    assert everybody_is_whole(told)
    assert len({row["public_key"] for row in told.held(told.client, told.office)}) == 2
    kept = told.database.outside("select wrapped_key from signing_key where organisation_id = :o", o=told.office)
    assert sum(row["wrapped_key"] is None for row in kept) == 1, "the private part of the old one is gone"
    with pytest.raises(DBAPIError), acting_for(told.office):
        db.session.execute(text("update signing_key set ended_at = null, wrapped_key = 'x' where ended_at is not null"))


@pytest.fixture
def master_key(own_database: Database) -> Iterator[bytes]:
    current = own_database.config.master_key_bytes
    yield current
    use_master_key(current)


def test_a_new_master_key_wraps_it_too_and_a_destroyed_data_key_leaves_it(told: Told, master_key: bytes):
    with acting_for(told.client):
        key = signing_key().id
        seal_of_acting_organisation()
    use_master_key(b"n" * 32, master_key)
    assert list(rewrap())
    use_master_key(b"n" * 32)
    with acting_for(told.client):
        destroy_key(FENNA)
    with acting_for(told.client):
        assert signing_key().id == key
        carry_head([(told.escalation, told.office)])
    assert verify(told.office).ok


def attempt(giver: UUID, **changed: Any) -> None:
    with acting_for(giver):
        head = db.session.execute(text("select seq, hash from history_head")).one()
        said = {"form": 1, "organisation": str(giver), "seq": head.seq, "head": bytes(head.hash).hex(), "at": "now"}
        statement = canonical(said | changed)
        statements = json.dumps([{"statement": statement, "signature": signing_key().sign(statement).hex()}])
        db.session.execute(text("select carry_heads(cast(:given as jsonb))"), {"given": statements})


def test_a_party_countersigns_only_its_own_head_for_the_other_party(told: Told):
    right = {"about": str(told.escalation), "to": str(told.office)}
    wrong: list[tuple[UUID, dict[str, Any]]] = [
        (told.client, right | {"organisation": str(told.other)}), (told.client, right | {"seq": 1}),
        (told.client, right | {"head": "00" * 32}), (told.client, right | {"to": str(told.other)}),
        (told.other, right), (told.client, right | {"about": str(uuid4())}), (an_organisation(), right),
    ]  # fmt: skip
    for giver, changed in wrong:
        with pytest.raises(DBAPIError, match=r"carried head|nobody"):
            attempt(giver, **changed)
    assert len(told.held(told.office, told.client)) == 2 and everybody_is_whole(told)


def test_one_is_told_of_ones_own_statements_only(told: Told):
    seen = {}
    for organisation in (told.office, told.client, told.other, an_organisation()):
        with acting_for(organisation):
            seen[organisation] = [
                sorted(row[0] for row in db.session.execute(text(f"select {who} from {door}()")))
                for who, door in (("holder_name", "heads_held_of_me"), ("giver_name", "heads_that_i_hold"))
            ]  # fmt: skip
    assert list(seen.values()) == [
        [["Client 1", "Client 2"], ["Client 1", "Client 1"]],
        [["De Linde Accountants"] * 2, ["De Linde Accountants"]], [[], ["De Linde Accountants"]], [[], []],
    ]  # fmt: skip


def own_check(told: Told, organisation: UUID) -> list[Any]:
    """What its own chain alone would tell."""
    return told.database.outside("select * from history_breaks where organisation_id = :o", o=organisation)


def test_every_way_to_contradict_has_its_name():
    assert len(set(comparing.DISAGREEMENTS)) == 6

"""Each check of verify.py finds what nothing else finds: one alteration, made to match elsewhere, and its one fault.

The organisation itself alters, and signs with its real key. Exactly these faults are told: a check that is gone shows,
also where another would still refuse the evidence.
"""

import contextlib
import hashlib
import io
import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from service.evidence import verify
from tenants.history.entries import Actor, Entry, record
from tenants.history.signing_keys import signing_key
from tenants.isolation import acting_for
from tenants.register.breaches import breach
from tenants.register.escalations import acknowledge_receipt, report_decision
from tests import factories
from tests.conftest import Database
from tests.factories import BRAM, FENNA
from tests.service.zipped import Files, chain_anew, exported, key_of, packed, put_key, sign_anew, unpacked
from workflows.mail.batches import Addressee
from workflows.mail.listing import add_recipients
from workflows.mail.outbox import Outbox
from workflows.notice.bulk_notice import begin_by_choice
from workflows.running import jobs

STRANGER = Ed25519PrivateKey.from_private_bytes(bytes(32))
ANOTHER = "00000000-0000-0000-0000-0000000000aa"
KEY = "ab" * 32


def private_key(organisation: UUID) -> Ed25519PrivateKey:
    with acting_for(organisation):
        return signing_key().private


@dataclass
class Case:
    """One evidence that is altered, and the keys of both parties."""

    whole: Files
    key: str
    own: Ed25519PrivateKey
    office: Ed25519PrivateKey

    @property
    def facts(self) -> dict[str, Any]:
        evidence: dict[str, Any] = self.whole["evidence.json"]
        return evidence

    def called(self, change: Callable[[list[Any]], None], nth: int | None = None) -> None:
        """The entry of the call, or the nth, is written anew, and the chain with it; nobody else holds an end."""
        entry = next(entry for entry in self.facts["entries"] if "escalation.called" in entry["form"])
        entry = entry if nth is None else self.facts["entries"][nth]
        form = json.loads(entry["form"])
        change(form)
        entry["form"] = json.dumps(form)
        self.whole["countersignatures.json"]["given"] = []
        chain_anew(self.whole)

    def tagged(self, tag: str) -> None:
        """The entry of the call has another tag."""
        lines = self.whole["chain.txt"].split()
        nth = self.call["seq"] - self.whole["chain.json"]["first"]
        lines[nth] = tag + lines[nth][64:]
        self.whole["chain.txt"] = "\n".join(lines) + "\n"

    @property
    def call(self) -> dict[str, Any]:
        called: dict[str, Any] = next(entry for entry in self.facts["entries"] if "escalation.called" in entry["form"])
        return called

    def says(self, kind: str, by: Ed25519PrivateKey, **changes: Any) -> None:
        """The first statement of this kind says something else, rightly signed."""
        statement = self.whole["countersignatures.json"][kind][0]
        statement["statement"] = json.dumps(json.loads(statement["statement"]) | changes)
        statement["public_key"] = by.public_key().public_bytes_raw().hex()
        statement["signature"] = by.sign(statement["statement"].encode()).hex()


@pytest.fixture(scope="module")
def made(database: Database) -> tuple[bytes, str, Ed25519PrivateKey, Ed25519PrivateKey]:
    """An office told its client, which confirmed receipt, called, began a notice and decided."""
    jobs.use_mail_sender(Outbox())
    office = factories.an_office(clients=2)
    factories.an_incident(office)
    jobs.drain(str(office.id))
    row = database.outside("select * from escalation where processor_id = :o order by id limit 1", o=office.id)[0]
    client, breach_id = row["controller_id"], row["breach_id"]
    with acting_for(client):
        acknowledge_receipt(breach_id, Actor(None, "Anna"))
    with acting_for(client):
        begun = begin_by_choice(breach(breach_id), FENNA)
        add_recipients(begun.id, [Addressee("Jan Lezer", "jan@example.nl"), Addressee("Piet", "piet@example.nl")])
        record([Entry("breach", breach_id, "escalation.called", BRAM, {}, None)])
    factories.an_own_breach(client)
    with acting_for(client):
        report_decision(breach_id, "not_notified")
        record([Entry("breach", breach_id, "breach.looked_at", BRAM, {}, None)])
    return exported(client, breach_id), key_of(client), private_key(client), private_key(office.id)


@pytest.fixture
def case(made: tuple[bytes, str, Ed25519PrivateKey, Ed25519PrivateKey]) -> Case:
    return Case(unpacked(made[0]), *made[1:])


def manifest_says(case: Case, **changes: str) -> None:
    manifest = case.whole["manifest.json"]
    manifest["statement"] = json.dumps(json.loads(manifest["statement"]) | changes)


def other_signature(case: Case, kind: str) -> None:
    case.whole["countersignatures.json"][kind][0]["signature"] = "00" * 64


def another_subject(case: Case) -> None:
    case.facts["subjects"].append({"id": ANOTHER, "key": KEY})


def of_another_subject(case: Case) -> None:
    another_subject(case)
    case.tagged(tag_of(case.call["seq"]))
    case.called(lambda form: form.__setitem__(5, ANOTHER))


def tag_of(seq: int) -> str:
    return hashlib.sha256(bytes.fromhex(KEY) + seq.to_bytes(8, "big")).hexdigest()


def more_people(case: Case) -> None:
    """An entry says that five people were mailed; the count says two."""

    def sent(form: list[Any]) -> None:
        form[6], form[13] = "notice.sent", {"people": 5, "sent_at": "2026-01-02 03:04:05+00:00"}

    case.called(sent)
    for part in ("register", "breach"):
        case.facts[part]["people_told_at"] = "2026-01-02 03:04:05+00:00"


def erased_where_nothing_was(case: Case) -> None:
    entry = next(entry for entry in case.facts["entries"] if entry["personal"] is None)
    entry["personal"] = {"erased": True, "erased_at": "2026-01-02"}


def step_of_another_subject(case: Case) -> None:
    """A step that the call would be, were it about the same subject."""
    form = json.loads(case.call["form"])
    values = {"workflow": "escalation", "step": "called", "subject_id": ANOTHER, "done_by": form[7], "done_at": form[3]}
    case.facts["steps"].append({"done_for": None, "done_by_name": BRAM.name} | values)


def form_alone(case: Case) -> None:
    case.call["form"] = case.call["form"].replace("escalation.called", "escalation.cal1ed")


def set_form(place: int, value: Any, nth: int | None = None) -> Callable[[Case], None]:
    return lambda case: case.called(lambda form: form.__setitem__(place, value), nth)


def other_tag(case: Case) -> None:
    case.tagged("00" * 32)
    case.called(lambda form: None)


ALTERED: dict[str, tuple[Callable[[Case], None], set[str]]] = {
    "nothing": (lambda case: None, set()),
    "the list is of another breach": (lambda case: manifest_says(case, breach=ANOTHER), {"manifest"}),
    "the list is of another organisation": (lambda case: manifest_says(case, organisation=ANOTHER), {"manifest"}),
    "given, not signed": (lambda case: other_signature(case, "given"), {"given_wrong"}),
    "given about another": (lambda case: case.says("given", case.own, organisation=ANOTHER), {"given_wrong"}),
    "given by a stranger": (lambda case: case.says("given", STRANGER), {"given_wrong"}),
    "given of another end": (lambda case: case.says("given", case.own, head="00" * 32), {"rewritten"}),
    "held, not signed": (lambda case: other_signature(case, "held"), {"held_wrong"}),
    "held to another": (lambda case: case.says("held", case.office, to=ANOTHER), {"held_wrong"}),
    "held of another": (lambda case: case.says("held", case.office, organisation=ANOTHER), {"held_wrong"}),
    "held of another end": (lambda case: case.says("held", case.office, head="00" * 32), {"held_wrong", "held_lost"}),
    "held no more": (lambda case: case.whole["countersignatures.json"]["held"].clear(), {"held_lost"}),
    "a form alone": (form_alone, {"entry"}),
    "another form": (set_form(0, 1), {"entry"}),
    "of another organisation": (set_form(1, ANOTHER), {"entry"}),
    "another number": (set_form(2, 1), {"entry"}),
    "of a subject that is not there": (set_form(5, ANOTHER), {"entry"}),
    "another tag": (other_tag, {"entry"}),
    "no beginning": (set_form(6, "breach.begun", 0), {"no_birth"}),
    "one subject more": (another_subject, {"unbound"}),
    "of one subject more": (of_another_subject, {"unbound"}),
    "a register in another form": (
        lambda case: case.facts.__setitem__("register_form", case.facts["register_form"] + " "), {"register_hash"}),
    "a step of another subject": (step_of_another_subject, {"step"}),
    "more people than were counted": (more_people, {"people"}),
    "erased where nothing was": (erased_where_nothing_was, {"name"}),
}  # fmt: skip


def faults(source: Path, case: Case, *words: str) -> set[str]:
    """Which faults are told, by their key; the exit status agrees with them."""
    source.write_bytes(packed(case.whole))
    said = io.StringIO()
    with contextlib.redirect_stdout(said):
        status = verify.main([str(source), *(words or ("--key", case.key))])
    refused = [line.removeprefix("FOUT").strip() for line in said.getvalue().splitlines() if line.startswith("FOUT")]
    patterns = {key: ".+".join(map(re.escape, re.split(r"\{\w+\}", text))) for key, (text, _) in verify.WORDS.items()}
    keys = {key for key, pattern in patterns.items() for line in refused if re.fullmatch(pattern, line)}
    assert status == bool(refused), said.getvalue()
    return keys


@pytest.mark.parametrize("name", ALTERED)
def test_each_check_finds_a_fault_that_no_other_check_finds(tmp_path: Path, case: Case, name: str):
    alter, wanted = ALTERED[name]
    alter(case)
    sign_anew(case.whole, case.own)
    faults_said = faults(tmp_path / "e.zip", case)
    assert faults_said == wanted


def test_a_key_without_an_entry_in_the_chain_is_reported(tmp_path: Path, case: Case):
    put_key(case.whole, STRANGER)
    sign_anew(case.whole, STRANGER)
    assert faults(tmp_path / "e.zip", case, "--key", STRANGER.public_key().public_bytes_raw().hex()) == {"no_key"}


def test_a_kept_end_that_is_not_signed_is_told(tmp_path: Path, case: Case):
    kept = case.whole["countersignatures.json"]["given"][0] | {"signature": "00" * 64}
    (tmp_path / "heads.jsonl").write_text(json.dumps(kept))
    sign_anew(case.whole, case.own)
    assert faults(tmp_path / "e.zip", case, "--key", case.key, "--heads", str(tmp_path / "heads.jsonl")) == {"outside"}

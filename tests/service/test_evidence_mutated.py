"""Evidence altered at every kind of place, with a list of files that matches again: it never passes.

The forger of the first test signs with a key of their own, put among the organisation's. The forger of the second is
the organisation itself, which signs what it altered with its real key: only what follows from the entries is proven.
"""

import contextlib
import copy
import io
import json
import random
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from service.evidence import verify
from tenants.history.entries import Entry, record
from tenants.history.signing_keys import signing_key
from tenants.identity.users import APPROVER, HANDLER, PRIVACY_OFFICER
from tenants.isolation import acting_for
from tenants.register.notices import notice_of_breach
from tests.authority import an_authority
from tests.conftest import Database
from tests.engine.places import Place, a_place, decide
from tests.factories import BRAM, FENNA, JORIS, NOTICE_TEXT, an_assessment, proven
from tests.service.stamped import stamp_end
from tests.service.zipped import Files, exported, key_of, packed, program, put_key, sign_anew, unpacked
from workflows.engine.advance import complete
from workflows.mail.batches import Addressee
from workflows.mail.outbox import Outbox
from workflows.notice.bulk_notice import BULK_NOTICE, upload_recipients
from workflows.running import jobs

CHECKED = ("evidence.json", "chain.json", "countersignatures.json", "timestamps.json")
WAYS = ("drop", "swap", "change")
SEED = 20261127
SIGNED_ALONE = (
    ("evidence.json", "form"), ("evidence.json", "made_at"), ("evidence.json", "organisation"),
    ("evidence.json", "public_keys"), ("evidence.json", "terms"), ("evidence.json", "moved_term"),
    ("evidence.json", "breach"), ("evidence.json", "mail"), ("evidence.json", "steps"), ("evidence.json", "register"),
    ("evidence.json", "register_form"), ("chain.json", "organisation"),
)  # fmt: skip
"""What the organisation vouches for with its signature; parts of it are proven all the same (see PROVEN)."""
PROVEN = (
    *(("evidence.json", "register", name) for name in (
        "title", "found_at", "became_aware_at", "due_at", "description", "facts", "people_min", "people_max", "risk",
        "risk_reason", "decision", "decision_reason", "decided_at", "submitted_at", "authority_number",
        "people_told_at")),
    *(("evidence.json", "breach", name) for name in ("id", "title", "found_at", "decision", "decided_at", "risk")),
    ("evidence.json", "steps", "*", "done_by"), ("evidence.json", "steps", "*", "done_at"),
    ("evidence.json", "register_form"), ("evidence.json", "organisation", "id"), ("chain.json", "organisation"),
)  # fmt: skip

SAYS_NOTHING = ((("evidence.json", "subjects", "*"), "swap"), (("timestamps.json", "*"), "drop"))
"""The order of subjects; and one time stamp less, which nothing in the chain speaks of: whoever has it proves less."""


@pytest.fixture(scope="module")
def place(database: Database) -> Place:
    """A breach that was reported late, and of which two people were told."""
    jobs.use_mail_sender(Outbox())
    place = a_place()
    decide(place, "assess", **an_assessment("high"))
    decide(place, "draft", decision="notify", reason="Het risico is hoog.")
    decide(place, "approve", by=BRAM, role=APPROVER, agrees=True)
    jobs.drain(str(place[0]))
    with acting_for(place[0]):
        begun = notice_of_breach(place[1])
        assert begun
        upload_recipients(begun.id, [Addressee("A", "a@x.nl"), Addressee("B", "b@x.nl")], FENNA, PRIVACY_OFFICER)
        complete(BULK_NOTICE, begun.id, "text", FENNA, PRIVACY_OFFICER, dict(NOTICE_TEXT))
        complete(BULK_NOTICE, begun.id, "approve", proven(BRAM), APPROVER, {"agrees": True})
        complete(BULK_NOTICE, begun.id, "release", proven(JORIS), HANDLER, {})
        record([Entry("breach", place[1], "escalation.called", BRAM, {}, {"note": "Sprak met Kees"})])
    jobs.drain(str(place[0]))
    with acting_for(place[0]):
        now = proven(JORIS).proven_at
    with an_authority() as authority:
        stamp_end(place[0], authority)
        decide(place, "submit", by=JORIS, role=HANDLER, submitted_at=now, authority_number="AP-1")
        stamp_end(place[0], authority)
    return place


@pytest.fixture(scope="module")
def files(place: Place) -> Files:
    return unpacked(exported(*place))


def verdict(path: Path, files: Files, *words: str) -> int:
    """The exit status, in this process: there are hundreds."""
    path.write_bytes(packed(files))
    with contextlib.redirect_stdout(io.StringIO()):
        return verify.main([str(path), *words])


def places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Every value in it, by its path."""
    if path:
        yield path
    inside: Any = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, inner in inside:
        yield from places(inner, (*path, key))


def kind(path: tuple[Any, ...]) -> tuple[Any, ...]:
    return tuple("*" if isinstance(part, int) else part for part in path)


def of_each_kind(files: Files) -> list[tuple[Any, ...]]:
    """Of each kind of place one, by the seed."""
    kinds: dict[tuple[Any, ...], list[tuple[Any, ...]]] = {}
    for path in (place for name in CHECKED for place in places(files[name], (name,)) if len(place) > 1):
        kinds.setdefault(kind(path), []).append(path)
    chosen = random.Random(SEED)
    return [chosen.choice(paths) for paths in kinds.values()]


def another(value: Any) -> Any:
    if isinstance(value, bool) or value is None:
        return "x"
    if isinstance(value, str | int | float):
        return value + ("0" if isinstance(value, str) else 1)
    return [*value, "x"] if isinstance(value, list) else {**value, "x": 1}


def mutated(files: Files, path: tuple[Any, ...], way: str) -> Files | None:
    """A copy that differs there; None when it would be the same."""
    copied = copy.deepcopy(files)
    inside = copied
    for part in path[:-1]:
        inside = inside[part]
    if way == "drop":
        del inside[path[-1]]
    elif way == "change":
        inside[path[-1]] = another(inside[path[-1]])
    else:
        keys = list(range(len(inside))) if isinstance(inside, list) else list(inside)
        other = keys[(keys.index(path[-1]) + 1) % len(keys)]
        inside[path[-1]], inside[other] = inside[other], inside[path[-1]]
    return None if copied == files else copied


def mutations(files: Files) -> Iterator[tuple[tuple[Any, ...], str, Files]]:
    for path in of_each_kind(files):
        for way in WAYS:
            mutant = mutated(files, path, way)
            if mutant is not None:
                yield path, way, mutant
    lines = files["chain.txt"].splitlines()
    turned = [lines[1], lines[0], *lines[2:]]
    for way, changed in (("drop", lines[1:]), ("swap", turned), ("change", [*lines[:-1], "0" * 128])):
        yield ("chain.txt",), way, files | {"chain.txt": "\n".join(changed) + "\n"}


def of_a_machine(files: Files, path: tuple[Any, ...]) -> bool:
    """Whether this is in a step that no person did: it has no entry of its own, so its moment is signed alone."""
    return path[1] == "steps" and files["evidence.json"]["steps"][path[2]]["done_by"] is None


def test_unaltered_evidence_holds(tmp_path: Path, files: Files, place: Place):
    assert verdict(tmp_path / "e.zip", files, "--key", key_of(place[0])) == 1, "packed anew, the hashes differ"
    with acting_for(place[0]):
        private = signing_key().private
    sign_anew(files := copy.deepcopy(files), private)
    assert verdict(tmp_path / "e.zip", files, "--key", key_of(place[0])) == 0
    assert verdict(tmp_path / "e.zip", files) == 3


def test_there_are_many_kinds_of_places(files: Files):
    kinds = {kind(path) for path in of_each_kind(files)}
    assert len(kinds) > 120 and ("evidence.json", "entries", "*", "personal", "value") in kinds
    assert kinds >= {*PROVEN, ("timestamps.json", "*", "seq"), ("timestamps.json", "*", "stamp")}


def test_whoever_signs_with_a_key_of_their_own_never_passes(tmp_path: Path, files: Files, place: Place):
    forger, key, count = Ed25519PrivateKey.from_private_bytes(bytes(32)), key_of(place[0]), 0
    for path, way, changed in mutations(files):
        put_key(changed, forger)
        sign_anew(changed, forger)
        for words in ((), ("--key", key)):
            assert verdict(tmp_path / "e.zip", changed, *words) != 0, (path, way, words)
        count += 1
    assert count > 300


def test_the_organisation_itself_cannot_alter_what_follows_from_its_entries(
    tmp_path: Path, files: Files, place: Place
):
    key = key_of(place[0])
    with acting_for(place[0]):
        private = signing_key().private
    passed = []
    for path, way, changed in mutations(files):
        sign_anew(changed, private)
        is_proven = kind(path) in PROVEN and not of_a_machine(files, path)
        rests_on_the_signature = kind(path)[:2] in SIGNED_ALONE and not is_proven
        if (kind(path), way) in SAYS_NOTHING:
            continue
        if verdict(tmp_path / "e.zip", changed, "--key", key) == 0 and not rests_on_the_signature:
            passed.append((path, way))
    assert not passed, "\n".join(map(str, passed))


def test_an_entry_that_was_dropped_or_hidden_is_told(tmp_path: Path, files: Files, place: Place):
    with acting_for(place[0]):
        private = signing_key().private
    for nth in range(len(files["evidence.json"]["entries"])):
        changed = copy.deepcopy(files)
        changed["evidence.json"]["entries"].pop(nth)
        sign_anew(changed, private)
        assert verdict(tmp_path / "e.zip", changed, "--key", key_of(place[0])) == 1, nth


def test_it_does_the_same_where_cryptography_is_hidden(tmp_path: Path, files: Files, place: Place):
    """In processes of their own, some of each way: verify.py uses nothing but the standard library."""
    hidden = "import runpy, sys; sys.modules['cryptography'] = None; sys.argv = sys.argv[1:]"
    run = f"{hidden}; runpy.run_path({str(program(tmp_path))!r}, run_name='__main__')"
    forger = Ed25519PrivateKey.from_private_bytes(bytes(32))
    for path, way, changed in random.Random(SEED).sample(list(mutations(files)), 12):
        put_key(changed, forger)
        sign_anew(changed, forger)
        (tmp_path / "e.zip").write_bytes(packed(changed))
        for words in ((), ("--key", key_of(place[0]))):
            command = [sys.executable, "-I", "-c", run, "verify.py", str(tmp_path / "e.zip"), *words]
            answer = subprocess.run(command, env={}, capture_output=True, text=True, timeout=60, check=False)
            assert answer.returncode in (1, 2, 3) and answer.stderr == "", (path, way, answer.stderr)
    whole = exported(*place)
    (tmp_path / "e.zip").write_bytes(whole)
    command = [sys.executable, "-I", "-c", run, "verify.py", str(tmp_path / "e.zip"), "--key", key_of(place[0])]
    assert subprocess.run(command, env={}, capture_output=True, timeout=60, check=False).returncode == 0


def test_no_other_organisation_is_in_it_by_its_id(database: Database, place: Place, files: Files):
    """But the parties of this very breach, of which this one has none."""
    text = json.dumps(files)
    others = database.outside("select id from organisation where id <> :own", own=place[0])
    assert [row["id"] for row in others if str(row["id"]) in text] == []

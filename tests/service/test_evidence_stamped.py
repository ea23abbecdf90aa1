"""Time stamps in the evidence: whose end they are of is checked there, who signed them with openssl, as it says."""

import base64
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from cryptography.hazmat.primitives.serialization import Encoding

from service.evidence.page import readme
from service.evidence.verify_files import MOST
from tenants.history.entries import Entry, record
from tenants.history.signing_keys import signing_key
from tenants.isolation import acting_for
from tests.authority import Authority, an_authority
from tests.conftest import Database
from tests.engine.places import Place, a_place
from tests.factories import FENNA
from tests.service.stamped import stamp_end
from tests.service.zipped import Files, chain_anew, exported, key_of, packed, ran, sign_anew, unpacked
from workflows.evidence.evidence import MOST_STAMPS
from workflows.outside import time_stamps

FILE = "timestamps.json"
OPENSSL = "    openssl ts -verify -digest HASH -in {} -CAfile ca.pem"


@pytest.fixture(scope="module")
def authority() -> Iterator[Authority]:
    with an_authority() as there:
        yield there


@pytest.fixture
def place(database: Database) -> Place:
    return a_place()


def another_entry(place: Place, about: UUID | None = None) -> None:
    with acting_for(place[0]):
        record([Entry("breach", about or place[1], "escalation.called", FENNA)])


def signed_again(place: Place, files: Files) -> bytes:
    """By the organisation itself, after it altered something."""
    with acting_for(place[0]):
        sign_anew(files, signing_key().private)
    return packed(files)


def test_a_stamp_says_when_and_that_nobody_looked_who_signed_it(
    place: Place, authority: Authority, tmp_path: Path
) -> None:
    head, key = stamp_end(place[0], authority), key_of(place[0])
    another_entry(place)
    whole = exported(*place)
    assert [stamp["seq"] for stamp in unpacked(whole)[FILE]] == [head.seq]
    page = unpacked(whole)["page.html"]
    assert "Tijdstempels (RFC 3161)" in page and f"{authority.at:%H}" in page and f"regel {head.seq}: " in page
    dutch, english = ran(tmp_path, whole, "--key", key), ran(tmp_path, whole, "--key", key, "--lang", "en")
    assert dutch.returncode == english.returncode == 0, dutch.stdout
    assert f"Tijdstempel van {authority.at:%Y-%m-%d %H:%M:%S} UTC" in dutch.stdout
    assert "NIET gecontroleerd: wie de tijdstempels zette" in dutch.stdout
    assert "NOT checked: who signed the time stamps" in english.stdout
    assert ran(tmp_path, whole).returncode == 3, "a stamp that nobody checked vouches for nothing"


def test_evidence_without_stamps_has_no_file_of_stamps(place: Place, tmp_path: Path) -> None:
    whole = exported(*place)
    assert FILE not in unpacked(whole) and "RFC 3161" not in unpacked(whole)["page.html"]
    answer = ran(tmp_path, whole, "--key", key_of(place[0]))
    assert answer.returncode == 0 and "ijdstempel" not in answer.stdout


def test_of_each_entry_the_first_stamp_after_it_and_of_these_the_newest(place: Place, authority: Authority) -> None:
    first = [stamp_end(place[0], authority).seq]
    for _ in range(MOST_STAMPS):
        another_entry(place)
        first.append(stamp_end(place[0], authority).seq)
        another_entry(place, about=uuid4())
        stamp_end(place[0], authority)
    assert [stamp["seq"] for stamp in unpacked(exported(*place))[FILE]] == first[-MOST_STAMPS:]
    largest = time_stamps.MOST_BYTES * 4 / 3 + 200
    assert largest * MOST_STAMPS < MOST[FILE], "verify.py reads as many, at their largest"


def test_a_stamp_of_something_else_is_reported(place: Place, authority: Authority, tmp_path: Path) -> None:
    head = stamp_end(place[0], authority, of=bytes(32))
    answer = ran(tmp_path, exported(*place), "--key", key_of(place[0]))
    assert answer.returncode == 1 and f"De tijdstempel bij regel {head.seq} hoort niet bij" in answer.stdout


def test_a_chain_that_was_rewritten_after_its_stamp_is_told(place: Place, authority: Authority, tmp_path: Path) -> None:
    head = stamp_end(place[0], authority)
    another_entry(place)
    files = unpacked(exported(*place))
    entry = files["evidence.json"]["entries"][0]
    entry["form"] = entry["form"].replace("breach.opened", "breach.received")
    chain_anew(files)
    answer = ran(tmp_path, signed_again(place, files), "--key", key_of(place[0]))
    assert answer.returncode == 1 and f"De tijdstempel bij regel {head.seq} hoort niet bij" in answer.stdout
    assert "FOUT De keten" not in answer.stdout, "the chain itself holds"


@pytest.mark.parametrize("damage", [
    lambda der: der[:-1], lambda der: der + b"x", lambda der: der[:5], lambda der: b"", lambda der: der[:2] + der,
    lambda der: der.replace(bytes.fromhex("608648016503040201"), bytes.fromhex("608648016503040202")),
    lambda der: bytes.fromhex("30053003020102"), lambda der: b"\x30\x80" + der[4:], lambda der: b"\x30\xff" + der[2:],
])  # fmt: skip
def test_anything_but_a_stamp_is_reported(
    place: Place, authority: Authority, tmp_path: Path, damage: Callable[[bytes], bytes]
) -> None:
    stamp_end(place[0], authority)
    files = unpacked(exported(*place))
    answer = base64.b64decode(files[FILE][0]["stamp"])
    files[FILE][0]["stamp"] = base64.b64encode(damage(answer)).decode()
    checked = ran(tmp_path, signed_again(place, files), "--key", key_of(place[0]))
    assert checked.returncode in (1, 2) and checked.stderr == "", checked.stdout


@pytest.mark.parametrize(("language", "name"), [("nl", "REGEL.tsr"), ("en", "ENTRY.tsr")])
def test_who_signed_it_is_seen_with_the_command_that_stands_there(
    place: Place, authority: Authority, tmp_path: Path, language: str, name: str
) -> None:
    head, command = stamp_end(place[0], authority), OPENSSL.format(name)
    assert command in readme(language).splitlines()
    answer = ran(tmp_path, exported(*place), "--lang", language, "--stamps", str(tmp_path))
    digest = next(line for line in answer.stdout.splitlines() if "hash " in line).rpartition("hash ")[2].rstrip(".")
    words = command.replace("HASH", digest).replace(name, f"{head.seq}.tsr").split()
    with an_authority() as other:
        for vouching, status in ((authority, 0), (other, 1)):
            (tmp_path / "ca.pem").write_bytes(vouching.root.public_bytes(Encoding.PEM))
            finished = subprocess.run(words, cwd=tmp_path, capture_output=True, text=True, timeout=60, check=False)
            assert finished.returncode == status, finished.stderr

"""Writes the zip: files in one order, each hashed while it is written, and last the signed list of those hashes."""

import hashlib
import json
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import IO, Any
from uuid import UUID

from service.evidence.page import page_of, readme
from tenants.history.countersignatures import canonical
from tenants.history.entries import Actor, write
from tenants.history.signing_keys import signing_key
from tenants.register.breaches import breach_of_any_age
from workflows.evidence.evidence import FORM, Evidence, gather, leaves, remember_export

VERIFY = Path(__file__).parent / "verify.py"
PROGRAM = (
    "verify.py", "verify_chain.py", "verify_register.py", "verify_stamps.py", "verify_files.py", "verify_words.py",
    "verify_ed25519.py",
)  # fmt: skip
"""The program that checks the zip, with the standard library alone."""
SAME_DATE = (1980, 1, 1, 0, 0, 0)
"""The same moment for every file. The files themselves say when they were made."""


class Parcel:
    """A zip while it is written, and the hashes of its files so far."""

    def __init__(self, file: IO[bytes]) -> None:
        self._zip = zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED)
        self.files: dict[str, str] = {}

    @contextmanager
    def file(self, name: str) -> Iterator["Writer"]:
        """Open one more file of the zip, to write it in parts."""
        entry = zipfile.ZipInfo(name, SAME_DATE)
        entry.compress_type, entry.external_attr = zipfile.ZIP_DEFLATED, 0o600 << 16
        with self._zip.open(entry, "w", force_zip64=True) as inside:
            writer = Writer(inside)
            yield writer
        self.files[name] = writer.digest.hexdigest()

    def add(self, name: str, content: str) -> None:
        """Add one file that is in memory as a whole."""
        with self.file(name) as writer:
            writer.write(content)

    def close(self) -> None:
        """Write the table of contents."""
        self._zip.close()


class Writer:
    """Writes text into a file of the zip, and hashes it on its way."""

    def __init__(self, inside: IO[bytes]) -> None:
        self._inside, self.digest = inside, hashlib.sha256()

    def write(self, words: str) -> None:
        """Add text to the file."""
        self.digest.update(words.encode())
        self._inside.write(words.encode())


def write_evidence(breach_id: UUID, by: Actor, file: IO[bytes]) -> str:
    """Write the evidence of the acting organisation's breach, and record who took it.

    Return the reference of the breach. Raises NotFound when there is no such breach.
    """
    breach_row, key = breach_of_any_age(breach_id), signing_key()
    write()  # The chain names the key that signs, also when this is its first use.
    evidence, parcel = gather(breach_row), Parcel(file)
    language = evidence.facts["organisation"]["locale"]
    parcel.add("evidence.json", _json(evidence.facts))
    _write_chain(parcel, evidence.chain)
    parcel.add("countersignatures.json", _json(evidence.countersignatures))
    if evidence.time_stamps:
        parcel.add("timestamps.json", _json(evidence.time_stamps))
    parcel.add("page.html", page_of(evidence, language))
    parcel.add("README.txt", readme(language))
    for name in PROGRAM:
        parcel.add(name, (VERIFY.parent / name).read_text("utf-8"))
    statement = _manifest(evidence, parcel.files)
    signed = {"statement": statement, "signature": key.sign(statement).hex(), "key": key.id.hex()}
    parcel.add("manifest.json", _json(signed))
    parcel.close()
    remember_export(breach_row, evidence.chain, hashlib.sha256(statement.encode()).hexdigest(), by)
    return breach_row.reference


def _write_chain(parcel: Parcel, chain: dict[str, Any]) -> None:
    """Write one entry a line. A chain of millions is never held in memory."""
    parcel.add("chain.json", _json(chain))
    with parcel.file("chain.txt") as file:
        for leaf in leaves(chain):
            file.write(f"{leaf}\n")


def _manifest(evidence: Evidence, files: dict[str, str]) -> str:
    facts = evidence.facts
    return canonical({"form": FORM, "organisation": str(facts["organisation"]["id"]), "breach": facts["breach"]["id"],
                      "at": facts["made_at"].isoformat(), "files": files})  # fmt: skip


def _json(values: Any) -> str:
    return json.dumps(values, default=_plain, ensure_ascii=False, indent=1)


def _plain(value: object) -> str:
    return value.isoformat() if isinstance(value, datetime) else str(value)

"""An evidence zip in the hands of somebody outside: unpacked, packed again, and checked with what is in it alone."""

import hashlib
import io
import json
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any
from uuid import UUID

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from service.evidence.archive import PROGRAM, VERIFY, write_evidence
from tenants.history.signing_keys import public_keys
from tenants.isolation import acting_for
from tests.factories import FENNA

JSON = ("evidence.json", "chain.json", "countersignatures.json", "timestamps.json", "manifest.json")
Files = dict[str, Any]


def exported(organisation: UUID, breach_id: UUID) -> bytes:
    file = io.BytesIO()
    with acting_for(organisation):
        write_evidence(breach_id, FENNA, file)
    return file.getvalue()


def unpacked(zipped: bytes) -> Files:
    with zipfile.ZipFile(io.BytesIO(zipped)) as archive:
        texts = {name: archive.read(name).decode() for name in archive.namelist()}
    return {name: json.loads(text) if name in JSON else text for name, text in texts.items()}


def packed(files: Files) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for name, content in files.items():
            archive.writestr(name, json.dumps(content) if name in JSON else content)
    return file.getvalue()


def program(folder: Path) -> Path:
    """verify.py with what it needs, alone in a folder."""
    for name in PROGRAM:
        (folder / name).write_bytes((VERIFY.parent / name).read_bytes())
    return folder / "verify.py"


def ran(tmp_path: Path, zipped: bytes, *words: str) -> subprocess.CompletedProcess[str]:
    """As somebody outside runs it: alone, with nothing of ours."""
    (tmp_path / "evidence.zip").write_bytes(zipped)
    command = [sys.executable, "-I", str(program(tmp_path)), str(tmp_path / "evidence.zip"), *words]
    return subprocess.run(command, env={}, cwd="/", capture_output=True, text=True, timeout=60, check=False)


def key_of(organisation: UUID) -> str:
    """The public key as somebody else knows it."""
    with acting_for(organisation):
        return str(public_keys()[-1]["public_key"])


def sign_anew(files: Files, key: Ed25519PrivateKey | None) -> None:
    """The list of files as it should be now; with a key of one's own, or the signature of before."""
    listed = {name: hashlib.sha256((json.dumps(content) if name in JSON else content).encode()).hexdigest()
              for name, content in files.items() if name != "manifest.json"}  # fmt: skip
    manifest = files["manifest.json"]
    manifest["statement"] = json.dumps(json.loads(manifest["statement"]) | {"files": listed})
    if key:
        public = key.public_key().public_bytes_raw()
        manifest["signature"] = key.sign(manifest["statement"].encode()).hex()
        manifest["key"] = hashlib.sha256(public).hexdigest()[:32]


def put_key(files: Files, key: Ed25519PrivateKey) -> None:
    """A key of one's own among those of the organisation."""
    public = key.public_key().public_bytes_raw()
    own = {"id": hashlib.sha256(public).hexdigest()[:32], "public_key": public.hex(), "begun_at": "2026-01-01"}
    if isinstance(files["evidence.json"].get("public_keys"), list):
        files["evidence.json"]["public_keys"].append(own | {"ended_at": None})


def chain_anew(files: Files) -> None:
    """Everything made to match: forms, leaves, hashes and head."""
    chain, facts = files["chain.json"], files["evidence.json"]
    entries = {entry["seq"]: entry for entry in [*facts["entries"], *facts["about_chain"]]}
    end, lines = bytes.fromhex(chain["before"]), files["chain.txt"].split()
    for nth, line in enumerate(lines):
        entry = entries.get(chain["first"] + nth)
        inner = hashlib.sha256(entry["form"].encode()).hexdigest() if entry else line[64:]
        lines[nth], before = line[:64] + inner, end
        end = hashlib.sha256(end + hashlib.sha256(bytes.fromhex(lines[nth])).digest()).digest()
        if entry:
            entry.update(before=before.hex(), hash=end.hex())
    files["chain.txt"], chain["head"] = "\n".join(lines) + "\n", end.hex()

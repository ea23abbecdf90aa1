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

from service.evidence.archive import VERIFY, write_evidence
from tenants.isolation import acting_for
from tests.factories import FENNA

JSON = ("evidence.json", "chain.json", "countersignatures.json", "manifest.json")
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


def ran(tmp_path: Path, zipped: bytes, *words: str) -> subprocess.CompletedProcess[str]:
    """As somebody outside runs it: alone, with nothing of ours."""
    (tmp_path / "evidence.zip").write_bytes(zipped)
    program = tmp_path / "verify.py"
    program.write_bytes(VERIFY.read_bytes())
    command = [sys.executable, "-I", str(program), str(tmp_path / "evidence.zip"), *words]
    return subprocess.run(command, env={}, cwd="/", capture_output=True, text=True, timeout=60, check=False)


def sign_anew(files: Files, key: Ed25519PrivateKey | None) -> None:
    """The list of files as it should be now; with a key of one's own, or the signature of before."""
    listed = {name: hashlib.sha256((json.dumps(content) if name in JSON else content).encode()).hexdigest()
              for name, content in files.items() if name != "manifest.json"}  # fmt: skip
    manifest = files["manifest.json"]
    manifest["statement"] = json.dumps(json.loads(manifest["statement"]) | {"files": listed})
    if key:
        manifest["signature"] = key.sign(manifest["statement"].encode()).hex()
        manifest["key"] = hashlib.sha256(key.public_key().public_bytes_raw()).hexdigest()[:32]


def chain_anew(files: Files) -> None:
    """Everything made to match: forms, leaves, hashes and head."""
    chain, entries = files["chain.json"], {one["seq"]: one for one in files["evidence.json"]["entries"]}
    end = bytes.fromhex(chain["before"])
    for nth, leaf in enumerate(chain["leaves"]):
        one = entries.get(chain["first"] + nth)
        leaf = hashlib.sha256(one["form"].encode()).hexdigest() if one else leaf
        chain["leaves"][nth], before = leaf, end
        end = hashlib.sha256(end + bytes.fromhex(leaf)).digest()
        if one:
            one.update(before=before.hex(), hash=end.hex())
    chain["head"] = end.hex()

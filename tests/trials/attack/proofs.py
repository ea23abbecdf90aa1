"""Attacks the evidence of a breach: when it was changed anywhere and signed again, it must not verify.

Hostile archives are tried too: the verifier must say in one line that it cannot read them.
"""

import copy
import hashlib
import io
import json
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from tests.trials.attack.requests import Request
from tests.trials.attack.visitors import Visitor
from tests.trials.attack.walking import Walk

Files = dict[str, bytes]
SPARED = ("manifest.json",)
"""Files that whoever changes the others makes anew."""
CHECKED = (0, 1, 2, 3)
WITHIN_S = 60.0
HUGE = 64 * 1024 * 1024


def tamper(walk: Walk, owner: Visitor, tries: int) -> None:
    """Take the evidence of one of the organisation's breaches, change it at random `tries` times, and verify each
    result."""
    firm = walk.firms[owner.letter]
    walk.gate.renew(owner, firm)  # the walk through every route may have ended the owner's session
    target = f"/api/o/{firm.slug}/breaches/{walk.chance.choice(firm.ids['breach_id'])}/evidence.zip"
    answer = walk.client.send(Request("GET", target, owner.headers(True), who=owner.name, tries="evidence"))
    if answer.status != 200:
        walk.judge.count("forged", f"{answer.status} instead of evidence", target)
        return
    files = _unzipped(answer.content)
    with TemporaryDirectory() as folder:
        verifier = _verifier(files, Path(folder))
        for nth in range(tries):
            name, changed = _changed(files, walk)
            _judge(walk, verifier, _zipped(_signed_anew(changed)), f"change {nth} in {name}")
        for name, archive in _hostile(files):
            _judge(walk, verifier, archive, name)


def _judge(walk: Walk, verifier: Path, archive: bytes, what: str) -> None:
    evil = verifier.parent / "evil.zip"
    evil.write_bytes(archive)
    done = subprocess.run(
        [sys.executable, "-I", str(verifier), str(evil)], capture_output=True, timeout=WITHIN_S, check=False
    )
    if done.returncode == 0:
        walk.judge.count("forged", "changed evidence holds", what)
    if done.returncode not in CHECKED or b"Traceback" in done.stderr or b"\x1b" in done.stdout:
        walk.judge.count("forged", f"the verifier tripped ({done.returncode})", (what, done.stderr[-200:]))


def _verifier(files: Files, folder: Path) -> Path:
    """Copy the verifier out of the evidence to a place where nothing changes it."""
    for name, content in files.items():
        if name.endswith(".py"):
            (folder / name).write_bytes(content)
    return folder / "verify.py"


def _changed(files: Files, walk: Walk) -> tuple[str, Files]:
    """Return the same files with one value of one file dropped or changed."""
    name = walk.chance.choice([file for file in files if file.endswith(".json") and file not in SPARED])
    whole = json.loads(files[name])
    holder, key = walk.chance.choice(list(_places(whole)))
    if isinstance(holder, list) and walk.chance.random() < 0.3:
        del holder[key]
    else:
        holder[key] = _another(holder[key])
    return f"{name} at {key!r}", files | {name: json.dumps(whole, ensure_ascii=False).encode()}


def _places(value: Any) -> Iterator[tuple[Any, Any]]:
    """Return each place that holds a value: its container and its key."""
    keys: Any = value.keys() if isinstance(value, dict) else range(len(value)) if isinstance(value, list) else ()
    for key in keys:
        if isinstance(value[key], dict | list) and value[key]:
            yield from _places(value[key])
        else:
            yield value, key


def _another(value: Any) -> Any:
    if isinstance(value, bool) or value is None:
        return value is not True
    if isinstance(value, int | float):
        return value + 1
    if isinstance(value, str) and value:
        middle = len(value) // 2
        return value[:middle] + ("0" if value[middle] != "0" else "1") + value[middle + 1 :]
    return "x"


def _signed_anew(files: Files) -> Files:
    """Return a matching list of files, signed by a new key that is added to the keys of the organisation."""
    key = Ed25519PrivateKey.generate()
    public = key.public_key().public_bytes_raw()
    evidence = json.loads(files["evidence.json"])
    if isinstance(evidence.get("public_keys"), list) and evidence["public_keys"]:
        known = copy.deepcopy(evidence["public_keys"][0])
        evidence["public_keys"].append(_with_key(known, public))
    rest = {name: content for name, content in files.items() if name not in SPARED}
    rest["evidence.json"] = json.dumps(evidence, ensure_ascii=False).encode()
    statement = json.loads(json.loads(files["manifest.json"])["statement"])
    statement["files"] = {name: hashlib.sha256(content).hexdigest() for name, content in rest.items()}
    words = json.dumps(statement, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    signed = {"statement": words, "signature": key.sign(words.encode()).hex(), "key": _key_id(public)}
    return rest | {"manifest.json": json.dumps(signed).encode()}


def _with_key(known: Any, public: bytes) -> Any:
    if isinstance(known, dict):
        ids = {"id": _key_id(public), "public_key": public.hex()}
        return {name: ids.get(name, value) for name, value in known.items()}
    return public.hex()


def _key_id(public: bytes) -> str:
    return hashlib.sha256(public).hexdigest()[:32]


def _hostile(files: Files) -> Iterator[tuple[str, bytes]]:
    whole = _zipped(files)
    yield "no archive at all", b"PK\x03\x04" + b"\x00" * 200
    yield "half an archive", whole[: len(whole) // 2]
    yield "a broken archive", whole[:400] + b"\xff" * 60 + whole[460:]
    yield "a very large file", _zipped(files | {"evidence.json": b" " * HUGE})
    yield "nested very deep", _zipped(files | {"evidence.json": b"[" * 200_000 + b"]" * 200_000})
    escaped = files["evidence.json"].replace(b'"name"', b'"\\u001b[2Jname"')
    yield "control characters", _zipped(_signed_anew(files | {"evidence.json": escaped}))


def _unzipped(content: bytes) -> Files:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def _zipped(files: Files) -> bytes:
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return written.getvalue()

"""The end of each chain leaves this database: signed after each decision and daily, appended to a file written once.

Whoever may change everything here cannot change what is elsewhere. The same ends go along in mails that go out anyway.
"""

import json
import os
from pathlib import Path
from uuid import UUID

from tenants.isolation import acting_for
from tenants.signed_heads import (
    SignedHead,
    heads_inside,
    note_outside,
    organisations_to_carry,
    organisations_to_sign,
    sign_head,
)

_installation: dict[str, Path | None] = {"file": None}


def use_heads_file(file: Path | None) -> None:
    """Told once, by whoever starts the process: where signed ends are appended; None when nowhere."""
    _installation["file"] = file


def due_to_sign() -> list[UUID]:
    """Whose chain must be signed now."""
    return organisations_to_sign()


def sign(organisation: UUID) -> int:
    """Sign the end of its chain."""
    with acting_for(organisation):
        return 1 if sign_head(outside=_installation["file"] is not None) else 0


def due_to_carry() -> list[UUID]:
    """Whose signed ends must be carried outside now; nobody's where there is no outside."""
    return organisations_to_carry() if _installation["file"] else []


def carry(organisation: UUID) -> int:
    """Append its signed ends to the file, outside any transaction, then remember that. If repeated they stand there
    twice."""
    file = _installation["file"]
    if file is None:
        return 0
    with acting_for(organisation):
        heads = heads_inside()
    for head in heads:
        append(file, line_of(organisation, head))
        with acting_for(organisation):
            note_outside(head.seq, in_file=True, stamp=None, whole=True)
    return len(heads)


def line_of(organisation: UUID, head: SignedHead) -> str:
    """One line of JSON, which verify.py and `history verify` read with --heads."""
    return json.dumps({
        "organisation": str(organisation), "seq": head.seq, "head": head.head.hex(), "at": head.at.isoformat(),
        "statement": head.statement, "signature": head.signature.hex(), "public_key": head.public_key.hex(),
    })  # fmt: skip


def append(file: Path, line: str) -> None:
    """At the end, whatever others append, and on the disk when this returns. Raises OSError."""
    number = os.open(file, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    try:
        os.write(number, f"{line}\n".encode())
        os.fsync(number)
    finally:
        os.close(number)

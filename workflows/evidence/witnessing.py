"""Carries the end of each chain out of this database: signed after each decision and daily, filed elsewhere,
time-stamped.

Somebody who can change everything in this database cannot change what is elsewhere. The same ends stand in mails that
are sent anyway.
"""

import json
import os
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from uuid import UUID

from cryptography.x509 import Certificate

from tenants.history.signed_heads import (
    MOST,
    SignedHead,
    ends_to_carry,
    heads_inside,
    note_outside,
    organisations_to_sign,
    sign_head,
    stamped_heads,
)
from tenants.isolation import acting_for
from workflows.outside.time_stamps import Authority, NotStamped, stamp, stamp_of

AT_ONCE = 50
"""The most organisations whose newest end is stamped in one tick."""
TICK_S = 5.0
REST_S, LONGEST_REST_S = 60.0, 1800.0

@dataclass
class _Installation:
    """Where signed ends go: a file, a time-stamping authority; and when that may be asked again."""

    file: Path | None = None
    authority: Authority | None = None
    turns: "Turns" = field(default_factory=lambda: Turns())


class Turns:
    """The seconds of one tick in which the authority may be asked; after a failure it is left alone, longer each time.
    """

    def __init__(self, seconds: Callable[[], float] = time.monotonic) -> None:
        self._seconds = seconds
        self._until = self._again_at = seconds()
        self._failed = 0

    def begin(self) -> None:
        """Begin a tick."""
        self._until = self._seconds() + TICK_S

    def is_open(self) -> bool:
        """Whether the authority may be asked now."""
        return self._again_at <= self._seconds() < self._until

    def failed(self) -> None:
        """Note that the authority did not stamp."""
        self._again_at = self._seconds() + min(REST_S * 2**self._failed, LONGEST_REST_S)
        self._failed = min(self._failed + 1, 10)

    def stamped(self) -> None:
        """Note that the authority stamped."""
        self._failed = 0


_installation = _Installation()


def use_heads_file(file: Path | None) -> None:
    """Set the file to which signed ends are appended, or None. Called once, when the process starts."""
    _installation.file = file


def use_authority(authority: Authority | None, turns: Turns | None = None) -> None:
    """Set the authority that stamps signed ends, or None. Called once, when the process starts."""
    _installation.authority, _installation.turns = authority, turns or Turns()


def due_to_sign() -> list[UUID]:
    """Return the organisations whose chain must be signed now."""
    return organisations_to_sign()


def sign(organisation: UUID) -> int:
    """Sign the end of the organisation's chain."""
    with acting_for(organisation):
        return 1 if sign_head(outside=_is_anywhere()) else 0


def due_to_carry() -> dict[UUID, list[int]]:
    """Return the signed ends to carry outside now; none where no outside is configured. Begins a tick."""
    _installation.turns.begin()
    if not _is_anywhere():
        return {}
    return ends_to_carry(AT_ONCE if _installation.authority else MOST)


def carry(organisation: UUID, *ends: int) -> int:
    """Append these signed ends to the file and have the newest stamped, outside any transaction, then remember that.

    After a repetition they stand in the file twice. Raises OSError and NotStamped; what was done by then is remembered.
    """
    with acting_for(organisation):
        heads = heads_inside(ends)
    if heads and _installation.file:
        for head in heads:
            _file(organisation, head, _installation.file)
    answer = _stamped(heads[-1]) if heads and _installation.authority else None
    is_whole = answer is not None or not _installation.authority
    with acting_for(organisation):
        for head in heads if is_whole else ():
            note_outside(head.seq, in_file=False, stamp=answer if head is heads[-1] else None, whole=True)
    return len(heads) if is_whole else 0


def _is_anywhere() -> bool:
    return bool(_installation.file or _installation.authority)


def _file(organisation: UUID, head: SignedHead, file: Path) -> None:
    if head.kept_at is None:
        append(file, line_of(organisation, head))
        with acting_for(organisation):
            note_outside(head.seq, in_file=True, stamp=None, whole=False)


def _stamped(head: SignedHead) -> bytes | None:
    """Return the authority's answer about the newest end, which proves the older ones; None when it may not be asked
    now."""
    turns, authority = _installation.turns, _installation.authority
    if authority is None or not turns.is_open():
        return None
    try:
        answer = stamp(authority, bytes(head.head))
    except NotStamped:
        turns.failed()
        raise
    turns.stamped()
    return answer


def ends_stamped(trusted: Sequence[Certificate]) -> tuple[list[tuple[int, str]], datetime | None]:
    """Return the acting organisation's ends that an authority vouches for, and when it stamped the newest of them.

    A stamp of other bytes than the end beside it is returned as an end that no chain has. Stamps that these
    certificates do not vouch for are left out: anybody can make those.
    """
    ends, newest = [], None
    for head in stamped_heads():
        with suppress(NotStamped):
            stamp = stamp_of(head.stamp, head.head, trusted)
            ends.append((head.seq, head.head.hex() if stamp.is_of_content else ""))
            newest = stamp.at
    return ends, newest


def line_of(organisation: UUID, head: SignedHead) -> str:
    """Return one line of JSON, which verify.py and `history verify` read with --heads."""
    return json.dumps({
        "organisation": str(organisation), "seq": head.seq, "head": head.head.hex(), "at": head.at.isoformat(),
        "statement": head.statement, "signature": head.signature.hex(), "public_key": head.public_key.hex(),
    })  # fmt: skip


def append(file: Path, line: str) -> None:
    """Append the lines to the file and sync it to the disk, also when others append. Raises OSError."""
    number = os.open(file, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    try:
        os.write(number, f"{line}\n".encode())
        os.fsync(number)
    finally:
        os.close(number)

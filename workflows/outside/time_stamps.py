"""A time stamp (RFC 3161): an authority elsewhere signs that it saw these bytes, and when. It sees their hash alone."""

import hashlib
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from http.client import HTTPException

from cryptography.x509 import Certificate
from rfc3161_client import (
    HashAlgorithm,
    TimestampRequestBuilder,
    TimeStampResponse,
    VerificationError,
    VerifierBuilder,
    decode_timestamp_response,
)

from workflows.outside.exchanges import Deadline, Question, ask

WITHIN_S = 5.0
"""Seconds for one question and its whole answer."""
MOST_BYTES = 64 * 1024
GRANTED = 0
SHA256 = "2.16.840.1.101.3.4.2.1"
WORDS = {"Content-Type": "application/timestamp-query", "Accept": "application/timestamp-reply"}


class NotStamped(Exception):
    """Raised when the authority could not be asked, refused, or gave no valid stamp. `why` is for the log."""

    def __init__(self, why: str) -> None:
        self.why = why
        super().__init__(why)


@dataclass(frozen=True)
class Authority:
    """The address of the time-stamping authority and the certificates that vouch for it; a stamp is checked against
    these."""

    url: str
    trusted: Sequence[Certificate] = field(default=(), repr=False)


def stamp(authority: Authority, content: bytes, within_s: float = WITHIN_S) -> bytes:
    """Ask the authority to stamp these bytes; return its answer in DER, checked. Raises NotStamped."""
    asked = TimestampRequestBuilder(content, HashAlgorithm.SHA256).build()
    question = Question("POST", authority.url, asked.as_bytes(), WORDS)
    try:
        reply = ask(question, Deadline(time.monotonic() + within_s, MOST_BYTES))
    except (OSError, HTTPException) as fault:
        raise NotStamped(type(fault).__name__) from fault
    if reply.status != 200:
        raise NotStamped(f"status {reply.status}")
    answer = _read(reply.body)
    if answer.tst_info.nonce != asked.nonce:
        raise NotStamped("another nonce")
    if not is_of(answer, content):
        raise NotStamped("another hash")
    if authority.trusted:
        _vouched(answer, authority.trusted)
    return reply.body


@dataclass(frozen=True)
class Stamp:
    """The content of a stored stamp: when it was made, and whether it was made of these bytes."""

    at: datetime
    is_of_content: bool


def stamp_of(answer: bytes, content: bytes, trusted: Sequence[Certificate]) -> Stamp:
    """Read a stored stamp, for whoever trusts these certificates. Raises NotStamped when they do not vouch for it."""
    read = _read(answer)
    _vouched(read, trusted)
    return Stamp(read.tst_info.gen_time, is_of(read, content))


def said_at(answer: bytes) -> datetime:
    """Return when a stored stamp says that it was made, without checking who signed it. Raises NotStamped."""
    return _read(answer).tst_info.gen_time


def is_of(answer: TimeStampResponse, content: bytes) -> bool:
    """Whether these bytes were stamped."""
    imprint = answer.tst_info.message_imprint
    return imprint.hash_algorithm.dotted_string == SHA256 and imprint.message == hashlib.sha256(content).digest()


def _read(answer: bytes) -> TimeStampResponse:
    try:
        read = decode_timestamp_response(answer)
        if read.status != GRANTED:
            raise NotStamped(f"refused: {read.status}")
        _ = read.tst_info.nonce, read.tst_info.gen_time
    except ValueError as fault:
        raise NotStamped("unreadable") from fault
    return read


def _vouched(answer: TimeStampResponse, trusted: Sequence[Certificate]) -> None:
    """Check that a certificate for time stamps signed it, and that its chain ends at one of these. Raises NotStamped.
    """
    roots = [certificate for certificate in trusted if certificate.issuer == certificate.subject]
    between = [certificate for certificate in trusted if certificate.issuer != certificate.subject]
    try:
        verifier = VerifierBuilder(roots=roots, intermediates=between).build()
        verifier.verify(answer, answer.tst_info.message_imprint.message)
    except (VerificationError, ValueError) as fault:
        raise NotStamped("not vouched for") from fault

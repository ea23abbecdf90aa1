"""Time stamps (RFC 3161) in an evidence: whether each belongs to the end of the chain that it names, and when.

Who signed it is not checked here: that needs the certificates of the authority, and a program such as openssl.
"""

import base64

from verify_chain import sha256
from verify_files import Unreadable

SEQUENCE, OCTETS, INTEGER, NAME, TIME, SET, INSIDE = 0x30, 0x04, 0x02, 0x06, 0x18, 0x31, 0xA0
GRANTED = (b"\x00", b"\x01")
"""The two answers that have a time stamp: granted, and granted with changes."""
SIGNED_DATA = bytes.fromhex("2a864886f70d010702")
TST_INFO = bytes.fromhex("2a864886f70d0109100104")
SHA256 = bytes.fromhex("608648016503040201")


def values(content):
    """Return the DER values that follow each other, as pairs of tag and content.

    Raises Unreadable when a value is cut off.
    """
    pairs, place = [], 0
    while place < len(content):
        tag, size, begin = content[place], content[place + 1], place + 2
        if size >= 128:
            begin, size = begin + size - 128, int.from_bytes(content[begin : begin + size - 128], "big")
        place = begin + size
        if place > len(content):
            raise Unreadable("a time stamp ends too early")
        pairs.append((tag, content[begin:place]))
    return pairs


def value(content, *tags):
    """Return the contents of the first values. Raises Unreadable when they do not have these tags."""
    pairs = values(content)[: len(tags)]
    if [tag for tag, _ in pairs] != list(tags):
        raise Unreadable("a time stamp in another form")
    return [inside for _, inside in pairs]


def info_of(answer):
    """Return the algorithm, the hash that the authority saw, and when, as YYYYMMDDHHMMSS, from its whole answer.

    Raises Unreadable when the answer has no time stamp, or has another form.
    """
    if len(values(answer)) != 1:
        raise Unreadable("something stands behind a time stamp")
    (whole,) = value(answer, SEQUENCE)
    status, token = value(whole, SEQUENCE, SEQUENCE)
    kind, boxed = value(token, NAME, INSIDE)
    _, _, content = value(value(boxed, SEQUENCE)[0], INTEGER, SET, SEQUENCE)
    form, boxed_info = value(content, NAME, INSIDE)
    if value(status, INTEGER)[0] not in GRANTED or (kind, form) != (SIGNED_DATA, TST_INFO):
        raise Unreadable("an answer without a time stamp")
    (info,) = value(value(boxed_info, OCTETS)[0], SEQUENCE)
    _, _, imprint, _, at = value(info, INTEGER, NAME, SEQUENCE, INTEGER, TIME)
    algorithm, digest = value(imprint, SEQUENCE, OCTETS)
    return value(algorithm, NAME)[0], digest, at[:14].decode("ascii")


def check_stamps(report, proof):
    """Check that each stamp is for the end of this chain at its entry.

    An authority saw that end at that moment. Raises Unreadable for a stamp of another shape.
    """
    before, last = report.faults, 0
    for stamp in proof.stamps:
        if set(stamp) != {"seq", "stamp"} or type(stamp["seq"]) is not int:
            raise Unreadable("something is missing or too much at a time stamp")
        seq, end = stamp["seq"], proof.ends.get(stamp["seq"], b"")
        algorithm, digest, at = info_of(base64.b64decode(stamp["stamp"], validate=True))
        whole = seq > last and algorithm == SHA256 and end and digest == sha256(end)
        if report.unless(whole, "stamp_wrong", seq=seq):
            report.say("OK", "stamp", seq=seq, at=moment(at), digest=digest.hex())
        last = seq
    if proof.stamps and report.faults == before:
        report.say("--", "stamp_signed")


def write_stamps(proof, folder):
    """Write each stamp to a file of its own, named after its entry, which openssl can read."""
    for stamp in proof.stamps:
        (folder / f"{int(stamp['seq'])}.tsr").write_bytes(base64.b64decode(stamp["stamp"], validate=True))


def moment(at):
    """Return the moment of an authority as text, in UTC."""
    return f"{at[:4]}-{at[4:6]}-{at[6:8]} {at[8:10]}:{at[10:12]}:{at[12:14]} UTC"

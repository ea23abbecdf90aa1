"""Checks Ed25519 signatures in plain Python, as RFC 8032 (section 5.1) describes them. It never signs.

Nothing here is secret, so the time that a check takes reveals nothing. One check takes some milliseconds.
"""

import hashlib

P = 2**255 - 19
ORDER = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, P - 2, P) % P
ROOT_OF_MINUS_ONE = pow(2, (P - 1) // 4, P)


def _added(first, other):
    """Return the sum of two points of the curve, in extended coordinates."""
    a, b = (first[1] - first[0]) * (other[1] - other[0]) % P, (first[1] + first[0]) * (other[1] + other[0]) % P
    c, d = 2 * first[3] * other[3] * D % P, 2 * first[2] * other[2] % P
    e, f, g, h = b - a, d - c, d + c, b + a
    return e * f % P, g * h % P, f * g % P, e * h % P


def _times(number, point):
    total = (0, 1, 1, 0)
    while number:
        if number & 1:
            total = _added(total, point)
        point, number = _added(point, point), number >> 1
    return total


def _same(first, other):
    return (first[0] * other[2] - other[0] * first[2]) % P == 0 and (first[1] * other[2] - other[1] * first[2]) % P == 0


def _point(packed):
    """Return the point that 32 bytes stand for; None when they stand for none."""
    y, is_odd = int.from_bytes(packed, "little") & ~(1 << 255), packed[31] >> 7
    square = (y * y - 1) * pow(D * y * y + 1, P - 2, P) % P
    x = pow(square, (P + 3) // 8, P)
    if (x * x - square) % P:
        x = x * ROOT_OF_MINUS_ONE % P
    if y >= P or (x * x - square) % P or (x == 0 and is_odd):
        return None
    x = P - x if x & 1 != is_odd else x
    return x, y, 1, x * y % P


BASE = _point((4 * pow(5, P - 2, P) % P).to_bytes(32, "little"))


def is_signed(message, signature, public_key):
    """Return whether this key signed these bytes.

    Values of another length, and values that are no point, are refused.
    """
    if len(signature) != 64 or len(public_key) != 32:
        return False
    key, commitment, s = _point(public_key), _point(signature[:32]), int.from_bytes(signature[32:], "little")
    if key is None or commitment is None or s >= ORDER:
        return False
    if _same(_times(8, key), (0, 1, 1, 0)):  # A key of low order fits any message.
        return False
    challenge = int.from_bytes(hashlib.sha512(signature[:32] + public_key + message).digest(), "little") % ORDER
    return _same(_times(s, BASE), _added(commitment, _times(challenge, key)))

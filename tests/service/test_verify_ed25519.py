"""The signatures of evidence, checked in plain Python: as RFC 8032 has them, and as `cryptography` does."""

import hashlib

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from hypothesis import example, given, settings
from hypothesis import strategies as st

from service.evidence.verify_ed25519 import ORDER, D, P, _point, is_signed

VECTORS = [  # RFC 8032, 7.1: public key, message, signature
    ("d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a", "",
     "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe246"
     "55141438e7a100b"),
    ("3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c", "72",
     "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb"
     "00d291612bb0c00"),
    ("fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025", "af82",
     "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc"
     "027beceea1ec40a"),
]  # fmt: skip
PRIVATE = st.binary(min_size=32, max_size=32).map(Ed25519PrivateKey.from_private_bytes)


def by_cryptography(message: bytes, signature: bytes, public: bytes) -> bool:
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(signature, message)
    except (InvalidSignature, ValueError):
        return False
    return True


@pytest.mark.parametrize(("public", "message", "signature"), VECTORS)
def test_the_vectors_of_the_standard(public: str, message: str, signature: str):
    key, words, signed = bytes.fromhex(public), bytes.fromhex(message), bytes.fromhex(signature)
    assert is_signed(words, signed, key)
    assert not is_signed(words + b"x", signed, key)
    for place in range(64):
        assert not is_signed(words, signed[:place] + bytes([signed[place] ^ 1]) + signed[place + 1 :], key), place


@settings(deadline=None, max_examples=40)
@given(PRIVATE, st.binary(max_size=200))
def test_what_was_signed_is_signed(private: Ed25519PrivateKey, message: bytes):
    public = private.public_key().public_bytes_raw()
    assert is_signed(message, private.sign(message), public)


@settings(deadline=None, max_examples=60)
@given(PRIVATE, st.binary(max_size=40), st.integers(0, 95), st.integers(1, 255))
def test_what_was_altered_is_judged_as_cryptography_judges_it(
    private: Ed25519PrivateKey, message: bytes, place: int, by: int
):
    both = bytearray(private.sign(message) + private.public_key().public_bytes_raw())
    both[place] ^= by
    signature, public = bytes(both[:64]), bytes(both[64:])
    assert is_signed(message, signature, public) == by_cryptography(message, signature, public)


@settings(deadline=None, max_examples=60)
@given(st.binary(max_size=80), st.binary(max_size=80), st.binary(max_size=40))
@example(b"", b"", b"")
def test_a_wrong_signature_is_refused(signature: bytes, public: bytes, message: bytes):
    assert not is_signed(message, signature, public)


def test_the_same_signature_cannot_be_written_in_another_way():
    private = Ed25519PrivateKey.from_private_bytes(bytes(32))
    public, signature = private.public_key().public_bytes_raw(), private.sign(b"x")
    higher = (int.from_bytes(signature[32:], "little") + ORDER).to_bytes(32, "little")
    assert not is_signed(b"x", signature[:32] + higher, public)


def test_a_key_that_fits_any_message_is_refused():
    nothing = (1).to_bytes(32, "little")
    assert not is_signed(b"x", nothing + bytes(32), nothing)


def signed_from_nothing(commitment: bytes, message: bytes) -> tuple[bytes, bytes]:
    """A signature whose commitment is the neutral point, written as given; and the key that it is of."""
    private = Ed25519PrivateKey.from_private_bytes(bytes(32))
    public = private.public_key().public_bytes_raw()
    secret = bytearray(hashlib.sha512(bytes(32)).digest()[:32])
    secret[0], secret[31] = secret[0] & 248, secret[31] & 63 | 64
    challenge = int.from_bytes(hashlib.sha512(commitment + public + message).digest(), "little")
    return commitment + (challenge * int.from_bytes(secret, "little") % ORDER).to_bytes(32, "little"), public


@pytest.mark.parametrize(("number", "holds"), [
    (1, True), (P + 1, False), (1 | 1 << 255, False), (P + 1 | 1 << 255, False),
], ids=["as it should", "too high", "minus nothing", "both"])  # fmt: skip
def test_a_point_can_be_written_in_one_way(number: int, holds: bool):
    signature, public = signed_from_nothing(number.to_bytes(32, "little"), b"x")
    assert is_signed(b"x", signature, public) == by_cryptography(b"x", signature, public) == holds


@pytest.mark.parametrize("y", range(2, 40))
def test_only_points_on_the_curve_are_accepted(y: int):
    square = (y * y - 1) * pow(D * y * y + 1, -1, P) % P
    assert (_point(y.to_bytes(32, "little")) is not None) == (pow(square, (P - 1) // 2, P) == 1)

"""A time-stamping authority (RFC 3161) on this machine: real HTTP, real DER, a certificate authority of its own."""

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import ClassVar

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID
from rfc3161_client._rust import parse_timestamp_request

TST_INFO, SIGNED_DATA = "1.2.840.113549.1.9.16.1.4", "1.2.840.113549.1.7.2"
CONTENT_TYPE, DIGEST = "1.2.840.113549.1.9.3", "1.2.840.113549.1.9.4"
SIGNING_CERTIFICATE = "1.2.840.113549.1.9.16.2.47"
SEQUENCE, SET, OCTETS, INTEGER, TIME = 0x30, 0x31, 0x04, 0x02, 0x18


def der(tag: int, *parts: bytes) -> bytes:
    """One value, with its length before it."""
    content = b"".join(parts)
    size = len(content)
    octets = size.to_bytes((size.bit_length() + 7) // 8 or 1)
    return bytes([tag]) + (octets if size < 128 else bytes([0x80 | len(octets)]) + octets) + content


def whole(number: int) -> bytes:
    return der(INTEGER, number.to_bytes(number.bit_length() // 8 + 1))


def name_of(dotted: str) -> bytes:
    """An object identifier: seven bits a byte, the first two numbers in one."""
    first, second, *rest = (int(part) for part in dotted.split("."))
    content = bytes([first * 40 + second])
    for number in rest:
        septets = [number & 0x7F]
        while number := number >> 7:
            septets.insert(0, number & 0x7F | 0x80)
        content += bytes(septets)
    return der(0x06, content)


def algorithm(dotted: str) -> bytes:
    return der(SEQUENCE, name_of(dotted), b"\x05\x00")


SHA_256, RSA = algorithm("2.16.840.1.101.3.4.2.1"), algorithm("1.2.840.113549.1.1.1")


@dataclass
class Authority:
    """How it answers can be changed; `asked` counts the questions."""

    status: int = 0
    digest: bytes | None = None
    nonce: int | None = None
    asked: int = 0
    url: str = ""
    at: datetime = field(default_factory=lambda: datetime.now(UTC))
    root: x509.Certificate = field(init=False)

    def __post_init__(self) -> None:
        key, self._key = (rsa.generate_private_key(65537, 2048) for _ in range(2))
        self.root = _certificate("Root", key, None, key)
        self._leaf = _certificate("Stamps", self._key, self.root, key)

    def answer(self, asked: bytes) -> bytes:
        """The answer to one question, as it answers now."""
        self.asked += 1
        question = parse_timestamp_request(asked)
        if self.status:
            return der(SEQUENCE, der(SEQUENCE, whole(self.status)))
        nonce = self.nonce if self.nonce is not None else question.nonce
        info = der(
            SEQUENCE, whole(1), name_of("1.3.6.1.4.1.99999.1"),
            der(SEQUENCE, SHA_256, der(OCTETS, self.digest or question.message_imprint.message)),
            whole(self.asked), der(TIME, f"{self.at:%Y%m%d%H%M%SZ}".encode()), whole(nonce or 0),
        )  # fmt: skip
        return der(SEQUENCE, der(SEQUENCE, whole(0)), self._signed(info))

    def _signed(self, info: bytes) -> bytes:
        leaf = self._leaf.public_bytes(Encoding.DER)
        by = der(SEQUENCE, der(SEQUENCE, der(SEQUENCE, der(OCTETS, hashlib.sha256(leaf).digest()))))
        attributes = b"".join(sorted([
            der(SEQUENCE, name_of(CONTENT_TYPE), der(SET, name_of(TST_INFO))),
            der(SEQUENCE, name_of(DIGEST), der(SET, der(OCTETS, hashlib.sha256(info).digest()))),
            der(SEQUENCE, name_of(SIGNING_CERTIFICATE), der(SET, by)),
        ]))  # fmt: skip
        signature = self._key.sign(der(SET, attributes), padding.PKCS1v15(), SHA256())
        signer = der(
            SEQUENCE, whole(1), der(SEQUENCE, self._leaf.issuer.public_bytes(), whole(self._leaf.serial_number)),
            SHA_256, der(0xA0, attributes), RSA, der(OCTETS, signature),
        )  # fmt: skip
        content = der(SEQUENCE, name_of(TST_INFO), der(0xA0, der(OCTETS, info)))
        certificates = der(0xA0, leaf)
        signed = der(SEQUENCE, whole(3), der(SET, SHA_256), content, certificates, der(SET, signer))
        return der(SEQUENCE, name_of(SIGNED_DATA), der(0xA0, signed))


def _certificate(
    name: str, key: rsa.RSAPrivateKey, issuer: x509.Certificate | None, by: rsa.RSAPrivateKey
) -> x509.Certificate:
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = datetime.now(UTC)
    builder = (
        x509.CertificateBuilder().subject_name(subject).issuer_name(issuer.subject if issuer else subject)
        .public_key(key.public_key()).serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=30)).not_valid_after(now + timedelta(days=30))
        .add_extension(x509.BasicConstraints(ca=issuer is None, path_length=None), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(by.public_key()), critical=False)
    )  # fmt: skip
    if issuer:
        stamps = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.TIME_STAMPING])
        builder = builder.add_extension(stamps, critical=True)
    return builder.sign(by, SHA256())


class _Handler(BaseHTTPRequestHandler):
    authority: ClassVar[Authority]

    def do_POST(self) -> None:
        body = self.authority.answer(self.rfile.read(int(self.headers["Content-Length"])))
        self.send_response(200)
        self.send_header("Content-Type", "application/timestamp-reply")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Nothing."""


@contextmanager
def an_authority() -> Iterator[Authority]:
    """It listens on a port of this machine until this ends."""
    authority = Authority()
    server = ThreadingHTTPServer(("127.0.0.1", 0), type("Handler", (_Handler,), {"authority": authority}))
    Thread(target=server.serve_forever, daemon=True).start()
    authority.url = f"http://127.0.0.1:{server.server_port}/"
    yield authority
    server.shutdown()
    server.server_close()

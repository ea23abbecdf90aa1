"""Each part of an exchange has its bound: looking up the name, connecting, TLS, what is sent and what comes back."""

import socket
import ssl
from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from threading import Event, Thread
from time import monotonic
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from tests.conftest import WITHIN_S, until
from tests.service.served import in_time
from tests.slow_peers import ENDLESS, PHASES, slow_peer
from workflows.outside.exchanges import (
    MOST_ADDRESSES,
    MOST_LOOKUPS,
    Deadline,
    NotSent,
    Question,
    Resolver,
    TooLarge,
    addresses_of,
    ask,
    reached,
)  # fmt: skip

NAME = "provider.example"
FOUND = [(2, 1, 6, "", ("192.0.2.1", 443))]


@pytest.fixture
def silent() -> Iterator[Resolver]:
    """A resolver that says nothing until the test is over, or until it is let go on."""
    go_on = Event()

    def resolver(*_: Any, **__: Any) -> list[Any]:
        go_on.wait(WITHIN_S)
        return FOUND

    resolver.go_on = go_on.set  # type: ignore[attr-defined]
    yield resolver
    go_on.set()


def at_once(*_: Any, **__: Any) -> list[Any]:
    return FOUND


def soon() -> Deadline:
    return Deadline(monotonic() + 0.1, 0)


def late() -> Deadline:
    return Deadline(monotonic() + WITHIN_S, 0)


def test_a_name_that_nobody_resolves_is_given_up(silent: Resolver) -> None:
    with pytest.raises(TimeoutError):
        addresses_of(NAME, 443, soon(), silent)


def test_the_number_of_threads_that_wait_for_a_resolver_is_limited(silent: Any) -> None:
    asked: list[Any] = []

    def counted(*about: Any, **more: Any) -> list[Any]:
        asked.append(about)
        return list(silent(*about, **more))

    for _ in range(MOST_LOOKUPS + 3):
        with pytest.raises(TimeoutError):
            addresses_of(NAME, 443, soon(), counted)
    assert len(asked) == MOST_LOOKUPS
    silent.go_on()
    assert addresses_of(NAME, 443, late(), at_once) == ["192.0.2.1"]


def test_an_address_needs_no_resolver(silent: Resolver) -> None:
    assert addresses_of("192.0.2.7", 443, soon(), silent) == ["192.0.2.7"]
    assert addresses_of("2001:db8::7", 443, soon(), silent) == ["2001:db8::7"]


def test_what_a_resolver_refuses_is_said_at_once() -> None:
    def refusing(*_: Any, **__: Any) -> list[Any]:
        raise OSError("no such name")

    with pytest.raises(OSError, match="no such name"):
        addresses_of(NAME, 443, late(), refusing)
    until(lambda: addresses_of(NAME, 443, late(), at_once))


@pytest.fixture
def impostor(tmp_path: Path) -> Iterator[int]:
    """A server with a certificate that it made itself, for the right name; its port."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    made = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key()).serial_number(1)
    made = made.not_valid_before(datetime(2020, 1, 1)).not_valid_after(datetime(2120, 1, 1))
    made = made.add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
    (tmp_path / "own.pem").write_bytes(
        key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        + made.sign(key, SHA256()).public_bytes(Encoding.PEM)
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(tmp_path / "own.pem")
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def answer() -> None:
            with suppress(OSError), context.wrap_socket(listener.accept()[0], server_side=True) as line:
                line.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")

        Thread(target=answer, daemon=True).start()
        yield listener.getsockname()[1]


def test_a_server_with_an_untrusted_certificate_receives_nothing(impostor: int) -> None:
    with pytest.raises(NotSent) as fault:
        ask(Question("GET", f"https://localhost:{impostor}/"), Deadline(monotonic() + WITHIN_S, 1000))
    assert isinstance(fault.value.__cause__, ssl.SSLCertVerificationError)


@pytest.fixture
def open_port() -> Iterator[int]:
    """A port of 127.0.0.1 that takes who comes; at other addresses of this machine nobody listens there."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        yield listener.getsockname()[1]


@pytest.fixture
def full(open_port: int) -> Iterator[str]:
    """An address where the same port is silent: its queue is full, so who connects hears nothing."""
    address = "127.0.0.2"
    with socket.create_server((address, open_port), backlog=0), socket.socket() as first, socket.socket() as second:
        for line in (first, second):
            line.setblocking(False)
            line.connect_ex((address, open_port))
        yield address


def test_the_next_address_is_tried_when_one_refuses(open_port: int) -> None:
    reached(["127.0.0.3", "127.0.0.1"], open_port, late()).close()


def test_a_silent_address_leaves_time_for_the_next(open_port: int, full: str) -> None:
    in_time(lambda: reached([full, "127.0.0.1"], open_port, Deadline(monotonic() + 2, 0))).close()


def test_so_many_addresses_are_tried_and_no_more(open_port: int) -> None:
    with pytest.raises(ConnectionRefusedError):
        reached(["127.0.0.3"] * MOST_ADDRESSES + ["127.0.0.1"], open_port, late())


def test_who_takes_nothing_is_given_up() -> None:
    body = b"x" * 32 * 1024 * 1024
    with slow_peer(PHASES["accepts only"]) as port, pytest.raises(TimeoutError) as fault:
        in_time(lambda: ask(Question("POST", f"http://127.0.0.1:{port}/", body), Deadline(monotonic() + 0.5, 1000)))
    assert fault.value.args, "the exchange says so itself: it did not hang until the test gave up"


@pytest.mark.parametrize("phase", sorted(ENDLESS))
def test_more_than_is_read_ends_the_exchange_before_its_time(phase: str) -> None:
    """There is time enough, and 1,000 bytes hold fewer header lines than the 100 that http.client refuses."""
    with slow_peer(PHASES[phase]) as port, pytest.raises(TooLarge):
        in_time(lambda: ask(Question("GET", f"http://127.0.0.1:{port}/"), Deadline(monotonic() + 60, 1000)))

"""Asking a provider something: over https, at an address of the internet, in seconds, and no more than fits in a page.

An owner types the provider's address, so it must not become a way to look around inside: private addresses are refused,
and the address that was checked is the one that is connected to. Only where the service itself runs on loopback
(a laptop, a test) may the provider stand there too, without https.
"""

import http.client
import ipaddress
import json
import socket
import ssl
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import SplitResult, urlsplit

PATIENCE_S, WHOLE_S = 5.0, 10.0
MOST_BYTES = 256 * 1024
MOST_ADDRESSES = 3
FORM = "application/x-www-form-urlencoded"


class ProviderFault(Exception):
    """The provider could not be asked, or what it answered cannot be right. `what` is for the log, never a value."""

    def __init__(self, what: str) -> None:
        self.what = what
        super().__init__(what)


@dataclass(frozen=True)
class Asker:
    """Asks providers. `on_loopback`: this installation is for one machine."""

    on_loopback: bool

    def get(self, url: str) -> dict[str, Any]:
        """The JSON object at this address."""
        status, found = self._ask("GET", url)
        if status != http.client.OK:
            raise ProviderFault("status")
        return found

    def post(self, url: str, body: str, headers: Mapping[str, str]) -> tuple[int, dict[str, Any]]:
        """What is answered to a form: status and JSON object."""
        return self._ask("POST", url, body, {"Content-Type": FORM, **headers})

    def _ask(
        self, method: str, url: str, body: str | None = None, headers: Mapping[str, str] | None = None
    ) -> tuple[int, dict[str, Any]]:
        connection = self._connection(parts_of(url, self.on_loopback))
        try:
            target = urlsplit(url)
            path = (target.path or "/") + (f"?{target.query}" if target.query else "")
            connection.request(method, path, body, {"Accept": "application/json", **(headers or {})})
            answer = connection.getresponse()
            return answer.status, _object(_whole(answer))
        except (OSError, http.client.HTTPException) as fault:
            raise ProviderFault("unreachable") from fault
        finally:
            connection.close()

    def _connection(self, parts: SplitResult) -> http.client.HTTPConnection:
        host, port = parts.hostname or "", parts.port or (443 if parts.scheme == "https" else 80)
        addresses = _checked_addresses(host, port, self.on_loopback)
        return (_Safe if parts.scheme == "https" else _Plain)(host, port, addresses)


class _Plain(http.client.HTTPConnection):
    """To an address that was checked, whatever the name means a moment later."""

    def __init__(self, host: str, port: int, addresses: list[str]) -> None:
        super().__init__(host, port, timeout=PATIENCE_S)
        self._addresses = addresses

    def connect(self) -> None:
        self.sock = _reached(self._addresses, self.port)


class _Safe(_Plain):
    """The same, and the certificate is the name's."""

    default_port = 443

    def connect(self) -> None:
        super().connect()
        self.sock = ssl.create_default_context().wrap_socket(self.sock, server_hostname=self.host)


def parts_of(url: str, on_loopback: bool) -> SplitResult:
    """A provider's address, taken apart. Raises ProviderFault for one that we do not ask."""
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname, parts.port
    except ValueError as fault:
        raise ProviderFault("address") from fault
    plain = on_loopback and parts.scheme == "http" and is_loopback(host or "")
    if not host or parts.username or parts.fragment or not url.isprintable() or " " in url:
        raise ProviderFault("address")
    if parts.scheme != "https" and not plain:
        raise ProviderFault("not_https")
    return parts


def is_loopback(host: str) -> bool:
    """Whether this names the machine itself."""
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _checked_addresses(host: str, port: int, on_loopback: bool) -> list[str]:
    try:
        found = [str(info[4][0]) for info in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]
    except (OSError, UnicodeError) as fault:
        raise ProviderFault("unreachable") from fault
    for number in map(ipaddress.ip_address, found):
        if not (number.is_global or (on_loopback and number.is_loopback)) or number.is_multicast:
            raise ProviderFault("private_address")
    return found


def _reached(addresses: list[str], port: int) -> socket.socket:
    """The first that answers: of two kinds of address a machine may have only one."""
    failed: OSError = OSError("no address")
    for address in addresses[:MOST_ADDRESSES]:
        try:
            return socket.create_connection((address, port), PATIENCE_S)
        except OSError as fault:
            failed = fault
    raise failed


def _whole(answer: http.client.HTTPResponse) -> bytes:
    """All of it, unless that is too much or takes too long. A redirect is no answer."""
    deadline, read = time.monotonic() + WHOLE_S, b""
    if 300 <= answer.status < 400:
        raise ProviderFault("redirect")
    while chunk := answer.read1(MOST_BYTES):
        read += chunk
        if len(read) > MOST_BYTES:
            raise ProviderFault("too_large")
        if time.monotonic() > deadline:
            raise ProviderFault("too_slow")
    return read


def _object(content: bytes) -> dict[str, Any]:
    try:
        found = json.loads(content)
    except (ValueError, RecursionError) as fault:
        raise ProviderFault("no_json") from fault
    if not isinstance(found, dict):
        raise ProviderFault("no_json")
    return found

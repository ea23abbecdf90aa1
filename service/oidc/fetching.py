"""Requests to a provider: over https, to an address of the internet, with a limit on seconds and on bytes.

An owner types the provider's address, so it must not become a way to reach machines inside. Private addresses are
refused, and the connection goes to the same address that was checked. Only when the service itself runs on loopback (a
laptop, a test) may the provider run there too, without https.
"""

import http.client
import ipaddress
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from time import monotonic
from typing import Any
from urllib.parse import SplitResult, urlsplit

from service.oidc.addresses import is_of_the_internet, is_this_machine
from service.oidc.remembered import Remembered
from workflows.outside.exchanges import Deadline, Question, Reply, TooLarge, ask

WITHIN_S = 3.0
"""Seconds for all requests to a provider in one step of a login."""
MOST_BYTES = 256 * 1024
FORM = "application/x-www-form-urlencoded"


class ProviderFault(Exception):
    """The provider could not be asked, or its answer cannot be right.

    `what` is for the log and has no value of the answer.
    """

    def __init__(self, what: str) -> None:
        self.what = what
        super().__init__(what)


def in_seconds() -> float:
    """Return the end of an errand that begins now, on the monotonic clock."""
    return monotonic() + WITHIN_S


@dataclass(frozen=True)
class Asker:
    """Asks the provider of one organisation, until the errand's deadline.

    `on_loopback`: the installation is for one machine.

    `settings` tells this provider apart from others, and from the same provider before its settings changed.
    """

    on_loopback: bool
    until: float = field(default_factory=in_seconds)
    settings: object = None
    remembered: Remembered = field(default_factory=Remembered)

    def get(self, url: str) -> dict[str, Any]:
        """Return the JSON object at this address, asked anew.

        Raises ProviderFault when the provider answers no such object.
        """
        status, document = self._ask(Question("GET", url))
        if status != http.client.OK:
            raise ProviderFault("status")
        self.remembered.keep((self.settings, url), document)
        return document

    def get_once(self, url: str) -> dict[str, Any]:
        """Return the JSON object at this address, or the answer kept from at most ten minutes ago."""
        return self.what_is_kept(url) or self.get(url)

    def what_is_kept(self, url: str) -> dict[str, Any] | None:
        """Return the answer kept from at most ten minutes ago, and None when there is none."""
        return self.remembered.what_is_kept((self.settings, url))

    def post(self, url: str, body: str, headers: Mapping[str, str]) -> tuple[int, dict[str, Any]]:
        """Send a form. Return the status and the JSON object of the answer."""
        return self._ask(Question("POST", url, body.encode(), {"Content-Type": FORM, **headers}))

    def _ask(self, question: Question) -> tuple[int, dict[str, Any]]:
        parts_of(question.url, self.on_loopback)
        wanted = Question(
            question.method, question.url, question.body, {"Accept": "application/json", **question.headers}
        )
        try:
            reply = ask(wanted, Deadline(self.until, MOST_BYTES), self._check)
        except TooLarge as fault:
            raise ProviderFault("too_large") from fault
        except TimeoutError as fault:
            raise ProviderFault("too_slow") from fault
        except (OSError, http.client.HTTPException) as fault:
            raise ProviderFault("too_slow" if isinstance(fault.__cause__, TimeoutError) else "unreachable") from fault
        return reply.status, _object(reply)

    def _check(self, addresses: list[str]) -> None:
        for address in addresses:
            if not is_of_the_internet(address) and not (self.on_loopback and is_this_machine(address)):
                raise ProviderFault("private_address")


def parts_of(url: str, on_loopback: bool) -> SplitResult:
    """Return the parts of a provider's address. Raises ProviderFault for an address that we do not ask."""
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
    """Return whether this names the machine itself."""
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _object(reply: Reply) -> dict[str, Any]:
    """Return the JSON object of the reply. A redirect is refused."""
    if 300 <= reply.status < 400:
        raise ProviderFault("redirect")
    try:
        document = json.loads(reply.body)
    except (ValueError, RecursionError) as fault:
        raise ProviderFault("no_json") from fault
    if not isinstance(document, dict):
        raise ProviderFault("no_json")
    return document

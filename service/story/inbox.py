"""The mail of the people of a story, read from the log of the SendGrid sandbox."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from service.story.client import Api

ARRIVED = ("delivered", "deferred", "spamreport")
PAGE = 500
Mail = dict[str, Any]


class Inbox:
    """The mail of all people."""

    def __init__(self, sandbox_url: str, patience: float = 0.0) -> None:
        self._sandbox = Api(sandbox_url, prefix="/sandbox", patience=patience)

    def sums(self) -> dict[str, Any]:
        """Return the sums: messages, addresses and outcomes; events made, posted and pending."""
        return dict(self._sandbox.get("/log"))

    def mails(self, subject: str = "") -> Iterator[Mail]:
        """Return all mail with this subject, or all mail, oldest first."""
        after = 0
        while page := self._sandbox.get(f"/messages?limit={PAGE}&after={after}&subject={quote(subject)}"):
            yield from page
            after = page[-1]["id"]

    def last_to(self, address: str) -> Mail | None:
        """Return the newest mail to one address."""
        page = self._sandbox.get(f"/messages?limit={PAGE}&to={quote(address)}")
        return page[-1] if page else None


def token_in(mail: Mail, kind: str) -> str:
    """Return the token of the link in a mail; `kind` is receipt or invitation. Empty when there is no such link."""
    match = re.search(rf"/{kind}/([\w-]+)", mail["text"])
    return match[1] if match else ""


@dataclass(frozen=True)
class Told:
    """The mails to controllers about their decisions, by escalation, whose number is in the mail's own arguments."""

    arrived: dict[str, Mail]
    failed: frozenset[str]

    def by_domain(self) -> dict[str, Mail]:
        """Return the newest mail that arrived for each domain."""
        return {domain_of(mail): mail for mail in self.arrived.values()}

    def climbed(self) -> int:
        """Return how many were reached through a next contact, after the first could not be reached."""
        return len(self.failed & self.arrived.keys())


def told_controllers(inbox: Inbox, escalations: set[str]) -> Told:
    """Return all mail about these escalations."""
    mails = [mail for mail in inbox.mails() if mail["custom_args"].get("n") in escalations]
    arrived = {mail["custom_args"]["n"]: mail for mail in mails if mail["outcome"] in ARRIVED}
    return Told(arrived, frozenset(mail["custom_args"]["n"] for mail in mails if mail["outcome"] not in ARRIVED))


def domain_of(mail: Mail) -> str:
    """Return the domain of a reader's address."""
    return str(mail["to"]).rpartition("@")[2]

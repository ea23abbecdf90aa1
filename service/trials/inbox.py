"""What the people of a story find in their mail: read from the outside log of the SendGrid sandbox."""

import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

from service.trials.client import Api

ARRIVED = ("delivered", "deferred", "spamreport")
PAGE = 500
Mail = dict[str, Any]


class Inbox:
    """Everybody's mail."""

    def __init__(self, sandbox_url: str) -> None:
        self._sandbox = Api(sandbox_url, prefix="/sandbox")

    def sums(self) -> dict[str, Any]:
        """How many messages, to how many, with which outcome; events made, posted, pending."""
        return dict(self._sandbox.get("/log"))

    def mails(self, subject: str = "") -> Iterator[Mail]:
        """All mail with this subject, or all there is, oldest first."""
        after = 0
        while page := self._sandbox.get(f"/messages?limit={PAGE}&after={after}&subject={quote(subject)}"):
            yield from page
            after = page[-1]["id"]

    def last_to(self, address: str) -> Mail | None:
        """The newest mail to one address."""
        found = self._sandbox.get(f"/messages?limit={PAGE}&to={quote(address)}")
        return found[-1] if found else None


def token_in(mail: Mail, kind: str) -> str:
    """The token of the link in a mail; kind: receipt or invitation. Empty when there is none."""
    found = re.search(rf"/{kind}/([\w-]+)", mail["text"])
    return found[1] if found else ""


def receipt_mails(inbox: Inbox) -> dict[str, Mail]:
    """The mail that arrived about each escalation, by its number in the mail's own arguments; the newest."""
    arrived = (mail for mail in inbox.mails() if mail["outcome"] in ARRIVED and token_in(mail, "receipt"))
    return {mail["custom_args"]["n"]: mail for mail in arrived}

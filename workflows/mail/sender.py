"""What a sender of mail must do, and the five answers it can give."""

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

BREAKS_A_LINE = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029]")


@dataclass(frozen=True)
class Person:
    """One reader: what is filled in for them alone, and the random ids by which events find them."""

    address: str
    name: str
    substitutions: dict[str, str]
    custom: dict[str, str]


@dataclass(frozen=True)
class Mail:
    """One request: one text with tags, at most 500 readers.

    `on_behalf_of`: the organisation whose message it is, when the reader knows it better than this service.
    """

    purpose: str
    subject: str
    text: str
    html: str
    people: tuple[Person, ...]
    reply_to: str | None = None
    on_behalf_of: str | None = None

    def __post_init__(self) -> None:
        headers = [self.subject, self.reply_to or "", self.on_behalf_of or ""]
        headers += [part for person in self.people for part in (person.address, person.name)]
        if any(BREAKS_A_LINE.search(part) for part in headers):
            raise ValueError("a subject, a name or an address holds a line break")

    def as_read_by(self, person: Person) -> tuple[str, str, str]:
        """Subject, text and HTML as this reader sees them."""
        own = person.substitutions
        return _filled(self.subject, own), _filled(self.text, own), _filled(self.html, own)


@dataclass(frozen=True)
class Accepted:
    """SendGrid accepted the mail under this id."""

    message_id: str


@dataclass(frozen=True)
class Rejected:
    """SendGrid refused the mail as a whole, because of at least one reader in it."""

    status: int
    reason: str


@dataclass(frozen=True)
class Stopped:
    """SendGrid refused the mail for a reason that no repetition mends: a person must look."""

    status: int
    reason: str


@dataclass(frozen=True)
class TryAgain:
    """The mail was certainly not sent. It is tried again at this moment, or at a moment that we choose."""

    at: datetime | None = None


@dataclass(frozen=True)
class Unknown:
    """Nobody can tell whether the mail was sent, so a machine never repeats it."""

    reason: str


Answer = Accepted | Rejected | Stopped | TryAgain | Unknown


class MailSender(Protocol):
    """Sends one mail to all its readers in one request. Never raises: an outcome that it cannot tell is Unknown."""

    def send(self, mail: Mail) -> Answer:
        """Send the mail and return the answer."""
        ...


def _filled(text: str, substitutions: dict[str, str]) -> str:
    if not substitutions:
        return text
    return re.sub("|".join(map(re.escape, substitutions)), lambda tag: substitutions[tag[0]], text)

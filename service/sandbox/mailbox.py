"""All mail that was accepted: in full on disk, and in memory what lists, counts and events need."""

import secrets
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from threading import Lock
from typing import Any

import orjson

from service.sandbox import outcomes
from service.sandbox.journal import Journal
from service.sandbox.outcomes import Outcome
from service.sandbox.reading import Mail, as_read, custom_args_of, readers, subject_of


@dataclass(frozen=True, slots=True)
class Request:
    """One accepted POST: its X-Message-Id, when it came, when it may go out, and where its line stands in the log."""

    message_id: str
    at: float
    send_at: float
    start: int
    length: int


@dataclass(frozen=True, slots=True)
class Message:
    """One mail to one address. ``number`` counts from 1 in the order of acceptance and never changes."""

    number: int
    request: Request
    place: int
    address: str
    subject: str
    extra: str
    outcome: Outcome


class Mailbox:
    """The log and its index.

    Lines are indexed in the order in which they were written, so a restart gives equal numbers.
    """

    def __init__(self, path: Path) -> None:
        self.messages: list[Message] = []
        self.requests = 0
        self.outcomes: Counter[Outcome] = Counter()
        self._by_address: dict[str, list[int]] = {}
        self._suppressed: dict[str, str] = {}
        self._subjects: dict[str, str] = {}
        self._told: Counter[int] = Counter()
        self._ordering = Lock()
        self._body = lru_cache(maxsize=8)(self._load)
        self._log = Journal(path)
        for start, line in self._log.lines():
            self._index(orjson.loads(line), start, len(line))

    def accept(self, mail: Mail) -> list[Message]:
        """Store this mail. It returns when the mail is on the disk."""
        entry = {"id": secrets.token_urlsafe(16), "at": time.time(), "mail": mail}
        line = orjson.dumps(entry)
        with self._ordering:
            start = self._log.append(line)
            messages = self._index(entry, start, len(line) + 1)
        self._log.sync()
        return messages

    def read(self, message: Message) -> dict[str, Any]:
        """Return the message as its reader sees it."""
        request = message.request
        return as_read(self._body(request.start, request.length), message.place)

    def get(self, number: int) -> Message | None:
        """Return the message with this number."""
        return self.messages[number - 1] if 1 <= number <= len(self.messages) else None

    def to_address(self, address: str) -> Iterator[Message]:
        """Return all mail to this address, oldest first."""
        return (self.messages[number - 1] for number in tuple(self._by_address.get(address.lower(), ())))

    def summary(self) -> dict[str, Any]:
        """Return the counts, for whoever wants to compare ours with them from outside."""
        with self._ordering:
            names = dict.fromkeys(outcomes.NAMES, 0)
            ends = dict.fromkeys(outcomes.ENDS, 0)
            for outcome, count in self.outcomes.items():
                names[outcome.name] += count
                ends[outcome.end] += count
            return {
                "requests": self.requests,
                "messages": len(self.messages),
                "addresses": len(self._by_address),
                "addresses_twice": sum(count > 1 for count in self._told.values()),
                "by_outcome": names,
                "by_end": ends,
            }

    def _index(self, entry: dict[str, Any], start: int, length: int) -> list[Message]:
        mail = entry["mail"]
        added: list[Message] = []
        for place, (personalization, reader, _) in enumerate(readers(mail)):
            send_at = max(entry["at"], personalization.get("send_at") or mail.get("send_at") or 0)
            if not added or added[-1].request.send_at != send_at:
                request = Request(entry["id"], entry["at"], send_at, start, length)
            added.append(self._add(mail, personalization, reader["email"], place, request))
        self.requests += 1
        return added

    def _add(self, mail: Mail, personalization: Mail, address: str, place: int, request: Request) -> Message:
        arguments = custom_args_of(mail, personalization)
        subject = subject_of(mail, personalization)
        subject = self._subjects.setdefault(subject, subject)
        extra = {**arguments, **({"category": mail["categories"]} if mail.get("categories") else {})}
        key = address.lower()
        outcome = self._outcome(key, mail)
        number = len(self.messages) + 1
        # The text is decoded, because the bytes that orjson returns keep a buffer of some kilobytes in memory.
        kept = orjson.dumps(extra).decode()
        message = Message(number, request, place, address, subject, kept, outcome)
        self._by_address.setdefault(key, []).append(number)
        self._told[hash((key, arguments.get("n"), subject))] += 1
        self.outcomes[outcome] += 1
        self.messages.append(message)
        return message

    def _outcome(self, key: str, mail: Mail) -> Outcome:
        reason = self._suppressed.get(key)
        outcome = (reason and outcomes.suppressed(reason, mail)) or outcomes.by_address(key)
        if outcome.suppressed_as:
            self._suppressed.setdefault(key, outcome.suppressed_as)
        return outcome

    def _load(self, start: int, length: int) -> Mail:
        return orjson.loads(self._log.read(start, length))["mail"]

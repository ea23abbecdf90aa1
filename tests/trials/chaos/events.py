"""Reads the sandbox's log: which mail it accepted, and which events it made of it, sent or lost."""

import json
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from service.sandbox.events import STEPS
from service.sandbox.outcomes import BY_WORD, DELIVERED, Outcome
from service.story.inbox import Inbox, Mail

OUTCOMES: dict[str, Outcome] = {outcome.name: outcome for outcome in (DELIVERED, *BY_WORD.values())}
Event = tuple[str, str, str]
"""An event: the ids of its recipient and batch, and its kind."""


@dataclass(frozen=True)
class Outside:
    """What the sandbox knows of its mail and events."""

    mails: list[Mail]
    made: frozenset[Event]
    lost: frozenset[Event]
    pending: int

    def twice(self, by: str) -> int:
        """Return how many addresses got more than one mail with the same argument (m: recipient, n: subject)."""
        mailed = Counter((mail["to"].lower(), mail["custom_args"].get(by)) for mail in self.mails)
        return sum(count > 1 for count in mailed.values())

    def about(self, subjects: Iterable[str]) -> "Outside":
        """Return what the sandbox knows of the mails about these subjects alone."""
        wanted = frozenset(subjects)
        mails = [mail for mail in self.mails if mail["custom_args"].get("n") in wanted]
        return Outside(mails, self.made, self.lost, self.pending)

    def ends(self) -> dict[str, str]:
        """Return how each accepted mail ended, by recipient."""
        return {mail["custom_args"]["m"]: OUTCOMES[mail["outcome"]].end for mail in self.mails}


def look_outside(inbox: Inbox, sandbox_folder: Path) -> Outside:
    """Read the whole log; call it only when no work is open."""
    mails = list(inbox.mails())
    events = {
        mail["id"] * STEPS + place: (mail["custom_args"]["m"], mail["custom_args"]["b"], step.event)
        for mail in mails for place, step in enumerate(OUTCOMES[mail["outcome"]].steps)
    }  # fmt: skip
    lost = {events[number] for number in _lost_numbers(sandbox_folder / "events.jsonl")}
    return Outside(mails, frozenset(events.values()), frozenset(lost), inbox.sums()["events"]["pending"])


def _lost_numbers(journal: Path) -> Iterable[int]:
    for line in journal.read_text().splitlines():
        yield from json.loads(line).get("lost", ())

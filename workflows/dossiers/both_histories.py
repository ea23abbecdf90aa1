"""The histories of two registers of one organisation beside each other, after they were joined: by moment, page by key.

Each history is read in a transaction of its own register, so row security holds for both.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from heapq import merge
from itertools import islice
from uuid import UUID

from tenants.errors import NotFound
from tenants.history.entries import History, entries_before
from tenants.organisations.organisations import the_acting_organisation
from workflows.decisions.open_decisions import Subject, subjects_of

FOR_READERS = ("agreement", "breach", "escalation", "incident", "notice")
"""The kinds of subjects whose history every role may read. What is about people, tokens, settings and the login is for
the owner, elsewhere."""
JOINED = ("register.joined", "register.joined_in", "register.joined_into")


@dataclass(frozen=True)
class Line:
    """One entry, with its subject where that has a page; `is_joined`: it stands in the register that was joined into
    the other one."""

    entry: History
    subject: Subject | None
    is_joined: bool


@dataclass(frozen=True)
class Beside:
    """One page, the newest entry first. `before_here` and `before_joined` are the numbers of the entries before which
    the next page of each history goes on; `has_more`: whether there is a next page."""

    lines: tuple[Line, ...]
    before_here: int | None
    before_joined: int | None
    has_more: bool


def lines_of_joined(into: UUID, before: int | None, most: int) -> list[Line]:
    """Return lines of the acting organisation, which was joined into `into`. Raises NotFound when it was not."""
    if the_acting_organisation().joined_into != into:
        raise NotFound("joining.unknown")
    return _lines(before, most, is_joined=True)


def lines_here(before: int | None, most: int) -> list[Line]:
    """Return lines of the acting organisation, the newest first."""
    return _lines(before, most, is_joined=False)


def beside(here: Sequence[Line], joined: Sequence[Line], before: tuple[int | None, int | None], most: int) -> Beside:
    """Return the newest `most` lines of both by moment, each history in its own order.

    Of both histories at least `most` + 1 lines are given, or all that are left. `before`: where this page began, here
    and in the joined one.
    """
    both = list(islice(merge(here, joined, key=lambda line: line.entry.at, reverse=True), most + 1))
    shown = both[:most]
    last = {line.is_joined: line.entry.seq for line in shown}
    return Beside(tuple(shown), last.get(False, before[0]), last.get(True, before[1]), len(both) > most)


def _lines(before: int | None, most: int, *, is_joined: bool) -> list[Line]:
    entries = entries_before(before, most, FOR_READERS, JOINED)
    subjects = subjects_of(entry.subject_id for entry in entries)
    return [Line(entry, subjects.get(entry.subject_id), is_joined) for entry in entries]

"""An old register comes along (Art. 33(5)): its breaches become rows of this register, as they were known then.

A breach is known again by its own number, so what is imported twice changes nothing. A row of a file of this register
is known again by the register's own number with the same title and day of discovery (without a day: the same
description). The number alone says too little, for another register counts from 2026-0001 too. A row without a number
is known again by all that it says, and of several equal ones by which of them it is: two letters to a wrong address on
one day are two breaches. It brings no clock, no step and no mail: whatever was due was decided where it was kept. The
last import can be undone as long as nothing rests on it.
"""

import hashlib
import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date
from itertools import count, islice
from typing import Any
from uuid import UUID

from tenants.errors import Invalid
from tenants.files.accepted import AcceptedIn
from tenants.files.taken_file import OF_NO_FILE, TakenFile
from tenants.history.entries import Actor, Entry, record, write
from tenants.isolation import acting_organisation
from tenants.lines import one_line
from tenants.register.taken_over import (
    Added,
    Standing,
    acted_on,
    add_taken_over,
    known_by_key,
    last_file,
    last_number,
    let_one_at_a_time,
    remove_taken_over,
    standing_breaches,
)

TAKEN_OVER, TAKEN_BACK = "breach.taken_over", "breach.taken_back"
FILE_TAKEN_OVER, FILE_TAKEN_BACK = "register.taken_over", "register.taken_back"
AT_ONCE = 1_000
"""How many rows one statement adds, and how many entries of the history one writes."""
LONGEST_TITLE = 200
MOST_NAMED = 20
OLD = "oud-"
OURS = re.compile(rf"(?:{OLD}.*|[0-9]{{4}}-[0-9]{{4,}})")
"""The form of a reference that this register gives, or may give later: an old number like it has `oud-` before it."""
SAID = (
    "reference", "row", "began_on", "discovered_on", "reported_on", "reported_to_ap", "people_told", "estimate",
    "nature", "kinds_of_data", "reason",
)  # fmt: skip
"""What is kept as the file said it; the rest has a column of its own."""


@dataclass(frozen=True, kw_only=True)
class OldBreach:
    """One row of an old register, by the names of the reader's item (`OldBreach(row=item.row, **item.values)`).

    `reference`: its own number; None when it had none. `own_number`: in a file that a register of ours wrote, the
    number that this register gave it; else None. Days are days, None when they are not known. `reported_to_ap`
    and `people_told`: "yes", "no", "unclear", "unknown" or "not_applicable".
    """

    row: int
    reference: str | None
    title: str
    began_on: date | None = None
    discovered_on: date | None = None
    reported_on: date | None = None
    reported_to_ap: str = "unknown"
    people_told: str = "unknown"
    people_min: int | None = None
    people_max: int | None = None
    estimate: bool = False
    ap_number: str | None = None
    description: str | None = None
    nature: str | None = None
    kinds_of_data: str | None = None
    consequences: str | None = None
    measures: str | None = None
    reason: str | None = None
    own_number: str | None = None
    nth: int = 1
    """Which it is of the rows of its file that have no number and say the same, from 1 on."""

    @property
    def key(self) -> str:
        """By what it is known again: its own number; with its title and day where a register of ours gave that number;
        and the hash of all that it says where it has none, with which of several equal ones it is."""
        if self.reference and not self.is_numbered_by_us:
            return self.reference
        said = json.dumps(self.as_standing, default=str) if self.reference else self._content
        said += f" {self.nth}" if self.nth > 1 else ""
        return f"sha256:{hashlib.sha256(said.encode()).hexdigest()}"

    @property
    def is_numbered_by_us(self) -> bool:
        """Whether its number is one that a register of ours gave: it was a breach of that register itself."""
        return self.own_number == self.reference and bool(OURS.fullmatch(self.reference or ""))

    @property
    def as_standing(self) -> Standing:
        """What a register has of the same breach under the number that it gave; "" without such a number."""
        text = one_line(_description_of(self)) if self.discovered_on is None else ""
        return Standing(self.own_number or "", self.title, self.discovered_on, text)

    def says_otherwise(self, standing: Standing) -> bool:
        """Return whether it has another title or day of discovery than this breach that the register has."""
        title, day = one_line(_title_of(self)), self.discovered_on
        return title not in ("", standing.title) or day not in (None, standing.discovered_on)

    @property
    def day(self) -> date | None:
        """The day under which it is listed: that of its discovery, else of its beginning, else of its report."""
        return self.discovered_on or self.began_on or self.reported_on

    @property
    def _content(self) -> str:
        said = {name: value for name, value in asdict(self).items() if name not in ("own_number", "nth")}
        return json.dumps({**said, "row": None}, default=str, sort_keys=True)


@dataclass(frozen=True)
class TakenOver:
    """How many breaches an import added, and how many the register knew already and left as they were."""

    new: int
    known: int


@dataclass(frozen=True)
class HereAlready:
    """Of the breaches of a file: how many the register has already (`known`), and how many only have the number of
    one that it has, with another title or day (`alike`): they are taken as other breaches. `equal`: the rows without a
    number that say the same as a row before them and are not here yet: each is a breach of its own. `differ`: the rows
    of known ones with the number of an old register, and another title or day than was taken over: these change
    nothing."""

    known: int
    alike: int
    equal: tuple[int, ...] = ()
    differ: tuple[int, ...] = ()


def here_already(breaches: Iterable[OldBreach]) -> HereAlready:
    """Return how many of these breaches are in the register, how many only look so, which are equal to another one of
    these, and which differ from what was taken over. Two with one key count once."""
    known, alike, equal, differ = set[str](), set[str](), list[int](), list[int]()
    coming = _told_apart(breaches)
    while batch := tuple(islice(coming, AT_ONCE)):
        of_batch, numbers = _known_among(batch), standing_breaches(filter(None, (each.reference for each in batch)))
        known |= of_batch
        alike |= {each.key for each in batch if each.reference in numbers and each.key not in of_batch}
        equal += [each.row for each in batch if each.nth > 1 and each.key not in of_batch]
        differ += _differing(batch)
    return HereAlready(len(known), len(alike), tuple(equal), tuple(differ))


def _told_apart(breaches: Iterable[OldBreach]) -> Iterator[OldBreach]:
    """Yield these breaches; those without a number with which of the equal ones they are."""
    times = Counter[str]()
    for each in breaches:
        if each.reference:
            yield each
        else:
            times[each.key] += 1
            yield replace(each, nth=times[each.key])


def _known_among(breaches: Iterable[OldBreach]) -> set[str]:
    """Return the keys of those that the register has: by that key, or as a breach of its own with the same number,
    title and day of discovery."""
    batch = tuple(breaches)
    standing = standing_breaches(each.own_number for each in batch if each.own_number)
    same = {each.key for each in batch if each.as_standing == standing.get(each.own_number or "")}
    return same | known_by_key(each.key for each in batch).keys()


def _differing(batch: Sequence[OldBreach]) -> list[int]:
    """Return the rows of those that are known by their own number, and have another title or day of discovery than the
    register has. What a file leaves out says nothing."""
    numbered = [each for each in batch if each.reference == each.key]
    known = known_by_key(each.key for each in numbered)
    return [each.row for each in numbered if each.key in known and each.says_otherwise(known[each.key])]


def take_over(
    rows: Iterable[OldBreach], file_id: UUID, file_hash: str, by: Actor, file: TakenFile = OF_NO_FILE
) -> TakenOver:
    """Add the breaches of an old register that are not known yet. What is known stays as it was, whatever the file says
    of it now; of two rows with one number the first counts.

    `file_id`: the import, by which it is undone. `file_hash`: sha256 of the file, in hexadecimals, for the history.
    `file`: what the history keeps of it.
    """
    let_one_at_a_time()
    total, added, coming, numbers = 0, list[Added](), _told_apart(rows), count(last_number() + 1)
    while batch := tuple(islice(coming, AT_ONCE)):
        added += add_taken_over(_as_rows(batch, numbers, file_hash), file_id)
        total += len(batch)
    outcome = TakenOver(len(added), total - len(added))
    if added:
        _record(_entry(each.id, TAKEN_OVER, by, file=file_hash, row=each.row, **_accepted_in(each.row, file.accepted))
                for each in added)  # fmt: skip
        details = {"file": file_hash, **asdict(outcome), **file.details}
        record([Entry("organisation", acting_organisation(), FILE_TAKEN_OVER, by, details, file.personal)])
    return outcome


def held_back(file_id: UUID) -> list[Invalid]:
    """Return why an import cannot be undone: it was not the last one, or was taken back; or anything was done about
    some of its breaches, such as taking away their evidence: their references are named, at most MOST_NAMED."""
    if last_file() != file_id:
        return [Invalid("taking_over.not_the_last")]
    acted = acted_on(file_id, MOST_NAMED + 1)
    named = ", ".join([*acted[:MOST_NAMED], *(["..."] if len(acted) > MOST_NAMED else [])])
    return [Invalid("taking_over.in_use", count=len(acted), references=named)] if acted else []


def take_back(file_id: UUID, by: Actor) -> int:
    """Undo the last import: remove the breaches that it added. Returns how many.

    Raises Invalid as `held_back` says.
    """
    let_one_at_a_time()
    if faults := held_back(file_id):
        raise faults[0]
    removed = remove_taken_over(file_id)
    _record(_entry(breach.id, TAKEN_BACK, by, file=breach.file_hash) for breach in removed)
    details = {"file": removed[0].file_hash, "gone": len(removed)}
    record([Entry("organisation", acting_organisation(), FILE_TAKEN_BACK, by, details)])
    return len(removed)


def _record(entries: Iterable[Entry]) -> None:
    """Record the entries, and write them in sets: one statement about 100,000 would take longer than a statement may.
    Nothing but the history is written after this, because others here wait for its end now."""
    coming = iter(entries)
    while some := tuple(islice(coming, AT_ONCE)):
        record(some)
        write()


def _entry(breach_id: UUID, what: str, by: Actor, **details: Any) -> Entry:
    return Entry("breach", breach_id, what, by, details, version=1)


def _accepted_in(row: int, accepted: AcceptedIn) -> dict[str, Any]:
    return {"accepted": list(accepted[row])} if row in accepted else {}


def _as_rows(breaches: Iterable[OldBreach], numbers: Iterator[int], file_hash: str) -> Iterator[dict[str, Any]]:
    """Return the columns of the breaches that are not known yet; one without a number of its own takes the next of
    `numbers`."""
    first = dict[str, OldBreach]()
    for breach in breaches:
        first.setdefault(breach.key, breach)
    known = _known_among(first.values())
    for key, breach in first.items():
        if key not in known:
            yield _columns(breach, _reference_of(breach, numbers), file_hash)


def _reference_of(breach: OldBreach, numbers: Iterator[int]) -> str:
    """Return the reference here of a breach. That of another register of ours gets a new one: an old number may be the
    same as its own."""
    number = breach.reference
    if not number or breach.is_numbered_by_us:
        return f"{OLD}{next(numbers):04d}"
    return f"{OLD}{number}" if OURS.fullmatch(number) else number


def _columns(breach: OldBreach, reference: str, file_hash: str) -> dict[str, Any]:
    said = {name: getattr(breach, name) for name in SAID}
    return {
        "reference": reference, "title": _title_of(breach) or reference,
        "description": _description_of(breach), "people_min": breach.people_min,
        "people_max": breach.people_max, "people_estimate": breach.estimate,
        "consequences": breach.consequences, "measures": breach.measures,
        "authority_number": breach.ap_number, "taken_over": said | {"file": file_hash},
        "taken_over_key": breach.key, "day": breach.day,
    }  # fmt: skip


def _title_of(breach: OldBreach) -> str:
    title = breach.title or (breach.nature or "").partition("\n")[0]
    return title if len(title) <= LONGEST_TITLE else f"{title[: LONGEST_TITLE - 1]}…"


def _description_of(breach: OldBreach) -> str:
    """Return the description, else the title; but a file of ours has its description apart, also where that is blank.
    A title that is too long for its column stands whole in front of it."""
    if breach.own_number:
        return breach.description or ""
    is_cut = len(breach.title) > LONGEST_TITLE and not (breach.description or "").startswith(breach.title)
    title = breach.title if is_cut or not breach.description else ""
    return "\n\n".join(filter(None, (title, breach.description)))

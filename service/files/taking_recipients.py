"""A file becomes the list of a notice: in place of the list that is there, added to it, or taken away from it."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import starmap
from typing import Any, Generic, TypeVar
from uuid import UUID

from service.files.purposes import RECIPIENTS
from service.files.taken import Taken
from service.schemas.lists import MOST_RECIPIENTS
from service.schemas.second_list import ADD, HOW, REPLACE, TAKE_AWAY
from tenants.errors import Invalid
from tenants.files.parts import BEFORE, ITEMS, all_rows, keep_rows
from tenants.files.taken_file import TakenFile
from tenants.files.uploaded import UploadedFile, taken_files
from tenants.history.entries import Actor
from tenants.register.notices import notice
from workflows.engine.runs import run_about
from workflows.mail.batches import Addressee
from workflows.mail.unmailed import Unmailed
from workflows.notice import list_from_file
from workflows.notice.bulk_notice import BULK_NOTICE
from workflows.notice.list_from_file import listed, take_back_list, take_list
from workflows.notice.listed_people import everybody_on
from workflows.notice.second_list import Comparison, Person, added, taken_away
from workflows.notice.second_list import compared as people_compared

Listed = TypeVar("Listed")
MOST_EARLIER = 100
"""How many earlier files are looked at for the one that made a list."""


@dataclass(frozen=True)
class Compared:
    """How a file and the list that is there relate. `list`: which list that is (its digest)."""

    people: Comparison
    list: str

    @classmethod
    def kept(cls, values: Mapping[str, Any]) -> "Compared":
        """Return it from the values of `to_keep`."""
        people = {**values["people"], "first_elsewhere": tuple(starmap(Person, values["people"]["first_elsewhere"]))}
        return cls(Comparison(**people), values["list"])

    @property
    def to_keep(self) -> dict[str, Any]:
        """The values of it, as JSON has them."""
        people = {**vars(self.people), "first_elsewhere": [list(person) for person in self.people.first_elsewhere]}
        return {"people": people, "list": self.list}

    @property
    def lost(self) -> dict[str, int]:
        """By way of taking: how many people of the list are not on it afterwards."""
        return {REPLACE: self.people.listed - self.people.kept, ADD: 0, TAKE_AWAY: self.people.both}

    @property
    def after(self) -> dict[str, int]:
        """By way of taking: how many people are on the list afterwards."""
        people = self.people
        return {REPLACE: people.in_file, ADD: people.together, TAKE_AWAY: people.listed - people.both}

    @property
    def too_long(self) -> tuple[str, ...]:
        """The ways of taking that are refused, because the list would have more people than MOST_RECIPIENTS."""
        return tuple(how for how, people in self.after.items() if people > MOST_RECIPIENTS)

    @property
    def first_elsewhere(self) -> tuple[str, ...]:
        """The first people of the file who are not on the list, by name and address."""
        return tuple(", ".join(filter(None, person)) for person in self.people.first_elsewhere)


@dataclass(frozen=True)
class _List(Generic[Listed]):
    """A list that may be longer than memory: it is read anew each time."""

    read: Callable[[], Iterator[Listed]]

    def __iter__(self) -> Iterator[Listed]:
        return self.read()


def compared(file: UploadedFile) -> Compared | None:
    """Return how a file relates to the list of its notice, before anything is taken; None for a list that is blank.

    It opens each person of both, unless it was kept when the file was read and the list is the same since."""
    kept = file.words.get("compared")
    return Compared.kept(kept) if kept and kept["list"] == _digest(file) else compare(file)


def compare(file: UploadedFile) -> Compared | None:
    """Compare the people of a file with the list of its notice; None for a list that is blank."""
    if not listed(_notice(file)):
        return None
    return Compared(people_compared(_listed(file), _people(all_rows(file.id, ITEMS))), _digest(file))


def take(taken: Taken) -> dict[str, Any]:
    """Make the list of it. `how` may be left out while the list is blank. Raises Invalid, also when the list is another
    one than its sender looked at."""
    file, how = taken.file, taken.taking.how
    # Of two files at the same moment the second one sees the list that the first one made.
    run_about(BULK_NOTICE.name, _notice(file), lock=True)
    if taken.taking.list and taken.taking.list != _digest(file):
        raise Invalid("file.list_changed_meanwhile", "how")
    if how not in HOW:
        if count := listed(_notice(file)):
            raise Invalid("file.how_first", "how", count=count)
        how = REPLACE
    _refuse_too_long(file, how)
    before = _digest(file)
    keep_rows(file.id, BEFORE, map(tuple, _listed(file)))
    people = _List(lambda: _together(how, _before(file), _people(taken.items())))
    if not next(iter(people), None):
        raise Invalid("file.takes_all", "how")
    result = take_list(_notice(file), _addressees(people), how, taken.hash, taken.by, taken.as_told())
    return {**result, "before": before}


def held_back(file: UploadedFile) -> list[Invalid]:
    """Return why the list of before cannot be put back: this one was approved, or is another one by now."""
    return list_from_file.held_back(_notice(file), (file.result or {})["list"])


def _refuse_too_long(file: UploadedFile, how: str) -> None:
    """Refuse a list that becomes too long, before anything of it is written. Raises Invalid."""
    beside = compared(file) if how == ADD else None
    if beside is not None and how in beside.too_long:
        raise Invalid("file.list_too_long", "how", most=MOST_RECIPIENTS)


def undo(file: UploadedFile, by: Actor) -> None:
    """Put back the list of before, which the file that made it makes again. Raises Invalid when it was approved, or is
    another one by now."""
    run_about(BULK_NOTICE.name, _notice(file), lock=True)
    before, result = _addressees(_List(lambda: _before(file))), file.result or {}
    taken = TakenFile(file.words["name"])
    take_back_list(_notice(file), before, result["list"], file.hash.hex(), by, taken)
    for earlier in taken_files(RECIPIENTS, _notice(file), MOST_EARLIER):
        if earlier.id != file.id and list_made(earlier) == result.get("before"):
            earlier.result = {**(earlier.result or {}), "again": _digest(file)}


def list_made(file: UploadedFile) -> str | None:
    """Return which list (its digest) a file made that was taken, also where a later file was undone: the same people
    are listed anew then, and this file cannot be undone any more."""
    result = file.result or {}
    digest: str | None = result.get("again", result.get("list"))
    return digest


def is_undoable(file: UploadedFile) -> bool:
    """Return whether the list is the one that this file made, with the people of before still kept."""
    return (file.result or {}).get("list") == _digest(file)


def _together(how: str, before: Iterator[Person], in_file: Iterator[Person]) -> Iterator[Person]:
    return {REPLACE: lambda *_: in_file, ADD: added, TAKE_AWAY: taken_away}[how](before, in_file)


def _addressees(people: Iterable[Person]) -> Iterable[Addressee | Unmailed]:
    """Return the people as they are listed. Reading them raises Invalid when they are too many."""
    return _List(lambda: _each(people))


def _each(people: Iterable[Person]) -> Iterator[Addressee | Unmailed]:
    for nth, (name, address) in enumerate(people):
        if nth == MOST_RECIPIENTS:
            raise Invalid("file.list_too_long", "how", most=MOST_RECIPIENTS)
        yield Addressee(name, address) if address else Unmailed(name)


def _listed(file: UploadedFile) -> Iterator[Person]:
    return (Person(person.name, person.address) for person in everybody_on(_notice(file)))


def _before(file: UploadedFile) -> Iterator[Person]:
    return starmap(Person, all_rows(file.id, BEFORE))


def _people(items: Iterable[Any]) -> Iterator[Person]:
    return (Person(values["name"] or "", values["address"] or "") for _, values in items)


def _digest(file: UploadedFile) -> str:
    return notice(_notice(file)).list_digest() or ""


def _notice(file: UploadedFile) -> UUID:
    assert file.about_id is not None
    return file.about_id

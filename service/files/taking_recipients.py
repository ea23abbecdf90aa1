"""A file becomes the list of a notice: in place of the list that is there, added to it, or taken away from it."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from service.files.taken import Taken
from service.schemas.lists import MOST_RECIPIENTS, addressees
from service.schemas.uploaded_file import ADD, HOW, REPLACE, TAKE_AWAY
from tenants.errors import Invalid
from tenants.files.parts import BEFORE, ITEMS, all_rows, keep_rows
from tenants.files.uploaded import UploadedFile
from tenants.history.entries import Actor
from workflows.mail.batches import Addressee
from workflows.mail.unmailed import Unmailed
from workflows.notice.list_from_file import take_back_list, take_list
from workflows.notice.listed_people import everybody_on

Person = tuple[str, str]
"""A name and an address; each may be blank, and not both."""


@dataclass(frozen=True)
class Compared:
    """How many people are on the list now, in the file, in both, and how many each way to take it would lose."""

    listed: int
    in_file: int
    both: int

    @property
    def lost(self) -> dict[str, int]:
        """By way of taking: how many people of the list are not on it afterwards."""
        return {REPLACE: self.listed - self.both, ADD: 0, TAKE_AWAY: self.both}


def compared(file: UploadedFile) -> Compared | None:
    """Compare a file with the list of its notice, before anything is taken; None for a list that is blank."""
    listed = {_same(person) for person in _listed(file)}
    if not listed:
        return None
    in_file = {_same(person) for person in _people(all_rows(file.id, ITEMS))}
    return Compared(len(listed), len(in_file), len(listed & in_file))


def take(taken: Taken) -> dict[str, Any]:
    """Make the list of it. `how` may be left out while the list is blank. Raises Invalid."""
    file, how = taken.file, taken.taking.how
    before = list(_listed(file))
    if how not in HOW:
        if before:
            raise Invalid("file.how_first", "how", count=len(before))
        how = REPLACE
    people = _together(how, before, list(_people(taken.items())))
    keep_rows(file.id, BEFORE, before)
    return take_list(_notice(file), _addressees(people), how, taken.hash, taken.by)


def undo(file: UploadedFile, by: Actor) -> None:
    """Put back the list of before. Raises Invalid when it was approved, or is another one by now."""
    before = [(name, address) for name, address in all_rows(file.id, BEFORE)]
    take_back_list(_notice(file), _addressees(before) if before else [], (file.result or {})["list"], by)


def _together(how: str, before: list[Person], in_file: list[Person]) -> list[Person]:
    if how == TAKE_AWAY:
        gone = {_same(person) for person in in_file}
        return [person for person in before if _same(person) not in gone]
    return [*before, *in_file] if how == ADD else in_file


def _addressees(people: list[Person]) -> list[Addressee | Unmailed]:
    if len(people) > MOST_RECIPIENTS:
        raise Invalid("file.list_too_long", "how", most=MOST_RECIPIENTS)
    return addressees((nth, name, address) for nth, (name, address) in enumerate(people, 1))


def _listed(file: UploadedFile) -> Iterator[Person]:
    return ((person.name, person.address) for person in everybody_on(_notice(file)))


def _people(items: Iterable[Any]) -> Iterator[Person]:
    return ((values["name"] or "", values["address"] or "") for _, values in items)


def _same(person: Person) -> Person:
    name, address = person
    return name.casefold(), address.casefold()


def _notice(file: UploadedFile) -> UUID:
    assert file.about_id is not None
    return file.about_id

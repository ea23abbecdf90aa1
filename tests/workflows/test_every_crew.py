"""Whose turn each step of both workflows is, for every organisation of up to four people, against an expectation that
is written here a second time, from the words of the rule: a table of roles, and people with numbers. No database.

Roles that may do the same stand for each other: three kinds for each step, and a test says that there is no fourth.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import timedelta
from itertools import combinations, combinations_with_replacement, permutations, product
from uuid import UUID

import pytest

from tenants.history.entries import Actor
from tenants.identity.colleagues import Colleague
from tenants.identity.users import APPROVER, AUDITOR, FG, HANDLER, OWNER, PRIVACY_OFFICER, ROLES
from tests.factories import FRIDAY_EVENING as NOW
from workflows.accounts.crew import Crew
from workflows.decisions.turn import Before, Turn, nobody, turn
from workflows.notice.bulk_notice import BULK_NOTICE
from workflows.notification.ap_notification import AP_NOTIFICATION

TOMORROW = NOW + timedelta(hours=20)
WORKFLOWS = {"ap": AP_NOTIFICATION, "mail": BULK_NOTICE}
PREPARE, DECIDE, SEND = {OWNER, PRIVACY_OFFICER}, {OWNER, APPROVER}, {OWNER, PRIVACY_OFFICER, HANDLER}
ROLE_FOR = {
    "assess": PREPARE, "draft": PREPARE, "recipients": PREPARE, "text": PREPARE,
    "approve": DECIDE, "submit": SEND, "release": SEND, "alone": {OWNER},
}  # fmt: skip
DECIDES = {"approve", "submit", "release"}
FOLLOWS = {
    ("ap", "assess"): "approve", ("ap", "draft"): "approve", ("ap", "approve"): "submit",
    ("mail", "recipients"): "approve", ("mail", "text"): "approve", ("mail", "approve"): "release",
}  # fmt: skip
"""The step that another person must do than whoever did the named one."""


@dataclass(frozen=True)
class Person:
    """A member by number: the role, what does not count yet (a seat, a factor, nothing), whether they took part in the
    steps before, and in whose place they may act, with what of that does not count yet."""

    number: int
    role: str
    waits: str = ""
    took_part: bool = False
    deputy_of: tuple[int, ...] = ()
    waits_as_deputy: bool = False

    def seat(self, act: str, house: "House") -> tuple[int, ...]:
        """Return the numbers of who acts: this person, and in whose place; nobody without a role for it."""
        if self.role in ROLE_FOR[act]:
            return (self.number,)
        of = [other for other in self.deputy_of if house.people[other].role in ROLE_FOR[act]]
        return (self.number, of[0]) if of else ()

    def counts_later(self, act: str, seat: tuple[int, ...], house: "House") -> str:
        """Return which of seat and factor does not count yet for this act, as this person would do it."""
        if act not in DECIDES | {"alone"}:
            return ""
        seats = [house.people[number].waits == "seat" for number in seat]
        if any(seats) or (len(seat) == 2 and self.waits_as_deputy):
            return "seat"
        return "factor" if self.waits == "factor" else ""


@dataclass(frozen=True)
class House:
    """An organisation, and what was done there: which step the people who took part did, and which was done alone."""

    people: dict[int, Person]
    workflow: str
    step: str
    part: str = ""
    alone: str = ""
    crew: Crew = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "crew", Crew(tuple(_colleague(person) for person in self.people.values()), NOW))

    def took_part(self) -> set[int]:
        """Return who may not do the step, because they did the one before."""
        asks = self.step in DECIDES
        return {number for number, person in self.people.items() if person.took_part} if asks else set()

    def can(self, step: str, but: set[int]) -> tuple[set[int], set[int]]:
        """Return who can do a step now, and who from tomorrow."""
        now, later = set(), set()
        for number, person in self.people.items():
            seat = person.seat(step, self)
            if seat and not but & set(seat):
                (later if person.counts_later(step, seat, self) else now).add(number)
        return now, later

    def breaks_glass(self, person: Person) -> tuple[bool, bool]:
        """Return whether this person could do the step alone, and whether a second person is left for mail."""
        seat, glass = person.seat(self.step, self), person.seat("alone", self)
        may = bool(glass) and self.step in DECIDES and bool(set(seat) & self.took_part())
        if not may or person.counts_later("alone", glass, self):
            return False, True
        if self.workflow == "ap":
            return True, True
        approved = self.took_part() if self.part == "approve" else set()
        is_first = not self.alone and not (self.step == "release" and set(glass) & approved)
        return True, is_first

    def expected(self, viewer: int) -> dict[str, object]:
        """Return what the rule must say to this person."""
        person, but = self.people[viewer], self.took_part()
        now, later = self.can(self.step, but)
        owners = {number for number, other in self.people.items() if all(self.breaks_glass(other))} - now
        seat = person.seat(self.step, self)
        hindrance = None
        if not seat:
            hindrance = "role"
        elif set(seat) & but:
            hindrance = "four_eyes"
        elif person.counts_later(self.step, seat, self):
            hindrance = person.counts_later(self.step, seat, self)
        alone = viewer in owners
        nobody_now = "alone" if alone else "owner" if owners else "wait" if later else "invite"
        lacks = self.breaks_glass(person) == (True, False) and viewer not in now
        return {
            "hindrance": hindrance, "can": now, "later": later, "owners": owners, "alone": alone,
            "lacks": lacks, "mine": hindrance is None or (alone and not now),
            "way_out": None if now else nobody_now, "follow": self.others_follow(seat),
        }  # fmt: skip

    def others_follow(self, seat: tuple[int, ...]) -> bool:
        """Return whether somebody else is left for the step after this one, once the viewer did this one."""
        after = FOLLOWS.get((self.workflow, self.step))
        if after is None or not seat:
            return True
        did_before = set(seat)
        if self.part != self.step and self.part in PARTS[self.workflow, after]:
            did_before |= {number for number, person in self.people.items() if person.took_part}
        return bool(self.can(after, did_before)[0])


PARTS = {
    ("ap", "approve"): {"assess", "draft"}, ("ap", "submit"): {"draft", "approve"},
    ("mail", "approve"): {"recipients", "text"}, ("mail", "release"): {"recipients", "text", "approve"},
}  # fmt: skip


def _colleague(person: Person) -> Colleague:
    seat = TOMORROW if person.waits == "seat" else None
    factor = TOMORROW if person.waits == "factor" else None
    from_when = TOMORROW if person.waits_as_deputy else None
    deputy = tuple((UUID(int=of), from_when) for of in person.deputy_of)
    return Colleague(UUID(int=person.number), f"P{person.number}", person.role, seat, None, factor, None, False, deputy)


def ruled(house: House, viewer: int) -> dict[str, object]:
    """Return what the rule says to this person, in numbers."""
    person = house.people[viewer]

    def seat(act: str) -> Actor | None:
        taken = person.seat("alone" if act == "break_glass" else act, house)
        if not taken:
            return None
        of = UUID(int=taken[1]) if len(taken) == 2 else None
        factor = TOMORROW if person.waits == "factor" else None
        role = house.people[taken[-1]].role
        return Actor(UUID(int=viewer), f"P{viewer}", role, of, proven_at=NOW, proof_counts_from=factor)

    return said(turn(WORKFLOWS[house.workflow], house.step, before(house), house.crew, seat))


def before(house: House) -> Before:
    took_part = frozenset(UUID(int=number) for number, person in house.people.items() if person.took_part)
    return Before({house.part: took_part} if took_part else {}, alone=frozenset(house.alone.split()))


def said(whose: Turn) -> dict[str, object]:
    return {
        "hindrance": whose.hindrance, "can": {member.id.int for member in whose.can},
        "later": {int(later.name[1:]) for later in whose.later}, "owners": {owner.id.int for owner in whose.owners},
        "alone": whose.may_alone, "lacks": whose.lacks_second_person, "mine": whose.is_mine,
        "way_out": whose.way_out, "follow": whose.others_follow,
    }  # fmt: skip


KINDS = {
    **dict.fromkeys(("assess", "draft", "recipients", "text"), (OWNER, PRIVACY_OFFICER, APPROVER)),
    "approve": (OWNER, APPROVER, HANDLER), "submit": (OWNER, HANDLER, APPROVER), "release": (OWNER, HANDLER, FG),
}  # fmt: skip
"""Of each step: who does everything, who does this step, who does not. Other roles stand as one of these."""
WALKED = [
    ("ap", "assess", "", ""), ("ap", "draft", "assess", ""),
    ("ap", "approve", "draft", ""), ("ap", "submit", "draft", ""), ("ap", "submit", "approve", "approve"),
    ("mail", "recipients", "", ""), ("mail", "text", "recipients", ""),
    ("mail", "approve", "text", ""), ("mail", "release", "text", ""), ("mail", "release", "approve", ""),
    ("mail", "release", "text", "approve"),
]  # fmt: skip
"""Workflow, step, the step that the people before took part in, and what was done alone."""


def members(step: str, size: int) -> Iterator[dict[int, Person]]:
    """Every organisation of so many people without deputies. Whoever has no role for the step is in one
    state; of four, a factor that counts later is as a seat that does."""
    does, takes, does_not = KINDS[step]
    waits = ("", "seat", "factor") if size < 4 else ("", "seat")
    kinds = [*product((does, takes), waits, (False, True)), (does_not, "", False)]
    for people in combinations_with_replacement(kinds, size):
        yield {number: Person(number, *kind) for number, kind in enumerate(people, 1)}


def with_deputies(step: str) -> Iterator[dict[int, Person]]:
    """Every organisation of two or three people where one stands in for one or two others, or two for one each."""
    kinds = list(product(KINDS[step], ("", "seat"), (False, True)))
    for size in (2, 3):
        pairs = list(permutations(range(1, size + 1), 2))
        appointed = [(pair,) for pair in pairs] + list(combinations(pairs, 2))
        for number, (people, deputies) in enumerate(product(combinations_with_replacement(kinds, size), appointed)):
            # Of the many with two deputies, every 17th: all kinds and pairs meet, in tenths of a second.
            if len(deputies) == 1 or number % 17 == 0:
                yield {
                    who: Person(who, *kind, tuple(of for by, of in deputies if by == who), number % 5 == 0)
                    for who, kind in enumerate(people, 1)
                }


@pytest.mark.parametrize(("workflow", "step", "part", "alone"), WALKED)
def test_every_organisation_of_up_to_four(workflow: str, step: str, part: str, alone: str):
    for size in (1, 2, 3, 4) if step in DECIDES else (1, 2, 3):
        for people in members(step, size):
            agrees(House(people, workflow, step, part, alone))


@pytest.mark.parametrize(("workflow", "step", "part", "alone"), [row for row in WALKED if row[1] in DECIDES])
def test_one_and_two_deputies(workflow: str, step: str, part: str, alone: str):
    for people in with_deputies(step):
        agrees(House(people, workflow, step, part, alone))


def agrees(house: House) -> None:
    viewers = {replace(person, number=0): number for number, person in house.people.items()}
    for viewer in viewers.values():
        assert ruled(house, viewer) == house.expected(viewer), (viewer, house)


@pytest.mark.parametrize("step", sorted(KINDS))
def test_each_role_is_one_of_the_kinds(step: str):
    """A role that the walk leaves out may do the same as one that it walks: this step, or acting alone."""
    walked = {(role in ROLE_FOR[step], role == OWNER) for role in KINDS[step]}
    assert walked == {(role in ROLE_FOR[step], role == OWNER) for role in ROLES}
    assert len(walked) == len(KINDS[step])
    workflow = "ap" if step in ("assess", "draft", "approve", "submit") else "mail"
    for role in (*ROLES, AUDITOR):
        house = House({1: Person(1, role)}, workflow, step)
        whose = turn(WORKFLOWS[workflow], step, Before({}), house.crew, nobody)
        assert bool(whose.can) == (role in ROLE_FOR[step])

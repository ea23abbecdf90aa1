"""Whose turn a step is, for every small organisation: roles, deputies, seats that count later, who did what, and what
was done alone. No database, no page.

The table says what must come out of named stories. The walk goes through every combination and checks what must hold
of each answer; it computes no answer of its own.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from itertools import combinations_with_replacement, permutations, product
from uuid import UUID

import pytest

from tenants.history.entries import Actor
from tenants.identity.colleagues import Colleague
from tenants.identity.users import APPROVER, AUDITOR, FG, HANDLER, OWNER, PRIVACY_OFFICER, ROLES
from tests.factories import FRIDAY_EVENING as NOW
from workflows.accounts.crew import Crew
from workflows.decisions.turn import Before, Turn, nobody, turn
from workflows.engine.steps import Workflow
from workflows.notice.bulk_notice import BULK_NOTICE
from workflows.notification.ap_notification import AP_NOTIFICATION
from workflows.roles import may

TOMORROW = NOW + timedelta(hours=20)
AP, MAIL = AP_NOTIFICATION, BULK_NOTICE


def a_colleague(number: int, role: str, waits: bool = False, stands_in: tuple[int, ...] = ()) -> Colleague:
    """Person `number` (from 1), with a seat that counts tomorrow where it waits, as the deputy of those numbers."""
    seat = TOMORROW if waits else None
    deputies = tuple((UUID(int=of), None) for of in stands_in)
    return Colleague(UUID(int=number), f"P{number}", role, seat, None, None, None, False, deputies)


def looks(crew: Crew, number: int | None, proven: bool = True) -> Turn | object:
    """The seat that person `number` has for each act: their own, else that of the first they stand in for."""
    if number is None:
        return nobody

    def seat(act: str) -> Actor | None:
        member = crew.members[UUID(int=number)]
        seats = [(member.role, None), *((crew.members[of].role, of) for of, _ in member.stands_in)]
        taken = next(((role, of) for role, of in seats if may(role, act)), None)
        return Actor(member.id, member.name, *taken, proven_at=NOW if proven else None) if taken else None

    return seat


def who(*numbers: int) -> frozenset[UUID]:
    return frozenset(UUID(int=number) for number in numbers)


@dataclass(frozen=True)
class Answer:
    """A turn in short: may the viewer, may they alone, who can by number, who later, the way out."""

    me: str | None
    alone: bool
    can: tuple[int, ...]
    later: tuple[int, ...]
    way_out: str | None


def answer(whose: Turn) -> Answer:
    later = tuple(int(member.name[1:]) for member in whose.later)
    can = tuple(sorted(member.id.int for member in whose.can))
    return Answer(whose.hindrance, whose.may_alone, can, later, whose.way_out)


ALONE = (OWNER,)
PAIR = (OWNER, APPROVER)
THREE = (PRIVACY_OFFICER, APPROVER, HANDLER)
DRAFTED = {"assess": who(1), "draft": who(1)}
LISTED = {"recipients": who(1), "text": who(1)}
STORIES = {
    # roles, workflow, step, done, done alone, viewer: the answer
    "alone, before anything": (ALONE, AP, "assess", {}, "", 1, Answer(None, False, (1,), (), None)),
    "alone, drafted": (ALONE, AP, "approve", DRAFTED, "", 1, Answer("four_eyes", True, (), (), "alone")),
    "alone, to send": (ALONE, AP, "submit", DRAFTED | {"approve": who(1)}, "approve", 1,
                       Answer("four_eyes", True, (), (), "alone")),
    "alone, nobody looks": (ALONE, AP, "approve", DRAFTED, "", None, Answer("role", False, (), (), "owner")),
    "pair, drafted, she looks": (PAIR, AP, "approve", DRAFTED, "", 1, Answer("four_eyes", True, (2,), (), None)),
    "pair, drafted, he looks": (PAIR, AP, "approve", DRAFTED, "", 2, Answer(None, False, (2,), (), None)),
    "pair, approved, to send": (PAIR, AP, "submit", DRAFTED | {"approve": who(2)}, "", 1,
                                Answer("four_eyes", True, (), (), "alone")),
    "pair, approved, he may not send": (PAIR, AP, "submit", DRAFTED | {"approve": who(2)}, "", 2,
                                        Answer("role", False, (), (), "owner")),
    "three, drafted, the drafter": (THREE, AP, "approve", DRAFTED, "", 1,
                                    Answer("role", False, (2,), (), None)),
    "three, approved, the sender": (THREE, AP, "submit", DRAFTED | {"approve": who(2)}, "", 3,
                                    Answer(None, False, (3,), (), None)),
    "officer alone, drafted": ((PRIVACY_OFFICER,), AP, "approve", DRAFTED, "", 1,
                               Answer("role", False, (), (), "invite")),
    "approver and auditor, to assess": ((APPROVER, AUDITOR), AP, "assess", {}, "", 1,
                                        Answer("role", False, (), (), "invite")),
    "mail, alone, drafted": (ALONE, MAIL, "approve", LISTED, "", 1, Answer("four_eyes", True, (), (), "alone")),
    "mail, alone, approved alone": (ALONE, MAIL, "release", LISTED | {"approve": who(1)}, "approve", 1,
                                    Answer("four_eyes", False, (), (), "invite")),
    "mail, pair, he approved": (PAIR, MAIL, "release", LISTED | {"approve": who(2)}, "", 1,
                                Answer("four_eyes", True, (), (), "alone")),
    "mail, two owners, the second approved": ((OWNER, OWNER), MAIL, "release", LISTED | {"approve": who(2)}, "", 2,
                                              Answer("four_eyes", False, (), (), "owner")),
    "mail, approved alone, a handler": ((OWNER, HANDLER), MAIL, "release", LISTED | {"approve": who(1)}, "approve",
                                        1, Answer("four_eyes", False, (2,), (), None)),
}  # fmt: skip


@pytest.mark.parametrize("story", STORIES)
def test_the_answer_of_each_story(story: str):
    roles, workflow, step, done, alone, viewer, wanted = STORIES[story]
    crew = Crew(tuple(a_colleague(number, role) for number, role in enumerate(roles, 1)), NOW)
    whose = turn(workflow, step, Before(done, alone=frozenset(alone.split())), crew, looks(crew, viewer))
    assert answer(whose) == wanted
    assert whose.is_mine == (wanted.me is None or (wanted.alone and not wanted.can))
    assert not whose.lacks_second_person or workflow is MAIL


def test_a_new_approver_is_named_with_the_moment_and_reads_it():
    crew = Crew((a_colleague(1, PRIVACY_OFFICER), a_colleague(2, APPROVER, waits=True)), NOW)
    before = Before(DRAFTED)
    assert answer(turn(AP, "approve", before, crew, nobody)) == Answer("role", False, (), (2,), "wait")
    own = turn(AP, "approve", before, crew, looks(crew, 2))
    assert (own.hindrance, own.hindered_until, own.is_mine) == ("seat", TOMORROW, False)
    young = replace(crew.colleagues[1], seat_from=None, proof_counts_from=TOMORROW)
    crew = Crew((crew.colleagues[0], young), NOW)
    by = Actor(young.id, young.name, APPROVER, proven_at=NOW, proof_counts_from=TOMORROW)
    own = turn(AP, "approve", before, crew, lambda act: by)
    assert (own.hindrance, own.hindered_until, own.can) == ("factor", TOMORROW, ())


def test_who_must_prove_again_is_still_asked_to_do_it():
    crew = Crew((a_colleague(1, OWNER), a_colleague(2, APPROVER)), NOW)
    own = turn(AP, "approve", Before(DRAFTED), crew, looks(crew, 2, proven=False))
    assert (own.hindrance, own.is_stale, own.is_mine) == ("proof", True, True)


def test_who_answered_the_form_prepared_it_and_a_deputy_is_the_colleague_too():
    crew = Crew((a_colleague(1, OWNER), a_colleague(2, APPROVER), a_colleague(3, AUDITOR, stands_in=(2,))), NOW)
    assert answer(turn(AP, "approve", Before(DRAFTED), crew, looks(crew, 3))).can == (2, 3)
    prepared = Before(DRAFTED, preparers=who(2))
    assert answer(turn(AP, "approve", prepared, crew, looks(crew, 3))).can == ()
    assert answer(turn(AP, "submit", prepared, crew, nobody)).can == (), "nobody else sends"


def test_whether_somebody_can_go_on_after_the_viewer():
    crew = Crew((a_colleague(1, OWNER), a_colleague(2, APPROVER)), NOW)
    assert turn(AP, "draft", Before({"assess": who(1)}), crew, looks(crew, 1)).others_follow
    assert not turn(AP, "approve", Before(DRAFTED), crew, looks(crew, 2)).others_follow, "only she could send, alone"
    assert not turn(AP, "draft", Before({"assess": who(2)}), crew, looks(crew, 1)).others_follow


KINDS = {"approve": (OWNER, APPROVER, HANDLER), "submit": (OWNER, HANDLER, APPROVER), "release": (OWNER, HANDLER, FG)}
"""Of each deciding step: who does everything, who does this step, who does not. Other roles stand as one of these."""
Kind = tuple[str, bool, bool]
"""The role of a member, whether the seat waits, and whether they had a part in the steps before."""


def organisations(step: str, most: int) -> Iterator[tuple[Crew, frozenset[UUID]]]:
    """Every organisation of at most so many people, with nobody or one as a deputy, and who had a part before."""
    kinds: list[Kind] = list(product(KINDS[step], (False, True), (False, True)))
    for size in range(1, most + 1):
        deputies: list[tuple[int, int] | None] = [None, *permutations(range(1, size + 1), 2)]
        for people, deputy in product(combinations_with_replacement(kinds, size), deputies):
            yield (
                Crew(tuple(
                    a_colleague(number, role, waits, (deputy[1],) if deputy and deputy[0] == number else ())
                    for number, (role, waits, _) in enumerate(people, 1)
                ), NOW),
                who(*(number for number, (_, _, took_part) in enumerate(people, 1) if took_part)),
            )  # fmt: skip


WALKED: list[tuple[Workflow, str, str, str]] = [
    (AP, "approve", "draft", ""), (AP, "submit", "draft", ""), (AP, "submit", "approve", "approve"),
    (MAIL, "approve", "text", ""), (MAIL, "release", "text", ""), (MAIL, "release", "approve", ""),
    (MAIL, "release", "text", "approve"),
]  # fmt: skip
"""Workflow, step, the step that the people before took part in, and what was done alone."""


@pytest.mark.parametrize(("workflow", "step", "part", "alone"), WALKED)
def test_what_holds_of_every_answer(workflow: Workflow, step: str, part: str, alone: str):
    able = {role for role in ROLES if may(role, step)}
    for crew, people in organisations(step, 3):
        before = Before({part: people} if people else {}, alone=frozenset(alone.split()))
        whose = turn(workflow, step, before, crew, nobody)
        each = [turn(workflow, step, before, crew, looks(crew, member.id.int)) for member in crew.colleagues]
        can, owners = {member.id for member in whose.can}, {member.id for member in whose.owners}
        said = (crew.colleagues, people, whose)
        assert all((seen.can, seen.later, seen.owners) == (whose.can, whose.later, whose.owners) for seen in each), said
        assert not can & people and not {member.for_id for member in whose.can} & people, said
        assert not can & owners and len(whose.later) + len(can) <= len(crew.members), said
        for member, seen in zip(crew.colleagues, each, strict=True):
            is_deputy = bool(member.stands_in)
            if member.role in able and member.id not in people:
                assert (member.id in can) != bool(member.seat_from), said
                assert (member.name in {later.name for later in whose.later}) == bool(member.seat_from), said
            if not is_deputy and (member.role not in able or member.id in people):
                assert member.id not in can and member.name not in {later.name for later in whose.later}, said
            assert (seen.hindrance is None) == (member.id in can), said
            assert seen.may_alone == (member.id in owners), said
            assert seen.is_mine == (member.id in can or (not can and member.id in owners)), said
            if member.id in owners:
                assert (member.role == OWNER or is_deputy) and not member.seat_from, said
            assert_way_out(seen, bool(can), member.id in owners, bool(owners))
            assert not seen.lacks_second_person or workflow is MAIL, said
        if workflow is MAIL and alone:
            assert not owners, "the other decision was done alone already"
        if workflow is AP and not can and not whose.later and any(
            member.role == OWNER and not member.seat_from for member in crew.colleagues
        ):  # fmt: skip
            assert owners, "an owner whose seat counts is never left without a way to meet the duty"


def assert_way_out(seen: Turn, somebody_can: bool, is_owner: bool, has_owners: bool) -> None:
    wanted = None if somebody_can else "alone" if is_owner else "owner" if has_owners else None
    if somebody_can or has_owners:
        assert seen.way_out == wanted
    else:
        assert seen.way_out == ("wait" if seen.later else "invite")


@pytest.mark.parametrize("step", sorted(KINDS))
def test_each_role_is_one_of_the_kinds_that_the_walk_knows(step: str):
    """A role that the walk leaves out may do the same as one that it walks: this step, or breaking the glass."""
    workflow = MAIL if step == "release" else AP
    walked = {(may(role, step), may(role, "break_glass")) for role in KINDS[step]}
    assert walked == {(may(role, step), may(role, "break_glass")) for role in ROLES}
    for role in ROLES:
        crew = Crew((a_colleague(1, role),), NOW)
        assert bool(turn(workflow, step, Before({}), crew, nobody).can) == may(role, step)


def test_four_people_as_three():
    """A fourth colleague of any kind takes nobody's turn away, and gives it to themselves or to nobody."""
    for crew, people in organisations("approve", 3):
        before = Before({"draft": people} if people else {})
        three = {member.id for member in turn(AP, "approve", before, crew, nobody).can}
        for role, waits in product(KINDS["approve"], (False, True)):
            fourth = a_colleague(4, role, waits)
            whose = turn(AP, "approve", before, Crew((*crew.colleagues, fourth), NOW), nobody)
            joins = may(role, "approve") and not waits
            assert {member.id for member in whose.can} == three | ({fourth.id} if joins else set())

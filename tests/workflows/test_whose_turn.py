"""Whose turn a step is, for every small organisation: roles, deputies, seats that count later, who did what, and what
was done alone. No database, no page.

The table says what must come out of named stories; `test_every_crew.py` walks through every combination.
"""

from dataclasses import dataclass, replace
from datetime import timedelta
from uuid import UUID

import pytest

from tenants.history.entries import Actor
from tenants.identity.colleagues import Colleague
from tenants.identity.users import APPROVER, AUDITOR, HANDLER, OWNER, PRIVACY_OFFICER
from tests.factories import FRIDAY_EVENING as NOW
from workflows.accounts.crew import Crew
from workflows.decisions.turn import Before, Turn, nobody, turn
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


def test_who_does_the_next_step_alone_where_nobody_else_can_is_named():
    crew = Crew((a_colleague(1, OWNER), a_colleague(2, APPROVER)), NOW)
    own = turn(AP, "approve", Before(DRAFTED), crew, looks(crew, 2))
    assert (own.after, [owner.name for owner in own.follow_owners]) == ("submit", ["P1"])
    one = Crew((a_colleague(1, OWNER),), NOW)
    written = Before({"recipients": who(1), "text": who(1)})
    mail = turn(MAIL, "approve", written, one, looks(one, 1))
    assert (mail.after, mail.follow_owners) == ("release", ()), "one person never does both"
    mail = turn(MAIL, "approve", written, crew, looks(crew, 2))
    assert [owner.name for owner in mail.follow_owners] == ["P1"], "another approved, so the owner sends alone"


def test_a_deputy_knows_for_whom_and_which_step_it_takes_from_them():
    people = (a_colleague(1, OWNER), a_colleague(2, APPROVER), a_colleague(3, HANDLER, stands_in=(2,)))
    crew = Crew(people, NOW)
    deputy = turn(AP, "approve", Before(DRAFTED), crew, looks(crew, 3))
    assert (deputy.acts_for, deputy.after, deputy.loses_next) == ("P2", "submit", True)
    own = turn(AP, "approve", Before(DRAFTED), crew, looks(crew, 2))
    assert (own.acts_for, own.loses_next) == (None, False)
    reads = Crew((*people[:2], a_colleague(3, AUDITOR, stands_in=(2,))), NOW)
    assert not turn(AP, "approve", Before(DRAFTED), reads, looks(reads, 3)).loses_next, "an auditor never sends"

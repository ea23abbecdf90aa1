"""Whose turn a step is: one rule, without a database, for pages, API, lists and mails (Art. 24, 32).

A person may do a step in a role that the step names, if they had no part in the steps that it must be done by somebody
else than. An owner may do such a step alone with a reason; of mail to people, approving or releasing, never both.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from tenants.history.entries import Actor
from workflows.accounts.crew import Crew, Later, Member
from workflows.engine.progress import is_fresh
from workflows.engine.steps import Human, Workflow
from workflows.roles import ALONE, DECISIVE, MAY

Seat = Callable[[str], Actor | None]
"""Whoever looks, in the role in which they may do the act with this name; None when they may not."""

BREAKS_GLASS = Human("break_glass", "Art. 24", MAY["break_glass"], lambda subject, act: None, fresh=True)
KEEPS_SECOND_PERSON = frozenset({"bulk_notice"})
"""Workflows of which one person never does both decisions, also not alone: mail to people cannot be taken back."""


HINDRANCES = ("role", "four_eyes", "seat", "factor", "proof")
WAYS_OUT = ("alone", "owner", "wait", "invite")


def nobody(act: str) -> None:
    """Return no seat, whatever the act: a list or a mail asks whose turn it is, and nobody looks."""


@dataclass(frozen=True)
class Before:
    """What was done in a run: by whom and for whom each step was last done, which people prepared what is approved
    beside that, and which steps somebody did alone."""

    done: Mapping[str, frozenset[UUID]]
    preparers: frozenset[UUID] = frozenset()
    alone: frozenset[str] = frozenset()

    def people(self, step: Human) -> frozenset[UUID]:
        """The people who may not do this step, because they had a part in what it decides about."""
        prepared = self.preparers if step.not_by_preparers else frozenset[UUID]()
        return prepared.union(*(self.done.get(name, frozenset()) for name in step.other_than))

    def with_step(self, name: str, people: frozenset[UUID], alone: bool = False) -> "Before":
        """Return the same after these people did this step too, as one of several or `alone`."""
        return Before({**self.done, name: people}, self.preparers, self.alone | ({name} if alone else set()))

    def leaves_second_person(self, workflow: str, step: str, who: frozenset[UUID]) -> bool:
        """Whether these people doing the step alone leaves somebody else for the other decision of the run."""
        if workflow not in KEEPS_SECOND_PERSON:
            return True
        if self.alone - {step}:
            return False
        return step != "release" or not who & self.done.get("approve", frozenset())


@dataclass(frozen=True)
class Turn:
    """Whose turn a step is, for whoever looks.

    `hindrance` is why the viewer may not do it: "role", "four_eyes", "seat" and "factor" (they count from
    `hindered_until`), "proof" (the second factor must be given anew), or None. `can`: who can do it now; `later`: who
    from when. `owners`: who could do it alone now. `is_stale`: the viewer must first give a second factor anew.
    """

    step: str
    law: str
    is_human: bool
    hindrance: str | None
    can: tuple[Member, ...] = ()
    later: tuple[Later, ...] = ()
    owners: tuple[Member, ...] = ()
    may_alone: bool = False
    lacks_second_person: bool = False
    is_stale: bool = False
    hindered_until: datetime | None = None
    follow: tuple[Member, ...] | None = None
    """Who can do the step that another person must do after this one; None when there is no such step."""
    after: str | None = None
    """The name of that step."""
    follow_owners: tuple[Member, ...] = ()
    """Who could then do that step alone, with a reason."""
    acts_for: str | None = None
    """The colleague for whom the viewer does this step as a deputy."""
    loses_next: bool = False
    """Whether the viewer, as that deputy, may no longer do the step after this one, which their own role allows now."""
    viewer: UUID | None = field(default=None, repr=False)

    @property
    def people(self) -> tuple[str, ...]:
        """The names of those who can do it now."""
        return tuple(member.name for member in self.can)

    @property
    def others(self) -> tuple[str, ...]:
        """The names of those who can do it now, but the viewer."""
        return tuple(member.name for member in self.can if member.id != self.viewer)

    @property
    def others_follow(self) -> bool:
        """Whether somebody else can do the step that another person must do after this one."""
        return self.follow is None or bool(self.follow)

    @property
    def followers(self) -> tuple[str, ...]:
        """The names of those who can do the step after this one."""
        return tuple(member.name for member in self.follow or ())

    @property
    def is_alone(self) -> bool:
        """Whether nobody can do it as one of several, and the viewer may, alone and with a reason."""
        return self.may_alone and not self.can

    @property
    def is_mine(self) -> bool:
        """Whether the viewer is asked to do it: at once, after a second factor, or alone because nobody else can."""
        return self.is_human and (self.hindrance in (None, "proof") or self.is_alone)

    @property
    def way_out(self) -> str | None:
        """What then, when nobody can do it now: "alone" (the viewer, with a reason), "owner" (one of `owners` does it
        alone), "wait" (for the first of `later`), "invite" (a colleague); None while somebody can."""
        if not self.is_human or self.can:
            return None
        return "alone" if self.may_alone else "owner" if self.owners else "wait" if self.later else "invite"


def turn(workflow: Workflow, name: str, before: Before, crew: Crew, seat: Seat) -> Turn:
    """Return whose turn the step with this name is, as it stands in `before` and with these members."""
    step = workflow.step(name)
    if not isinstance(step, Human):
        return Turn(name, step.law, False, None)
    by, people = seat(name), before.people(step)
    hindrance, until = _hindrance(step, by, people, crew)
    may_alone, leaves = _alone(workflow, step, before, crew, seat) if hindrance == "four_eyes" else (False, True)
    can = crew.who_can(step, people)
    owners = _owners(workflow, step, before, crew, {member.id for member in can})
    is_stale = by is not None and step.fresh and not is_fresh(by, crew.now)
    return Turn(
        name, step.law, True, hindrance or ("proof" if is_stale else None), can,
        crew.who_can_later(step, people), owners, may_alone and leaves,
        may_alone and not leaves, is_stale, until, **_following(workflow, step, before, crew, by, may_alone),
        acts_for=crew.members[by.for_id].name if by and by.for_id in crew.members else None,
        viewer=by.id if by else None,
    )  # fmt: skip


def stops_without_second_person(workflow: str, whose: Turn) -> bool:
    """Return whether the viewer alone can approve this mail to people while nobody else is there to send it."""
    approves = workflow in KEEPS_SECOND_PERSON and whose.step == "approve"
    return approves and whose.is_alone and not whose.others_follow


def _hindrance(
    step: Human, by: Actor | None, people: frozenset[UUID], crew: Crew
) -> tuple[str | None, datetime | None]:  # fmt: skip
    if by is None or by.role not in step.by:
        return "role", None
    if who_is(by) & people:
        return "four_eyes", None
    return _waits(step, by, crew)


def _waits(step: Human, by: Actor, crew: Crew) -> tuple[str | None, datetime | None]:
    """Return which of the viewer's seat and factor does not count yet for the step, and from when."""
    seat = crew.seat_counts_from(by.id, by.for_id) if step.name in DECISIVE else None
    factor = by.proof_counts_from if step.fresh and by.proof_counts_from else None
    if seat is not None:
        return "seat", seat
    return ("factor", factor) if factor and factor > crew.now else (None, None)


def _alone(workflow: Workflow, step: Human, before: Before, crew: Crew, seat: Seat) -> tuple[bool, bool]:
    """Return whether the viewer may do this step alone but for the second person of mail, and whether that is left."""
    by = seat(BREAKS_GLASS.name)
    if by is None or step.name not in ALONE or _waits(BREAKS_GLASS, by, crew)[0]:
        return False, True
    return True, before.leaves_second_person(workflow.name, step.name, who_is(by))


def _owners(workflow: Workflow, step: Human, before: Before, crew: Crew, can: set[UUID]) -> tuple[Member, ...]:
    """Return who could do this step alone now; those who `can` do it as one of several have no need to."""
    if step.name not in ALONE:
        return ()
    people = before.people(step)
    return tuple(
        owner for owner in crew.who_can(BREAKS_GLASS, ())
        if owner.id not in can and crew.seat_people(owner.id, step) & people
        and before.leaves_second_person(workflow.name, step.name, _both(owner.id, owner.for_id))
    )  # fmt: skip


def _following(
    workflow: Workflow, step: Human, before: Before, crew: Crew, by: Actor | None, alone: bool
) -> dict[str, Any]:  # fmt: skip
    """Return what Turn says about the step that another person must do once the viewer did this one, perhaps alone."""
    humans = (other for other in workflow.steps if isinstance(other, Human))
    after = next((other for other in humans if step.name in other.other_than), None)
    if after is None or by is None:
        return {}
    then = before.with_step(step.name, who_is(by), alone)
    can = crew.who_can(after, then.people(after))
    could = {member.id for member in crew.who_can(after, before.people(after))}
    return {
        "follow": can, "after": after.name, "loses_next": by.for_id is not None and by.id in could,
        "follow_owners": _owners(workflow, after, then, crew, {member.id for member in can}),
    }  # fmt: skip


def who_is(by: Actor) -> frozenset[UUID]:
    """Return the person who acts, and for whom: neither has another part in the same decision."""
    return _both(by.id, by.for_id)


def _both(who: UUID | None, of: UUID | None) -> frozenset[UUID]:
    return frozenset(person for person in (who, of) if person is not None)

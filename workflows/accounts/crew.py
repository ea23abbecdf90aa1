"""Who can do a step now, and who from when: a new seat, and a factor in place of a lost one, count a day later.

A member who is linked to the organisation's own login provider can decide through it in the meantime; the name says so.
Nothing here reads a database but `crew_here`.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cached_property
from uuid import UUID

from tenants.identity.colleagues import Colleague, colleagues
from tenants.identity.users import factor_counts_from
from tenants.isolation import database_now
from workflows.engine.steps import Human
from workflows.roles import DECIDERS, DECISIVE

A_DAY = timedelta(days=1)
FOR_GOOD = datetime.max.replace(tzinfo=UTC)


@dataclass(frozen=True)
class Member:
    """A member who can do a step, and as whose deputy; the name says through which provider, where it must be."""

    id: UUID
    name: str
    for_id: UUID | None = None


@dataclass(frozen=True)
class Later:
    """A colleague who could do the step, except that a seat or second factor counts only from this moment."""

    name: str
    counts_from: datetime


@dataclass(frozen=True)
class Crew:
    """The members of an organisation, who stands in for whom, and the moment `now` at which that is so."""

    colleagues: tuple[Colleague, ...]
    now: datetime

    @cached_property
    def members(self) -> dict[UUID, Colleague]:
        """Each member by id, in the order of their names."""
        return {colleague.id: colleague for colleague in self.colleagues}

    def who_can(self, step: Human, before: Collection[UUID]) -> tuple[Member, ...]:
        """Return the members who have the role, or stand in for a member who has it, except those who did an earlier
        step.

        A member for whom an earlier step was done is left out too. Members whose seat or second factor does not count
        yet are in `who_can_later`.
        """
        able = self._able(step, before)
        return tuple(
            Member(who, self._name(who, step, self.now), of) for (who, of), moment in able.items() if moment is None
        )

    def who_can_later(self, step: Human, before: Collection[UUID]) -> tuple[Later, ...]:
        """Return the members who can do the step from a later moment, the soonest first."""
        able = self._able(step, before)
        waiting = [(moment, self._name(who, step, moment)) for (who, _), moment in able.items() if moment]
        return tuple(Later(name, moment) for moment, name in sorted(waiting))

    def seat_people(self, who: UUID, step: Human) -> frozenset[UUID]:
        """Return this member, and for whom they do this step; nobody at all without a role for it."""
        seat = self._seat(self.members[who], step.by) if who in self.members else None
        return frozenset(person for person in (who, *seat) if person is not None) if seat else frozenset()

    def seat_counts_from(self, who: UUID | None, of: UUID | None) -> datetime | None:
        """Return from when this member decides, for themselves or as the deputy of `of`; None when it counts now."""
        seats = [self.members[seat].seat_from for seat in (who, of) if seat in self.members]
        stands_in = self.members[who].stands_in if who in self.members else ()
        return self._after_now([*seats, *(counts_from for whom, counts_from in stands_in if whom == of)])

    def only_one_until(self, by: UUID | None, without: UUID, back_from: datetime | None) -> datetime | None:
        """Return until when `by` would be the only one who can approve here, if this person could not; None when others
        can.

        None also when this person does not approve now. `back_from` is when this person could approve again; None for
        never. Returns FOR_GOOD when nobody else ever can.
        """
        deciders = {who for who, member in self.members.items() if member.role in DECIDERS}
        if without not in deciders or self._from(without, None, APPROVES) is not None:
            return None
        moments = [self._from(who, None, APPROVES) for who in deciders - {without, by}]
        if None in moments:
            return None
        return min([moment for moment in (*moments, back_from) if moment is not None], default=FOR_GOOD)

    def who_approves(self) -> tuple[tuple[str, ...], tuple[Later, ...]]:
        """Return the names of those who can approve now, and of those who can from a later moment, the soonest first.
        """
        return tuple(member.name for member in self.who_can(APPROVES, ())), self.who_can_later(APPROVES, ())

    def _able(self, step: Human, before: Collection[UUID]) -> dict[tuple[UUID, UUID | None], datetime | None]:
        """Return each member who can do the step, with the colleague whom they stand in for then, and from when; None
        for now."""
        seats = [(who, self._seat(member, step.by)) for who, member in self.members.items()]
        able = [(who, seat[0]) for who, seat in seats if seat and not {who, seat[0]} & set(before)]
        return {(who, of): self._from(who, of, step) for who, of in sorted(able, key=lambda seat: seat[1] is not None)}

    def _seat(self, member: Colleague, roles: frozenset[str]) -> tuple[UUID | None] | None:
        """Return for whom this member acts in one of these roles: for themselves (None) where their own role is enough,
        else for the first colleague whom they stand in for; no seat at all is None itself."""
        if member.role in roles:
            return (None,)
        colleagues = (of for of, _ in member.stands_in if of in self.members and self.members[of].role in roles)
        return next(((of,) for of in colleagues), None)

    def _from(self, who: UUID, of: UUID | None, step: Human) -> datetime | None:
        """Return from when this member's seat and second factor count for the step, if later than now; else None."""
        moments = [self.seat_counts_from(who, of)] if step.name in DECISIVE else []
        moments += [factor_counts_from(self._own_factor(who), self.members[who].is_linked)] if step.fresh else []
        return self._after_now(moments)

    def _after_now(self, moments: list[datetime | None]) -> datetime | None:
        return max((moment for moment in moments if moment and moment > self.now), default=None)

    def _own_factor(self, who: UUID) -> datetime | None:
        """Return from when the account's own second factor counts; None where it did not take a lost one's place."""
        member = self.members[who]
        # A person without a factor can set one up now at the soonest.
        return self.now + A_DAY if member.factors_taken_at else member.proof_counts_from

    def _name(self, who: UUID, step: Human, at: datetime) -> str:
        """This member's name, with the provider where only a login through it counts at that moment."""
        member, own = self.members[who], self._own_factor(who)
        if step.fresh and member.is_linked and own and own > at:
            return f"{member.name} (via {member.provider})"
        return member.name


def crew_here(now: datetime | None = None) -> Crew:
    """Return the members of the acting organisation as they are at the moment `now`, else the database's."""
    return Crew(tuple(colleagues()), now or database_now())


APPROVES = Human("approve", "Art. 24", DECIDERS, lambda subject, act: None, fresh=True)

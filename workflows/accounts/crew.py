"""Who can do a step now, and who from when: a new seat, and a factor in place of a lost one, count a day later.

A member who is linked to the organisation's own login provider can decide through it in the meantime; the name says so.
"""

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
class Later:
    """A colleague who could do the step, except that a seat or second factor counts only from this moment."""

    name: str
    counts_from: datetime


class Crew:
    """The members of the acting organisation and who stands in for whom, read once, when first asked for."""

    @cached_property
    def members(self) -> dict[UUID, Colleague]:
        """Each member, by name."""
        return {colleague.id: colleague for colleague in colleagues()}

    @cached_property
    def now(self) -> datetime:
        return database_now()

    def who_can(self, step: Human, before: set[UUID | None]) -> tuple[str, ...]:
        """Return the members who have the role, or stand in for a member who has it, except those who did an earlier
        step.

        A member for whom an earlier step was done is left out too. Members whose seat or second factor does not count
        yet are in `who_can_later`.
        """
        able = self._able(step, before)
        return tuple(self._name(who, step, self.now) for who, moment in able.items() if moment is None)

    def who_can_later(self, step: Human, before: set[UUID | None]) -> tuple[Later, ...]:
        """Return the members who can do the step from a later moment, the soonest first."""
        able = self._able(step, before)
        waiting = [(moment, self._name(who, step, moment)) for who, moment in able.items() if moment]
        return tuple(Later(name, moment) for moment, name in sorted(waiting))

    def only_one_until(self, by: UUID | None, without: UUID, back_from: datetime | None) -> datetime | None:
        """Return until when `by` would be the only one who can approve here, if this person could not; None when others
        can.

        None also when this person does not approve now. `back_from` is when this person could approve again; None for
        never. Returns FOR_GOOD when nobody else ever can.
        """
        deciders = {who for who, member in self.members.items() if member.role in DECIDERS}
        if without not in deciders or self._from(without, True, True) is not None:
            return None
        moments = [self._from(who, True, True) for who in deciders - {without, by}]
        if None in moments:
            return None
        return min([moment for moment in (*moments, back_from) if moment is not None], default=FOR_GOOD)

    def who_approves(self) -> tuple[tuple[str, ...], tuple[Later, ...]]:
        """Return the names of those who can approve now, and of those who can from a later moment, the soonest first.
        """
        approves = Human("approve", "Art. 24", DECIDERS, lambda subject, act: None, fresh=True)
        return self.who_can(approves, set()), self.who_can_later(approves, set())

    def _able(self, step: Human, before: set[UUID | None]) -> dict[UUID, datetime | None]:
        """Return from when each person can approve; None for now."""
        by_seat, by_factor = step.name in DECISIVE, step.fresh
        own = [who for who, member in self.members.items() if member.role in step.by and who not in before]
        able = {who: self._from(who, by_seat, by_factor) for who in own}
        for who, of, counts_from in self._appointments():
            if of in own and who not in before and who not in able:
                waits = [self._from(who, by_seat, by_factor)]
                waits += [self._from(of, by_seat, False), counts_from] if by_seat else []
                able[who] = max((moment for moment in waits if moment and moment > self.now), default=None)
        return able

    def _from(self, who: UUID, by_seat: bool, by_factor: bool) -> datetime | None:
        """Return from when this member's seat and second factor count, where that is later than now; else None."""
        member = self.members[who]
        moments = [member.seat_from if by_seat else None]
        moments += [factor_counts_from(self._own_factor(who), member.is_linked)] if by_factor else []
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

    def _appointments(self) -> list[tuple[UUID, UUID, datetime | None]]:
        """Return each deputy with the colleague, and from when the appointment counts; None for at once."""
        return [(who, *appointed) for who, member in self.members.items() for appointed in member.stands_in]

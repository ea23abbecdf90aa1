"""An owner appoints a deputy for a period, and may end it earlier. Both are members; four eyes count both (Art. 24)."""

from datetime import datetime
from uuid import UUID

from tenants.errors import Invalid, NotAllowed
from tenants.history.entries import Actor, Entry, record
from tenants.identity.deputies import Deputy, add_deputy, deputy
from tenants.identity.users import members_of
from tenants.isolation import acting_organisation, database_now
from workflows.accounts.new_deciders import tell_of_changed_decider, tell_of_new_decider
from workflows.accounts.seating import A_DAY, refuse_unless_seat_counts, waits_a_day
from workflows.law.order_of_moments import NOW, refuse_impossible
from workflows.roles import weighs


def appoint(
    of_user: UUID, deputy_id: UUID, starts_at: datetime, ends_at: datetime, reason: str, by: Actor
) -> Deputy:
    """Appoint a deputy for a colleague from one moment until another.

    Raises Invalid at the field that is wrong, and NotAllowed when no person does it.
    """
    if by.id is None:
        raise NotAllowed("step.nobody")
    refuse_unless_seat_counts(by)
    members = {user.id for user, _ in members_of(acting_organisation())}
    for field, who in (("of_user", of_user), ("deputy_id", deputy_id)):
        if who not in members:
            raise Invalid("deputy.not_a_member", field)
    if of_user == deputy_id:
        raise Invalid("deputy.same_person", "deputy_id")
    refuse_impossible({"starts_at": starts_at, "ends_at": ends_at, NOW: database_now()})
    gains, counts_from = _gains(of_user, deputy_id), None
    if gains and (waits_a_day(deputy_id) or gains == {"review_broken_glass"}):
        counts_from = database_now() + A_DAY
    new = add_deputy(of_user, deputy_id, starts_at, ends_at, reason, by.id, counts_from)
    record([_entry("deputy.appointed", new, by)])
    if gains:
        tell_of_new_decider(deputy_id, counts_from)
    return new


def _gains(of_user: UUID, deputy_id: UUID) -> frozenset[str]:
    """Return the deciding acts that a deputy may do only for the colleague. A deputy with any is a new decider, as with
    a new seat."""
    roles = {user.id: role for user, role in members_of(acting_organisation())}
    return weighs(roles[of_user]) - weighs(roles[deputy_id])


def end_early(appointment: UUID, by: Actor) -> Deputy:
    """End a deputy's period now. Raises NotAllowed without a fresh second factor, NotFound, AlreadyDone when it is
    over."""
    refuse_unless_seat_counts(by)
    ended = deputy(appointment, lock=True)
    ended.end(by.id, database_now())
    record([_entry("deputy.ended", ended, by)])
    tell_of_changed_decider(ended.deputy_id)
    return ended


def _entry(what: str, appointment: Deputy, by: Actor) -> Entry:
    period = {"starts_at": appointment.starts_at.isoformat(), "ends_at": appointment.ends_at.isoformat()}
    details = {"deputy": str(appointment.deputy_id), "of": str(appointment.of_user), **period}
    return Entry("organisation", appointment.organisation_id, what, by, details, {"reason": appointment.reason})

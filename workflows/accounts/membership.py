"""Members and their roles: an owner changes a role or takes a member out, from the next request on (Art. 32).

Everybody may end their own seat, except the last owner. No seat elsewhere is touched.
"""

from datetime import datetime
from uuid import UUID

from sqlalchemy import select

from tenants.database import db
from tenants.errors import Invalid, NotAllowed, NotFound
from tenants.history.entries import Actor, Entry, record
from tenants.identity.factor_requests import own_request
from tenants.identity.invitations import end_links_to, withdraw_those_of
from tenants.identity.passkeys import passkeys_of
from tenants.identity.totp import has_totp
from tenants.identity.users import OWNER, Membership, Person, User, make_member, members_of, seats_of
from tenants.isolation import acting_for, acting_for_nobody, acting_organisation, database_now
from workflows.accounts.account_changes import tell_owners
from workflows.accounts.ending_owners import refuse_before_asked
from workflows.accounts.factor_removal import finish_without_seat
from workflows.accounts.new_deciders import tell_of_changed_decider
from workflows.accounts.seating import refuse_unless_seat_counts, seat
from workflows.engine.progress import is_fresh
from workflows.engine.steps import PROOF_LASTS, PROVE_AGAIN

OPEN_LINK_FIRST = "member.open_link_first"


def change_role(user_id: UUID, role: str, by: Actor) -> Membership:
    """Give a member another role. Raises NotAllowed without a fresh proof, NotFound, Invalid for the last owner.

    Another owner has a day to object first: Invalid until then (workflows/accounts/ending_owners.py).
    """
    refuse_unless_seat_counts(by)
    member = _member(user_id, "role" if role != OWNER else None)
    if role != OWNER:
        refuse_before_asked(member, by)
    before = member.role
    make_member(user_id, acting_organisation(), role)
    seat(user_id, before, by.id)
    if before == OWNER != role:
        member.ends_from = member.end_asked_by = None
        _end_invitations(db.session.get_one(User, user_id), by)
    if role != before:
        _record("member.role_changed", by, {"user": str(user_id), "from": before, "to": role})
    return member


def take_out(user_id: UUID, by: Actor) -> None:
    """Take a member out of the acting organisation. Raises as `change_role` does."""
    refuse_unless_seat_counts(by)
    _end_seat(user_id, "member.taken_out", by, "")


def leave(by: Actor, password_at: datetime | None) -> None:
    """End this person's own seat in the acting organisation. Without a second factor, `password_at` is when they gave
    the password.

    Raises NotAllowed without a proof of the last five minutes, NotFound, and Invalid for the last owner.
    """
    assert by.id is not None
    now = database_now()
    if not is_fresh(by, now):
        if has_totp(by.id) or passkeys_of(by.id):
            raise NotAllowed(PROVE_AGAIN)
        if password_at is None or now - password_at > PROOF_LASTS:
            raise NotAllowed("proof.password_first")
    _leave(by.id, by)


def is_last_owner(user_id: UUID) -> bool:
    """Whether the acting organisation would have no owner if this person left."""
    return [user.id for user, role in members_of(acting_organisation()) if role == OWNER] == [user_id]


def refuse_before_link(who: Person) -> None:
    """Raise NotAllowed until this person opened the mailed link. No transaction may be open."""
    with acting_for_nobody():
        if own_request(who.id) is None:
            raise NotAllowed(OPEN_LINK_FIRST)


def leave_by_link(who: Person, organisation_id: UUID) -> None:
    """End the seat of a person who lost the second factor, knows the password, and opened the mailed link.

    Raises NotAllowed when they did not open it, NotFound, and Invalid for the last owner. No transaction may be open.
    """
    with acting_for_nobody():
        is_member = organisation_id in seats_of(who.id)
    if not is_member:
        raise NotFound("member.unknown")
    with acting_for(organisation_id):
        if own_request(who.id) is None:
            raise NotAllowed(OPEN_LINK_FIRST)
        _leave(who.id, Actor(who.id, who.name))


def _leave(user_id: UUID, by: Actor) -> None:
    tell_owners(db.session.get_one(User, user_id), "member.left")
    _end_seat(user_id, "member.left", by, "leave")


def _end_seat(user_id: UUID, what: str, by: Actor, field: str) -> None:
    member = _member(user_id, field)
    refuse_before_asked(member, by)
    finish_without_seat(user_id)
    db.session.delete(member)
    db.session.flush()
    tell_of_changed_decider(user_id)
    _record(what, by, {"user": str(user_id), "from": member.role})
    user = db.session.get_one(User, user_id)
    _end_invitations(user, by)
    end_links_to(user.email)


def _end_invitations(user: User, by: Actor) -> None:
    """End the open links that would bring this person back, or bring in somebody whom they invited."""
    for invitation in withdraw_those_of(user, by.id):
        _record("invitation.withdrawn", by, {"role": invitation.role})


def _member(user_id: UUID, field: str | None) -> Membership:
    """Return the membership, locked with those of all owners, so that two owners cannot take each other out at once."""
    here = Membership.organisation_id == acting_organisation()
    owners = select(Membership).where(here, Membership.role == OWNER).order_by(Membership.user_id)
    last = [owner.user_id for owner in db.session.scalars(owners.with_for_update())] == [user_id]
    member = db.session.scalar(select(Membership).where(here, Membership.user_id == user_id))
    if member is None:
        raise NotFound("member.unknown")
    if last and field is not None:
        raise Invalid("member.last_owner_leaves" if field == "leave" else "member.last_owner", field or None)
    return member


def _record(what: str, by: Actor, details: dict[str, str]) -> None:
    record([Entry("organisation", acting_organisation(), what, by, details)])

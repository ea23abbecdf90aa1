"""Who belongs here, and as what: an owner changes a role or takes somebody out, from the next request on (Art. 32)."""

from uuid import UUID

from sqlalchemy import select

from tenants.database import db
from tenants.errors import Invalid, NotFound
from tenants.history import Actor, Entry, record
from tenants.isolation import acting_organisation, database_now
from tenants.users import OWNER, Membership, make_member
from workflows.engine.progress import refuse_unless_proven
from workflows.seating import seat


def change_role(user_id: UUID, role: str, by: Actor) -> Membership:
    """Somebody gets another role. Raises NotAllowed without a fresh proof, NotFound, Invalid for the last owner."""
    refuse_unless_proven(by, database_now())
    found = _member(user_id, "role" if role != OWNER else None)
    before = found.role
    make_member(user_id, acting_organisation(), role)
    seat(user_id, before, by.id)
    if role != before:
        _record("member.role_changed", by, {"user": str(user_id), "from": before, "to": role})
    return found


def take_out(user_id: UUID, by: Actor) -> None:
    """Somebody does not belong here any more. Raises as change_role does."""
    refuse_unless_proven(by, database_now())
    found = _member(user_id, "")
    db.session.delete(found)
    db.session.flush()
    _record("member.taken_out", by, {"user": str(user_id), "from": found.role})


def _member(user_id: UUID, field: str | None) -> Membership:
    """The membership, locked with those of all owners, so that two owners cannot take each other out at once."""
    here = Membership.organisation_id == acting_organisation()
    owners = select(Membership).where(here, Membership.role == OWNER).order_by(Membership.user_id)
    last = [one.user_id for one in db.session.scalars(owners.with_for_update())] == [user_id]
    found = db.session.scalar(select(Membership).where(here, Membership.user_id == user_id))
    if found is None:
        raise NotFound("member.unknown")
    if last and field is not None:
        raise Invalid("member.last_owner", field or None)
    return found


def _record(what: str, by: Actor, details: dict[str, str]) -> None:
    record([Entry("organisation", acting_organisation(), what, by, details)])

"""The register that the holder of an office's link has already, where the message of that office waits."""

from tenants.agreements.consents import processors
from tenants.identity.invitations import Invitation
from tenants.identity.users import Place, places_of, user_at
from tenants.isolation import acting_for, acting_for_nobody

MOST_PLACES = 20
"""So many organisations of one person are looked at: each is a transaction of its own."""


def own_register(invitation: Invitation) -> Place | None:
    """Where a member whose address the link was mailed to reads this message in their own verified register.

    None for whoever has no account, or no seat there: a link tells nobody else who has a register here.
    """
    if invitation.breach_id is None or invitation.used_at is not None:
        return None
    with acting_for_nobody():
        holder = user_at(invitation.email)
        places = places_of(holder.id) if holder else []
    others = [place for place in places if place.organisation_id != invitation.organisation_id]
    return next((place for place in others[:MOST_PLACES] if _waits_at(place, str(invitation.breach_id))), None)


def _waits_at(place: Place, breach_id: str) -> bool:
    with acting_for(place.organisation_id):
        return any(message["breach_id"] == breach_id for processor in processors() for message in processor.messages)

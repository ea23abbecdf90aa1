"""The register that the holder of an office's link already has, where the message of that office waits."""

from tenants.agreements.consents import processors
from tenants.identity.invitations import Invitation
from tenants.identity.users import Place, places_of, user_at
from tenants.isolation import acting_for, acting_for_nobody

MOST_PLACES = 20
"""The most organisations of one person that are looked at. Each is a transaction of its own."""


def own_register(invitation: Invitation) -> Place | None:
    """Return the verified register where a member with the link's address can read this message; else None.

    It is None for a person without an account, or without a seat there: a link tells nobody else who has a register
    here.
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

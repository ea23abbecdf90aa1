"""Whom the holder of an office's link may call. It is read at the office, as in the mail that had the link."""

from tenants.identity.invitations import Invitation
from tenants.isolation import acting_for
from tenants.register.breaches import breach
from tenants.register.office_contacts import OfficeContact, contact_about


def contact_of_sender(invitation: Invitation) -> OfficeContact | None:
    """Return the contact of the office that sent this link; None for a link that no office sent.

    It takes two transactions, one for each organisation, because neither sees the rows of the other. Raises NotFound
    when the register does not have the breach any more.
    """
    if invitation.breach_id is None:
        return None
    with acting_for(invitation.organisation_id):
        sender = breach(invitation.breach_id).processor_id
    if sender is None:
        return None
    with acting_for(sender):
        return contact_about(invitation.breach_id)

"""Which office sent a link, and whom its holder may call. The contact is read at the office, as in the mail."""

from tenants.errors import NotFound
from tenants.identity.invitations import Invitation, ended_link_of_office
from tenants.isolation import acting_for, acting_for_nobody
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


def refusal_of_ended(token: str) -> NotFound | None:
    """Return what the holder of a link of an office reads that lapsed or was replaced; None for any other link.

    It names the office, as the mail with this link did, and nothing that only the message said.
    """
    with acting_for_nobody():
        ended = ended_link_of_office(token)
    if ended is None or ended.breach_id is None:
        return None
    with acting_for(ended.organisation_id):
        try:
            office = breach(ended.breach_id).processor_name
        except NotFound:
            return None
    return NotFound(_of_office(ended), office=office) if office else None


def _of_office(ended: Invitation) -> str:
    if ended.used_at is not None:
        return "invitation.used_from_office"
    return "invitation.lapsed_at_office" if ended.withdrawn_at is None else "invitation.replaced_by_office"

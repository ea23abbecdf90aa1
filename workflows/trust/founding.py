"""The operator founds an organisation, and asks its first owner to open it by a link."""

from uuid import UUID

from tenants.history.entries import SYSTEM, Entry, record
from tenants.identity.invitations import end_pending
from tenants.identity.users import OWNER
from tenants.organisations.founding import begin_first_owner
from tenants.organisations.organisations import the_acting_organisation
from tenants.organisations.verification import operator_note
from workflows.accounts.invitation_mail import mail_invitation, new_link
from workflows.mail.batches import Addressee

FOUNDED = "organisation.founded"


def invite_first_owner(act: UUID, to: Addressee, is_new: bool, is_mailed: bool) -> str:
    """Return a link for the first owner of the acting organisation; earlier links stop working.

    The link is mailed, or else only returned. Raises DBAPIError unless the operator allowed it here, a moment ago.
    """
    begin_first_owner(act)
    organisation = the_acting_organisation()
    end_pending()
    if is_new:
        note = {"note": operator_note(act)}
        record([Entry("organisation", organisation.id, FOUNDED, SYSTEM, {}, note)])
    invitation, link = new_link(to.address, OWNER, None)
    if is_mailed:
        mail_invitation(invitation, to.name, link)
    what = "invitation.sent" if is_new else "invitation.sent_again"
    record([Entry("organisation", organisation.id, what, SYSTEM, {"role": OWNER})])
    return link

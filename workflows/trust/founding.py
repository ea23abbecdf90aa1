"""The operator founds an organisation, and asks its first owner to open it by a link."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from tenants.history.entries import SYSTEM, Entry, record
from tenants.identity.invitations import end_pending
from tenants.identity.set_up_links import set_up
from tenants.identity.users import OWNER
from tenants.isolation import Acting, acting_for_whom
from tenants.organisations.founding import Founding, begin_first_owner
from tenants.organisations.organisations import the_acting_organisation
from tenants.organisations.verification import operator_note
from workflows.accounts.invitation_mail import mail_invitation, new_link
from workflows.mail.batches import Addressee
from workflows.mail.limits import held_now

FOUNDED = "organisation.founded"


@dataclass(frozen=True)
class FirstLink:
    """The link by which a first owner opens the organisation, and until when. `is_mailed`: its mail goes now."""

    address: str
    expires_at: datetime
    is_mailed: bool


def invite_first_owner(act: UUID, to: Addressee, is_new: bool, is_mailed: bool) -> FirstLink:
    """Make a link for the first owner of the acting organisation; earlier links stop working.

    The link is mailed too when `is_mailed`; a limit of the day may hold that mail. Raises DBAPIError unless the
    operator allowed it here, a moment ago.
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
    return FirstLink(link, invitation.expires_at, is_mailed and held_now("invitation") is None)


def set_up_first_office(token: str, founding: Founding, to: Addressee) -> FirstLink:
    """Found the first office of a new installation with the link that sets it up, in one transaction of its own.

    Raises NotFound when the link does not set up the installation (any more).
    """
    acts: list[UUID | None] = []

    def first() -> Acting:
        founded = set_up(token, founding)
        acts.append(founded.act)
        return Acting(founded.organisation_id)

    with acting_for_whom(first):
        [act] = acts
        assert act is not None
        return invite_first_owner(act, to, is_new=True, is_mailed=True)

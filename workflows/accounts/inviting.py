"""Mailed links to people: asking somebody to join, what accepting does, confirming receipt without an account."""

from datetime import datetime
from unicodedata import normalize
from uuid import UUID

from tenants.errors import Invalid, NotFound
from tenants.history.entries import Actor, Entry, record
from tenants.identity.attempts import forgive
from tenants.identity.invitations import (
    Invitation,
    accept,
    accept_as,
    has_account,
    refuse_ended,
    refuse_seated,
    withdraw,
)
from tenants.identity.users import Place, User, members_of, user_at, user_with
from tenants.isolation import acting_organisation
from tenants.lines import one_line
from tenants.organisations.organisations import claim_acting_organisation, the_acting_organisation
from tenants.register.escalations import acknowledge_receipt, name_in_words_of_processor, receipt_confirmed_at
from workflows.accounts.invitation_mail import mail_invitation, new_link
from workflows.accounts.seating import refuse_unless_seat_counts, seat


def invite(email: str, role: str, by: Actor) -> Invitation:
    """Ask somebody to join the acting organisation: a link that only they get.

    Whoever was invited before gets another link, because a mail can be lost: who joins by one of them has answered the
    others. Raises NotAllowed without a fresh second factor, and Invalid for who has a seat here.
    """
    refuse_unless_seat_counts(by)
    return _mailed(email, role, by, "invitation.sent")


def invite_again(invitation_id: UUID, by: Actor) -> Invitation:
    """Mail the person a new link, which lasts as long as a first one; the old link ends.

    Raises NotAllowed without a fresh second factor, NotFound and Invalid as `withdraw` does.
    """
    refuse_unless_seat_counts(by)
    old = withdraw(invitation_id, by.id)
    return _mailed(old.email, old.role, by, "invitation.sent_again")


def withdraw_invitation(invitation_id: UUID, by: Actor) -> Invitation:
    """Take an invitation back. Raises NotAllowed without a fresh second factor, NotFound and Invalid."""
    refuse_unless_seat_counts(by)
    invitation = withdraw(invitation_id, by.id)
    details = {"role": invitation.role}
    record([Entry("organisation", invitation.organisation_id, "invitation.withdrawn", by, details)])
    return invitation


def _mailed(email: str, role: str, by: Actor, what: str) -> Invitation:
    refuse_seated(user_at(email), "email")
    invitation, link = new_link(email, role, by.id)
    mail_invitation(invitation, "", link)
    record([Entry("organisation", invitation.organisation_id, what, by, {"role": role})])
    return invitation


def accept_invitation(
    invitation: Invitation, name: str, password: str, own: Place | None, locale: str | None = None
) -> User:  # fmt: skip
    """Join the acting organisation, which is in use from now on; the receipt of the breach is confirmed with it.

    A person who has an account with this address (one bookkeeper, two clients) joins with its password; `name` is for a
    new account. `own` is the verified register in which the holder of the link has a seat, and where this message waits
    already: that raises Invalid. `locale` is the language that somebody new chose; None for that of the organisation.
    Raises Invalid for another password, a name that is blank or taken, and as `use_up`
    does.
    """
    if own is not None:
        raise Invalid("invitation.own_register", organisation=own.name)
    known = None
    if has_account(invitation):  # The page of the link says so too: there is nothing to hide by hashing in vain.
        known = user_with(invitation.email, password)
        if known is None:
            raise Invalid("invitation.wrong_password", "password")
        refuse_name_of_a_member(known.name, "invitation.name_taken", but=known.id)
    else:
        if not one_line(name):
            raise Invalid("field.required", "name")
        refuse_name_of_a_member(name, "user.name_taken", "name")
    language = locale or the_acting_organisation().locale
    return joined(invitation, accept_as(invitation, known) if known else accept(invitation, name, password, language))


def joined(invitation: Invitation, user: User) -> User:
    """Carry out what follows when somebody has joined: the organisation is in use, and receipt is confirmed."""
    claim_acting_organisation()
    forgive("link", invitation.email)
    if invitation.breach_id is not None:
        acknowledge_receipt(invitation.breach_id, Actor(user.id, user.name), invitation.email)
    by, details = Actor(user.id, user.name), {"role": invitation.role}
    record([Entry("organisation", acting_organisation(), "invitation.accepted", by, details)])
    seat(user.id, None, invitation.invited_by)
    return user


def called(invitation: Invitation) -> str:
    """Return the organisation's name for the holder of the link; an office's link shows the name that this office uses.
    """
    theirs = name_in_words_of_processor(invitation.breach_id) if invitation.breach_id else None
    return theirs or the_acting_organisation().name


def refuse_name_of_a_member(name: str, refusal: str, field: str | None = None, but: UUID | None = None) -> None:
    """Raise Invalid for a name that another member has: two people with one name look the same in a decision.

    `but` is the user whose name it is now.
    """
    if _plain(name) in {_plain(member.name) for member, _ in members_of(acting_organisation()) if member.id != but}:
        raise Invalid(refusal, field)


def _plain(name: str) -> str:
    return " ".join(normalize("NFKC", name).split()).casefold()


def confirm_receipt(invitation: Invitation, name: str) -> datetime | None:
    """Confirm the receipt of the message with this link. Returns the moment of the first confirmation.

    Returns None when the receipt is kept as a statement and does not count: somebody without a proof opened another
    register of this office and number, and may have the link. Raises NotFound for a link without a breach, and for one
    that ended meanwhile.
    """
    if invitation.breach_id is None:
        raise NotFound("invitation.no_breach")
    moment = acknowledge_receipt(invitation.breach_id, Actor(None, name), invitation.email)
    refuse_ended(invitation)  # the office may have replaced the address while this waited for its message
    confirmed = moment or receipt_confirmed_at(invitation.breach_id)
    if confirmed is None and name_in_words_of_processor(invitation.breach_id) is None:
        raise NotFound("invitation.no_breach")
    if moment is not None:  # otherwise repeating it would clear the failures counted against guessing by this link
        forgive("link", invitation.email)
    return confirmed

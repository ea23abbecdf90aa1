"""The mail that asks somebody to join: who asks, in which role, and what is proven of the organisation.

Mail that an earlier version planned and that still waits goes out with the text `invitation`.
"""

from uuid import UUID

from tenants.database import db
from tenants.identity.invitations import Invitation, inviter, new_invitation
from tenants.identity.users import user_at
from tenants.lines import filled_in
from tenants.organisations.founding import is_founded_by_operator
from tenants.organisations.organisations import Organisation, the_acting_organisation
from tenants.organisations.proofs import my_proof
from tenants.organisations.verification import registered_by
from tenants.register.breaches import breach
from workflows.engine.hints import hint_after_commit
from workflows.mail.batches import Addressee, plan
from workflows.mail.links import invitation_link
from workflows.mail.proof_words import proof_words
from workflows.mail.words import operator_words, word


def new_link(email: str, role: str, by_id: UUID | None) -> tuple[Invitation, str]:
    """Add an invitation to the acting organisation and return its link. With `by_id` None the operator invites."""
    token, invitation = new_invitation(the_acting_organisation().id, email, role)
    invitation.invited_by = by_id
    db.session.add(invitation)
    db.session.flush()
    return invitation, invitation_link(token)


def mail_invitation(invitation: Invitation, name: str, link: str) -> None:
    """Mail the link to the invited person, in the language of their account, or else of who invites; `name` may be
    blank."""
    organisation = the_acting_organisation()
    by, known = inviter(invitation), user_at(invitation.email)
    locale = known.locale if known else by.locale if by else organisation.locale
    # The link is a key, and a name is somebody's own: both are kept among the sealed values, never in the batch.
    values = {"link": link, "inviter": inviter_words(invitation, locale)}
    common = {
        "organisation": organisation.name, "whose": whose(organisation, locale),
        "role": word(f"role.{invitation.role}", locale),
    }  # fmt: skip
    pairs = [(invitation.id, Addressee(name, invitation.email, values))]  # not sent once it is withdrawn
    plan("invitation", "invited", common, pairs, locale)
    hint_after_commit(organisation.id)


def inviter_words(invitation: Invitation, locale: str) -> str:
    """Return words for who invites, within a sentence: an owner, the office with its message, or the operator."""
    by = inviter(invitation)
    if by is not None:
        return by.name
    if invitation.breach_id is not None:
        return breach(invitation.breach_id).processor_name or operator_words(locale)
    return the_acting_organisation().name if invitation.invited_by else operator_words(locale)


def whose(organisation: Organisation, locale: str) -> str:
    """Return words for what is proven of the organisation, or else for who registered it."""
    proof, office = my_proof(), registered_by()
    if proof is not None:
        proven = proof_words(proof, locale)
        return filled_in(word("whose.verified", locale), {"organisation": organisation.name, "proof": proven})
    founded = "founded" if is_founded_by_operator() else "self_registered"
    known = word(f"whose.{'registered' if office else founded}", locale)
    return known.format(organisation=organisation.name, office=office)

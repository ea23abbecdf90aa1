"""Logging in through an organisation's own provider: setting it up, and finding the member behind an identity.

An address alone never links an identity to a member. A person links it while logged in with their own account and a
fresh second factor, or by the link that was mailed to them.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from tenants.database import db
from tenants.errors import Invalid, NotAllowed, NotFound
from tenants.history.entries import Actor, Entry, record
from tenants.identity.identity_providers import IdentityProvider, provider, remove_provider, set_provider
from tenants.identity.invitations import Invitation, accept_as
from tenants.identity.linked_identities import Errand, end_errands, link, linked_member, unlink
from tenants.identity.sessions import LoginSession, end_sessions_through
from tenants.identity.users import Person, User, user_at
from tenants.isolation import acting_organisation, database_now
from tenants.lines import one_line
from workflows.accounts.inviting import joined, refuse_name_of_a_member
from workflows.accounts.seating import refuse_unless_seat_counts

VOUCHES = ("issuer", "client_id", "proof_acr")
"""The settings that decide for whom a login counts, and with which certainty; name and secret do not."""


def set_up(settings: Mapping[str, Any], by: Actor) -> IdentityProvider:
    """Set or replace the provider: whoever came in through another one is logged out.

    Raises NotAllowed without a fresh second factor, Invalid without a secret.
    """
    refuse_unless_seat_counts(by)
    before = provider()
    if settings["client_secret"] is None and before is None:
        raise Invalid("field.required", "client_secret")
    if before is not None and any(getattr(before, name) != settings[name] for name in VOUCHES):
        _end_what_it_let_in()
    set_provider(settings)
    details = {name: settings[name] for name in ("name", "issuer", "client_id", "proof_acr")}
    _remember("provider.set", by, details)
    row = provider()
    assert row is not None
    return row


def take_away(by: Actor) -> None:
    """Remove the provider: nobody logs in through it any more. Raises NotAllowed without a fresh second factor,
    NotFound for none."""
    refuse_unless_seat_counts(by)
    if not remove_provider():
        raise NotFound("provider.none")
    _end_what_it_let_in()
    _remember("provider.removed", by)


def refuse_to_link(who: Person, by: Actor) -> None:
    """Raise NotAllowed unless this is the person's own login (not through a provider) with a fresh second factor."""
    refuse_unless_seat_counts(by)
    own = db.session.query(LoginSession.only_organisation).filter(LoginSession.id == who.session_id).one_or_none()
    if own is None or own[0] is not None:
        raise NotAllowed("provider.own_login_first")


def link_member(who: Person, issuer: str, subject: str) -> None:
    """Let this member log in as this identity from now on. Raises NotAllowed as `refuse_to_link` does, Invalid when it
    is linked to another."""
    if acting_organisation() not in {place.organisation_id for place in who.places}:
        raise NotAllowed("provider.lapsed")
    link(who.id, issuer, subject)
    _remember("provider.linked", Actor(who.id, who.name))


def unlink_member(by: Actor) -> None:
    """End this member's login through the provider. Raises NotFound when the member was not linked."""
    if by.id is None or not unlink(by.id):
        raise NotFound("provider.not_linked_yet")
    end_sessions_through(acting_organisation(), by.id)
    _remember("provider.unlinked", by)


def member_who_is(issuer: str, subject: str) -> User:
    """Return the member with this identity. Raises NotAllowed when no member here has it."""
    member = linked_member(issuer, subject)
    if member is None:
        raise NotAllowed("provider.not_linked")
    return member


def join_by_provider(errand: Errand, issuer: str, subject: str, name: str) -> tuple[User, UUID | None]:
    """Accept the invitation of this errand, and confirm receipt of the breach that its message was about.

    The mailed link proves the address, so an existing account with it joins; a new account gets no password. Raises
    NotFound, and Invalid for a used link and for the name of a member.
    """
    invitation = db.session.get(Invitation, errand.invitation_hash)
    if invitation is None or invitation.organisation_id != acting_organisation() or _is_over(invitation.expires_at):
        raise NotFound("invitation.unknown")
    known = user_at(invitation.email)
    user = accept_as(invitation, known or _new_user(invitation.email, name))
    refusal = "invitation.name_taken" if known else "invitation.name_taken_by_provider"
    refuse_name_of_a_member(user.name, refusal, but=user.id)
    link(user.id, issuer, subject)
    joined(invitation, user)
    _remember("provider.linked", Actor(user.id, user.name))
    return user, invitation.breach_id


def _end_what_it_let_in() -> None:
    """End all sessions and errands that began through a provider that does not count any more."""
    end_sessions_through(acting_organisation())
    end_errands(acting_organisation())


def _new_user(email: str, name: str) -> User:
    user = User(email=email, name=one_line(name)[:200] or email.partition("@")[0], locale="nl")
    db.session.add(user)
    db.session.flush()
    return user


def _is_over(moment: datetime) -> bool:
    return moment <= database_now()


def _remember(what: str, by: Actor, details: dict[str, Any] | None = None) -> None:
    record([Entry("organisation", acting_organisation(), what, by, details or {})])

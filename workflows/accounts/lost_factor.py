"""Somebody lost their second factor. A factor belongs to the person: an owner asks, and every organisation has a say.

It is taken away at once where the person has a seat in this organisation alone, and is no owner. An owner has a day to
give the factor, which ends the request; without it, an owner asks once more after the day and the factor goes. In all
other cases it is taken away when an owner of each organisation where the person has a seat agreed; or when the person
proves it: by a recovery code, or by a link mailed to them and 72 hours, in which all those owners see it and may stop
it. When the person gives the factor meanwhile, the request ends.

A stop counts once: for thirty days its organisation stops no other request about this person, but may end their seat
there. So no seat is a veto for ever, and a person who lost the factor may leave a seat by that same link.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from tenants.database import db
from tenants.errors import Invalid, NotFound
from tenants.history.entries import Actor
from tenants.identity.attempts import Caller, begin_attempt
from tenants.identity.factor_requests import (
    Agreement,
    FactorRequest,
    agree,
    agreed,
    agreements,
    asked_by_owner,
    asks_again_from,
    end_requests,
    new_link,
    of_link,
    open_requests,
    own_request,
    stops_again_from,
)
from tenants.identity.passkeys import passkeys_of
from tenants.identity.totp import has_totp
from tenants.identity.users import Person, User, members_of, places_of, seats_of
from tenants.isolation import acting_for, acting_for_nobody, acting_organisation, database_now
from workflows.accounts.account_changes import tell_everywhere
from workflows.accounts.factor_removal import AN_OWNERS_DAY, has_a_day, owns_somewhere, take_away
from workflows.accounts.seating import refuse_unless_seat_counts
from workflows.engine.hints import hint_after_commit
from workflows.mail.batches import Addressee, plan
from workflows.mail.links import lost_factor_link

WAIT = timedelta(days=3)


@dataclass(frozen=True)
class Asked:
    """The request about a member, as the acting organisation may see it.

    `agreed` says whether this organisation agreed; `others_agreed` and `others_waiting` count the person's other
    organisations, which are not named. `can_stop` says whether it may stop this request. `not_before` is when an
    owner's day is over.
    """

    request: FactorRequest
    agreed: Agreement | None
    others_agreed: int
    others_waiting: int
    can_stop: bool
    not_before: datetime | None


def ask(user_id: UUID, by: Actor) -> bool:
    """Ask that a member's lost factor is taken away, or agree with a request for it. Returns whether it was taken away.

    Raises NotAllowed without a fresh second factor, NotFound; Invalid when the person has no factor or is the one who
    asks, within a day after this organisation asked about them, and within a week after that was stopped.
    """
    refuse_unless_seat_counts(by)
    user = _member(user_id)
    if by.id is None or by.id == user_id:
        raise Invalid("factor.own_account")
    if not (has_totp(user_id) or passkeys_of(user_id)):
        raise Invalid("factor.none")
    if moment := asks_again_from(user_id, acting_organisation()):
        raise Invalid("factor.asked_lately", asks_again_from=moment)
    request = asked_by_owner(user_id, acting_organisation(), by.id)
    is_new = agree(request, acting_organisation(), by.id)
    if seats_of(user_id) <= agreed(request) and not has_a_day(request):
        take_away(user, by)
        return True
    if is_new:
        tell_everywhere(user, "user.factor_asked", by)
    return False


def stop(user_id: UUID, by: Actor) -> None:
    """Stop the request about a person who has a seat here: no factor is taken away.

    Raises NotAllowed without a fresh second factor, NotFound when there is no request, Invalid when this organisation
    stopped one in the thirty days before.
    """
    refuse_unless_seat_counts(by)
    user = _member(user_id)
    requests = open_requests([user_id])
    if not requests:
        raise NotFound("factor.not_asked")
    if not _is_own(requests) and (moment := stops_again_from(user_id, acting_organisation())):
        raise Invalid("factor.stopped_lately", stops_again_from=moment)
    end_requests(user_id, "stopped", acting_organisation(), by.id)
    tell_everywhere(user, "user.factor_stopped", by)


def asked_here() -> dict[UUID, Asked]:
    """Return the requests about members of the acting organisation, by person; the oldest of two."""
    members = [user.id for user, _ in members_of(acting_organisation())]
    requests = {request.user_id: request for request in reversed(open_requests(members))}
    agreed = agreements(request.id for request in requests.values())
    return {user_id: _as_seen(request, agreed.get(request.id, [])) for user_id, request in requests.items()}


def _as_seen(request: FactorRequest, agreed: list[Agreement]) -> Asked:
    here = acting_organisation()
    others = seats_of(request.user_id) - {here}
    agreed_there = others & {agreement.organisation_id for agreement in agreed}
    own = next((agreement for agreement in agreed if agreement.organisation_id == here), None)
    can_stop = _is_own([request]) or stops_again_from(request.user_id, here) is None
    not_before = request.asked_at + AN_OWNERS_DAY if owns_somewhere(request.user_id) else None
    return Asked(request, own, len(agreed_there), len(others - agreed_there), can_stop, not_before)


def _is_own(requests: list[FactorRequest]) -> bool:
    return all(request.asked_in == acting_organisation() for request in requests)


def mail_link(who: Person, caller: Caller) -> None:
    """Mail a link to a person who knows the password. Raises TooOften, and Invalid.

    Invalid is raised when the wait has begun, and for an address that no mail can go to: then only an owner can help.
    """
    with acting_for_nobody():
        begin_attempt("reset", who.email, caller)
        own = places_of(who.id)
    if not own:
        raise Invalid("factor.none")
    with acting_for(own[0].organisation_id):
        token = new_link(who.id)
        if token is None:
            raise Invalid("factor.waits_already")
        # The link is a key: it is kept among the sealed values, never in the batch.
        to = Addressee(who.name, who.email, {"link": lost_factor_link(token)})
        plan("security", "factor_link", {}, [(who.id, to)], who.locale)
        hint_after_commit(own[0].organisation_id)


def open_link(who: Person, token: str) -> None:
    """Note that the person opened the link: 72 hours begin, and all owners are told. Raises NotFound."""
    with acting_for_nobody():
        own = places_of(who.id)
    if not own:
        raise NotFound("factor.link_unknown")
    with acting_for(own[0].organisation_id):
        request = of_link(who.id, token)
        if request is None:
            raise NotFound("factor.link_unknown")
        if request.counts_at is None:
            request.counts_at = database_now() + WAIT
            tell_everywhere(db.session.get_one(User, who.id), "user.factor_waits", Actor(who.id, who.name))


def begin_anew(who: Person) -> None:
    """Take the factors away when the 72 hours are over and nobody stopped it. Raises Invalid before that."""
    with acting_for_nobody():
        own = places_of(who.id)
    if not own:
        raise Invalid("factor.waits")
    with acting_for(own[0].organisation_id):
        request = own_request(who.id)
        if request is None or request.counts_at is None or request.counts_at > database_now():
            raise Invalid("factor.waits")
        take_away(db.session.get_one(User, who.id), Actor(who.id, who.name))


def _member(user_id: UUID) -> User:
    user = next((member for member, _ in members_of(acting_organisation()) if member.id == user_id), None)
    if user is None:
        raise NotFound("user.unknown")
    return user

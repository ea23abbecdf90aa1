"""Somebody lost their second factor. A factor is the person's own: an owner asks, and every organisation has a say.

It is taken away at once where the person has a seat in this organisation alone. Else when an owner of each organisation
where they have one agreed; or when the person proves it: by a recovery code, or by a link mailed to them and 72 hours,
in which all those owners see it and may stop it. Whoever gives a factor meanwhile has it: what was asked ends.
"""

from datetime import timedelta
from functools import partial
from uuid import UUID

from tenants.attempts import Caller, begin_attempt
from tenants.database import db
from tenants.errors import Invalid, NotFound
from tenants.factor_requests import (
    FactorRequest,
    agree,
    agreed,
    asked_by_owner,
    asks_again_from,
    end_requests,
    new_link,
    of_link,
    open_requests,
    own_request,
)
from tenants.history import Actor
from tenants.isolation import acting_for, acting_for_nobody, acting_organisation, after_commit, database_now
from tenants.organisations import the_acting_organisation
from tenants.passkeys import passkeys_of, remove_passkey
from tenants.recovery import remove_recovery_codes
from tenants.sessions import end_sessions
from tenants.totp import has_totp, remove_totp
from tenants.users import OWNER, Person, Place, User, members_of, places_of
from workflows.account_changes import remember, remember_elsewhere
from workflows.engine.bell import ring_after_commit
from workflows.engine.progress import refuse_unless_proven
from workflows.links import lost_factor_link, overview_link
from workflows.mail.batches import Addressee, addressee, plan

WAIT = timedelta(days=3)


def ask(user_id: UUID, by: Actor) -> bool:
    """An owner of the acting organisation asks, or agrees with what another one asked. Whether it was taken away.

    Raises NotAllowed without a fresh second factor, NotFound; Invalid when the person has none or is the one who asks,
    within a day after this organisation asked about them, and within a week after that was stopped.
    """
    refuse_unless_proven(by, database_now())
    user = _member(user_id)
    if by.id is None or by.id == user_id:
        raise Invalid("factor.own_account")
    if not (has_totp(user_id) or passkeys_of(user_id)):
        raise Invalid("factor.none")
    if moment := asks_again_from(user_id, acting_organisation()):
        raise Invalid("factor.asked_lately", asks_again_from=moment)
    request = asked_by_owner(user_id, acting_organisation(), by.id)
    is_new = agree(request, acting_organisation(), by.id)
    if {place.organisation_id for place in places_of(user_id)} <= agreed(request):
        _take_away(user, by)
        return True
    if is_new:
        _tell(user, "user.factor_asked", by)
    return False


def stop(user_id: UUID, by: Actor) -> None:
    """An owner of an organisation where the person has a seat does not trust it: nothing is taken away.

    Raises NotAllowed without a fresh second factor, NotFound when nothing is asked.
    """
    refuse_unless_proven(by, database_now())
    user = _member(user_id)
    if not open_requests([user_id]):
        raise NotFound("factor.not_asked")
    end_requests(user_id, "stopped", acting_organisation(), by.id)
    _tell(user, "user.factor_stopped", by)


def asked_here() -> dict[UUID, FactorRequest]:
    """What is asked about members of the acting organisation, by person; the oldest where there are two."""
    members = [user.id for user, _ in members_of(acting_organisation())]
    return {request.user_id: request for request in reversed(open_requests(members))}


def agreed_here(request: FactorRequest) -> bool:
    """Whether an owner of the acting organisation agreed."""
    return acting_organisation() in agreed(request)


def mail_link(who: Person, caller: Caller) -> None:
    """A link for whoever knows the password and holds the mailbox. Raises TooOften, and Invalid.

    Invalid is for a wait that has begun, and for an address that no mail could go to: then only an owner can help.
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
        ring_after_commit(own[0].organisation_id)


def open_link(who: Person, token: str) -> None:
    """The person opened the link: 72 hours begin, and all owners are told. Raises NotFound."""
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
            _tell(db.session.get_one(User, who.id), "user.factor_waits", Actor(who.id, who.name))


def begin_anew(who: Person) -> None:
    """The 72 hours are over and nobody stopped it: the factors are gone. Raises Invalid before that."""
    with acting_for_nobody():
        own = places_of(who.id)
    if not own:
        raise Invalid("factor.waits")
    with acting_for(own[0].organisation_id):
        request = own_request(who.id)
        if request is None or request.counts_at is None or request.counts_at > database_now():
            raise Invalid("factor.waits")
        _take_away(db.session.get_one(User, who.id), Actor(who.id, who.name))


def _take_away(user: User, by: Actor) -> None:
    """No app, no codes, no passkeys, no session; what is set up next counts for decisions a day later."""
    remove_totp(user.id)
    remove_recovery_codes(user.id)
    for key in passkeys_of(user.id):
        remove_passkey(user.id, key.id)
    end_sessions(user.id)
    user.factors_taken_at = database_now()
    end_requests(user.id, "done")
    _tell(user, "user.second_factor_reset", by)


def _tell(user: User, what: str, by: Actor) -> None:
    """The person by mail, every organisation where they have a seat in its history, and its owners by mail."""
    here, others = _here_and_others(user.id)
    remember(user, what, by, here, mailed=True)
    remember_elsewhere(user, what, by, others)
    _tell_owners(user.id, user.name, what)

    def there(place: Place) -> None:
        with acting_for(place.organisation_id):
            _tell_owners(user_id, name, what)

    user_id, name = user.id, user.name
    for place in others:  # each apart: what fails at one keeps no other from hearing it
        after_commit(partial(there, place))


def _tell_owners(user_id: UUID, name: str, what: str) -> None:
    organisation = the_acting_organisation()
    common = {"organisation": organisation.name, "link": overview_link()}
    pairs = [
        (user_id, to) for owner, role in members_of(organisation.id)
        if role == OWNER and owner.id != user_id and (to := addressee(owner.name, owner.email, {"who": name}))
    ]  # fmt: skip
    if pairs:
        plan("security", f"owner_{what.partition('.')[2]}", common, pairs, organisation.locale)
        ring_after_commit(organisation.id)


def _member(user_id: UUID) -> User:
    user = next((member for member, _ in members_of(acting_organisation()) if member.id == user_id), None)
    if user is None:
        raise NotFound("user.unknown")
    return user


def _here_and_others(user_id: UUID) -> tuple[Place, list[Place]]:
    own = places_of(user_id)
    here = next(place for place in own if place.organisation_id == acting_organisation())
    return here, [place for place in own if place is not here]

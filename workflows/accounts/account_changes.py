"""Records what changes in how somebody logs in: in the history of each of their organisations, and by mail to them.

A person belongs to no organisation: their mail is sent by the first of their organisations. Somebody without one gets
no mail.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any
from uuid import UUID

from tenants.database import db
from tenants.history.entries import Actor, Entry, record
from tenants.identity.users import OWNER, User, members_of, places_of
from tenants.isolation import acting_for, acting_for_nobody, acting_organisation, database_now
from tenants.lines import filled_in
from tenants.organisations.news import remember_elsewhere
from tenants.organisations.organisations import the_acting_organisation
from workflows.accounts.crew import crew_here
from workflows.engine.hints import hint_after_commit
from workflows.mail.batches import addressee, plan
from workflows.mail.links import account_link, overview_link
from workflows.mail.own_people import plan_to_people
from workflows.mail.words import local_moment, word

RESET = "user.second_factor_reset"


@contextmanager
def changing(
    user_id: UUID, what: str, mailed: bool = True, mail: Callable[[User, str], None] | None = None,
    personal: dict[str, Any] | None = None,
) -> Iterator[User]:  # fmt: skip
    """Run one transaction that changes how this user logs in, and record it. No other transaction may be open.

    `mail` plans another mail than the one that says that the account has changed. `personal`: values that the block
    fills in, which the history of the acting organisation keeps with the entry.
    """
    with acting_for_nobody():
        own = places_of(user_id)
    with acting_for(own[0].organisation_id) if own else acting_for_nobody():
        user = db.session.get_one(User, user_id)
        yield user
        if own:
            remember(user, what, Actor(user.id, user.name), mailed, mail or _tell_of_change, personal)
            remember_elsewhere(user.id, what, Actor(user.id, user.name), to_owners=False)


def tell_everywhere(user: User, what: str, by: Actor) -> None:
    """Mail the person, record it in the history of every organisation where they have a seat, and mail its owners."""
    remember(user, what, by, mailed=by.id == user.id)
    if by.id != user.id:
        _tell_who_did_it(user, what, by)
    remember_elsewhere(user.id, what, by, to_owners=True)
    tell_owners(user, what)


def remember(
    user: User, what: str, by: Actor, mailed: bool, mail: Callable[[User, str], None] | None = None,
    personal: dict[str, Any] | None = None,
) -> None:  # fmt: skip
    """Record it in the history of the acting organisation, and mail the person, so that they notice what another person
    did."""
    record([Entry("user", user.id, what, by, {}, personal or {})])
    if mailed:
        (mail or _tell_of_change)(user, what)
        hint_after_commit(acting_organisation())


def _tell_of_change(user: User, what: str) -> None:
    filling = {"what": word(f"security.{what}", user.locale)}
    to = addressee(user.name, user.email, {"link": overview_link()})
    plan("security", "security", filling, [(user.id, to)] if to else [], user.locale)


def note_browser(user_id: UUID, browser: str) -> None:
    """Keep this kind of browser as one that the account was used with, record it and mail the person, if they want
    that. No other transaction may be open."""
    def tell(user: User, what: str) -> None:
        to = addressee(user.name, user.email, {"browser": browser})
        moment, link = local_moment(database_now(), user.locale), account_link()
        if user.mail_browser and to:
            plan("security", "new_browser", {"moment": moment, "link": link}, [(user.id, to)], user.locale)

    with changing(user_id, "user.new_browser", mail=tell) as user:
        user.browsers = [*user.browsers, browser]


def _tell_who_did_it(user: User, what: str, by: Actor) -> None:
    """Mail the person what somebody else asked or did about their second factor, who that is, and what to do next."""
    words = {"what": word(f"security.{what}", user.locale), "do": word(f"do.{what}", user.locale)}
    common = {**words, "organisation": the_acting_organisation().name, "link": overview_link()}
    to = addressee(user.name, user.email, {"who": by.name})
    plan("security", "factor_by_another", common, [(user.id, to)] if to else [], user.locale)
    hint_after_commit(acting_organisation())


def tell_owners(user: User, what: str) -> None:
    """Mail the owners of the acting organisation, except the person it is about; `what` is a word of history."""
    organisation = the_acting_organisation()
    common = {"organisation": organisation.name, "link": overview_link()}
    # Names are kept among the sealed values, never in the batch.
    readers = [
        (owner, {"who": user.name} | ({"approving": approving(owner.locale)} if what == RESET else {}))
        for owner, role in members_of(organisation.id) if role == OWNER and owner.id != user.id
    ]  # fmt: skip
    plan_to_people("security", f"owner_{what.partition('.')[2]}", user.id, readers, lambda locale: common)


def approving(locale: str) -> str:
    """Return a sentence that says who can approve at the acting organisation now, or that nobody can, and who can from
    when."""
    now, later = crew_here().who_approves()
    which = ("one" if len(now) == 1 else "now") if now else "later" if later else "nobody"
    can = filled_in(word(f"approving.{which}", locale), {"names": ", ".join(now)})
    waits = [
        word("approving.from", locale).format(who=colleague.name, moment=local_moment(colleague.counts_from, locale))
        for colleague in later
    ]  # fmt: skip
    return " ".join([can, *waits])

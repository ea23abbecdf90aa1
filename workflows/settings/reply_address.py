"""Where answers to an organisation's mails go: an address that is used once somebody there confirmed it by a link."""

import secrets
from datetime import timedelta

from tenants.errors import Invalid, NotFound
from tenants.history.entries import Actor, Entry, record
from tenants.identity.sessions import hash_of_token
from tenants.identity.users import OWNER, members_of
from tenants.isolation import database_now
from tenants.organisations.organisations import Organisation, the_acting_organisation
from tenants.organisations.settings import reply_address_waits, settings_to_change
from workflows.engine.hints import hint_after_commit
from workflows.mail.batches import addressee, plan
from workflows.mail.limits import is_over
from workflows.mail.links import overview_link, reply_address_link
from workflows.mail.own_people import plan_to_people
from workflows.mail.words import word
from workflows.settings.approved_again import approved_again

LINK_LASTS = timedelta(days=7)
ASKED, CONFIRMED = "organisation.reply_asked", "organisation.reply_confirmed"


def ask_to_confirm(organisation: Organisation) -> None:
    """Mail a link to the address for answers, which is not used until somebody there opens it and presses the button.

    The confirmed address of before is used until then. A link to an earlier address ends.

    Raises Invalid when this organisation mailed too many such links today, or when the address cannot be mailed.
    """
    organisation.reply_link_hash = organisation.reply_link_ends_at = None
    address = organisation.reply_address
    if address is None:
        organisation.reply_in_use = organisation.reply_confirmed_at = None
    if address is None or not reply_address_waits(organisation):
        return
    if is_over("reply_address", address):
        raise Invalid("settings.reply_too_often", "reply_address")
    token = secrets.token_urlsafe(32)
    to = addressee(organisation.name, address, {"link": reply_address_link(token)})
    if to is None:
        raise Invalid("mail.address_invalid", "reply_address")
    organisation.reply_link_hash = hash_of_token(token)
    organisation.reply_link_ends_at = database_now() + LINK_LASTS
    proven = "" if organisation.verified_at else word("reply_not_verified", organisation.locale)
    common = {"organisation": organisation.name, "standing": proven}
    plan("security", "reply_address", common, [(organisation.id, to)], organisation.locale)
    hint_after_commit(organisation.id)


def tell_of_change(organisation: Organisation, earlier: str | None, before: str | None, by: Actor) -> None:
    """Mail the owners, and the `earlier` confirmed address if there is one, that another address was filled in, and by
    whom. `before` is what was filled in until now."""
    def common(locale: str) -> dict[str, str]:
        nothing = word("reply_none", locale)
        return {
            "organisation": organisation.name, "who": by.name, "link": overview_link(),
            "before": before or nothing, "after": organisation.reply_address or nothing,
            "now": _where_answers_go(organisation, locale),
        }  # fmt: skip

    owners = [(user, dict[str, str]()) for user, role in members_of(organisation.id) if role == OWNER]
    plan_to_people("security", "reply_changed", organisation.id, owners, common)
    to = addressee(organisation.name, earlier) if earlier else None
    if to is not None:
        plan("security", "reply_changed", common(organisation.locale), [(organisation.id, to)], organisation.locale)


def _where_answers_go(organisation: Organisation, locale: str) -> str:
    in_use, waits = organisation.reply_in_use, reply_address_waits(organisation)
    key = ("waits" if waits else "in_use") if in_use else ("waits_none" if waits else "none")
    return word(f"reply_now.{key}", locale).replace("{address}", in_use or "")


def ask_again(by: Actor) -> None:
    """Mail another link to the address that waits for its confirmation, and end the earlier link.

    Raises Invalid as ask_to_confirm does. Does nothing when no address waits.
    """
    organisation = settings_to_change()
    if not reply_address_waits(organisation):
        return
    ask_to_confirm(organisation)
    record([Entry("organisation", organisation.id, ASKED, by)])


def confirm(token: str) -> Organisation:
    """Use this address for answers from now on: somebody who reads its mail pressed the button.

    A notice that says something else by it is approved again, and not by whoever filled the address in: anybody can
    read the mail of an address of their own.

    Raises NotFound when the link lapsed, was replaced, or is of another organisation.
    """
    organisation = organisation_of_link(token, lock=True)
    if reply_address_waits(organisation):
        holder = Actor(None, str(organisation.reply_address))
        with approved_again(organisation, holder, organisation.reply_asked_by):
            organisation.reply_in_use, organisation.reply_confirmed_at = organisation.reply_address, database_now()
        record([Entry("organisation", organisation.id, CONFIRMED, holder)])
    return organisation


def organisation_of_link(token: str, lock: bool = False) -> Organisation:
    """Return the acting organisation when this link is its newest. Raises NotFound as `confirm` does."""
    organisation = settings_to_change() if lock else the_acting_organisation()
    ends_at = organisation.reply_link_ends_at
    if organisation.reply_link_hash != hash_of_token(token) or ends_at is None or ends_at <= database_now():
        raise NotFound("reply_address.unknown")
    return organisation

"""Reminders to the people of the acting organisation: one message per person, however many clocks ran together."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from sqlalchemy import text

from tenants.agreements.consents import ASKED, Asking
from tenants.database import db
from tenants.history.entries import Actor
from tenants.identity.users import User, members_of
from tenants.isolation import acting_organisation
from tenants.lines import filled_in, isolated
from tenants.organisations.organisations import Organisation, the_acting_organisation
from tenants.organisations.proofs import Proof
from tenants.register.breaches import Breach
from workflows.engine.steps import Heard
from workflows.mail.batches import Addressee, addressee, plan
from workflows.mail.links import awareness_link, message_link, overview_link, step_link
from workflows.mail.own_people import own_closed_days, plan_to_people, wanting
from workflows.mail.proof_words import proof_words
from workflows.mail.words import local_moment, word
from workflows.roles import DECIDERS, MAY, WORKERS

GATHERED = text("""
select m.user_id from membership m join app_user u on u.id = m.user_id and u.mail_turn
 where m.organisation_id = :me and m.role = any(:roles)
   and exists (select from membership o where o.user_id = m.user_id and o.organisation_id <> m.organisation_id)
   and exists (select from run r join step s on s.organisation_id = r.organisation_id and s.run_id = r.id
                where r.organisation_id = :me and r.workflow = 'ap_notification' and r.subject_id = :breach
                  and s.name = 'assess' and s.state = 'waiting')""")
ACTIVE = WORKERS | DECIDERS
OVERDUE = {
    "notify-authority": "reminder_overdue", "inform-controller": "reminder_overdue_calls",
    "tell-people": "reminder_overdue_people",
}  # fmt: skip
"""The text about a term that is over, by its clock: what can still be done differs."""
NOTHING: dict[str, str] = {}


def remind_people(what: str, heard: list[Heard], stated: Breach | None = None) -> bool:
    """Mail everybody who can act, and wants reminders, that `what` must be done and until when; returns whether there
    is anybody.

    `stated` is the breach that ends first of those whose clock runs on the processor's word: the mail says whose word
    it is.
    """
    readers = [(user, NOTHING) for user in wanting(_people_of(acting_organisation()), "mail_reminder")]
    key, about = _reminder(what, heard, stated)
    return plan_to_people("reminder", key, about, readers, lambda locale: _reminding(what, heard, stated, locale))


def remind_contacts(what: str, heard: list[Heard], contacts: list[dict[str, Any]], stated: Breach | None) -> bool:
    """Mail the same to the contacts that a processor named, for a register that is not opened yet."""
    locale, (key, about) = the_acting_organisation().locale, _reminder(what, heard, stated)
    pairs = [(about, addressee) for addressee in _of_contacts(contacts)]
    if pairs:
        plan("reminder", key, _reminding(what, heard, stated, locale), pairs, locale)
    return bool(pairs)


def _reminder(what: str, heard: list[Heard], stated: Breach | None) -> tuple[str, UUID]:
    """Return the key of the text, and the subject of the clock that ends first."""
    key = OVERDUE[what] if any(h.late for h in heard) else "reminder_clock"
    return f"{key}_stated" if stated is not None else key, _soonest(heard).subject.id


def _reminding(what: str, heard: list[Heard], stated: Breach | None, locale: str) -> dict[str, str]:
    organisation, soonest = the_acting_organisation(), _soonest(heard)
    common = {
        "organisation": organisation.name, "count": str(len(heard)), "what": word(f"clock.{what}", locale),
        "soonest": local_moment(soonest.alarm_at, locale), "link": overview_link(),
        "closed": word("closed.then", locale) if own_closed_days().at(soonest.alarm_at) else "",
    }  # fmt: skip
    return common | (_as_stated(stated, organisation, locale) if stated is not None else {})


def _soonest(heard: list[Heard]) -> Heard:
    return min(heard, key=lambda h: h.alarm_at)


def tell_of_failures(subjects: list[UUID]) -> None:
    """Mail everybody who can act that so many steps could not be done by the machine."""
    _tell("step_failed", subjects[0], lambda locale: {"count": str(len(subjects))})


def tell_of_unheard_clocks(subjects: list[UUID]) -> None:
    """Mail everybody who can act that so many terms cannot be watched by the machine."""
    _tell("clock_unheard", subjects[0], lambda locale: {"count": str(len(subjects))})


def tell_of_unconfirmed(breach_id: UUID, people: int) -> None:
    """Mail everybody who can act that for so many people the last event about their mail never came."""
    _tell("mail_unheard", breach_id, lambda locale: {"count": str(people)})


def tell_of_message(breach_id: UUID, processor: str) -> None:
    """Mail everybody who can act that a processor told about a breach, which now stands in their register.

    Who has a seat at more organisations and is about to be mailed that the breach waits for them, is left out: that
    mail names the processor too, and is one mail for all registers that were told. Who may not assess a breach is told
    to read it.
    """
    organisation = the_acting_organisation()
    link = step_link(organisation.slug, "ap_notification", breach_id)
    common = {"organisation": organisation.name, "processor": processor, "link": link}
    rows = db.session.execute(GATHERED, {"me": organisation.id, "breach": breach_id, "roles": list(MAY["assess"])})
    gathered = {row.user_id for row in rows}
    readers = [
        (user, role in MAY["assess"]) for user, role in members_of(organisation.id)
        if role in ACTIVE and user.id not in gathered
    ]  # fmt: skip
    for key, assesses in (("breach_received", True), ("breach_to_read", False)):
        people = [(user, NOTHING) for user, may_assess in readers if may_assess is assesses]
        plan_to_people("reminder", key, breach_id, people, lambda locale: common)


def tell_of_opened_register(register_id: UUID, client: str) -> None:
    """Mail everybody who can act at the office that somebody opened the register of this client by a mailed link."""
    _tell("register_opened", register_id, lambda locale: {"client": client})


def tell_of_client_proven(controller_id: UUID, client: str) -> None:
    """Mail everybody who can act at the office that this client proved its number, and another had its register."""
    _tell("client_proven", controller_id, lambda locale: {"client": client})


def tell_of_office_gone(office_id: UUID, office: str) -> None:
    """Mail everybody who can act that this processor writes to another register now: an organisation proved its number
    there."""
    _tell("office_gone", office_id, lambda locale: {"processor": office})


def tell_of_asking(asking: Asking, office: str) -> None:
    """Mail everybody who can act that this office asks to be accepted, or that it wrote while it is not accepted (any
    more)."""
    key = "processor_writes" if asking.title else "processor_asks"
    _tell(key, asking.id, lambda locale: {"processor": office} | _of_asking(asking, locale))


def _of_asking(asking: Asking, locale: str) -> dict[str, str]:
    title, found_at = asking.title, asking.found_at
    if title is None or found_at is None:
        return {}
    standing = word(f"standing.{asking.state or ASKED}", locale)
    link = message_link(the_acting_organisation().slug, asking.id)
    return {"found_at": local_moment(found_at, locale), "title": title, "standing": standing, "link": link}


def _tell(key: str, about: UUID, more: Callable[[str], dict[str, str]]) -> None:
    """Mail everybody who can act. `more` returns the values of this text in a language."""
    readers = [(user, NOTHING) for user in _people_of(acting_organisation())]
    common = {"organisation": the_acting_organisation().name, "link": overview_link()}
    plan_to_people("reminder", key, about, readers, lambda locale: common | more(locale))


def tell_of_broken_glass(about: UUID, by: Actor) -> None:
    """Mail everybody who may review, except the person who did it, that somebody did alone what takes several
    people."""
    organisation = the_acting_organisation()
    common = {"organisation": organisation.name, "link": overview_link()}
    readers = [
        (user, {"who": by.name}) for user, role in members_of(organisation.id)
        if role in MAY["review_broken_glass"] and user.id != by.id
    ]  # fmt: skip
    plan_to_people("reminder", "glass_broken", about, readers, lambda locale: common)


def tell_people(key: str, about: UUID, of: str, how: str | None, proof: Proof | None) -> None:
    """Mail everybody who can act for the acting organisation that `of` was verified, how, and what that proves.

    `how` None: it is not verified any more. `proof` None: it was taken back before the mail was written.
    """
    def more(locale: str) -> dict[str, str]:
        proven = f"{proof_words(proof, locale)}. " if proof else ""
        return {"organisation": of} | ({} if how is None else {"how": proven + word(f"verified.{how}", locale)})

    _tell(key, about, more)


def tell_of_renamed_client(about: UUID, before: str, after: str) -> None:
    """Mail everybody who can act that the operator gave a client of this office another name."""
    _tell("client_renamed", about, lambda locale: {"before": before, "after": after})


def _as_stated(breach: Breach, organisation: Organisation, locale: str) -> dict[str, str]:
    """Return who stated the awareness of this organisation, and where it states its own moment.

    If a member confirmed the receipt, the moment is the organisation's own act and not its processor's statement.
    """
    assert breach.stated_by and breach.stated_aware_at
    how = breach.stated_aware_how
    words = word("as_stated.receipt" if how == "receipt" else "as_stated.by", locale)
    values = {
        "by": isolated(breach.stated_by), "how": word(f"told_how.{how}", locale),
        "moment": local_moment(breach.stated_aware_at, locale),
        "breach": f"{breach.reference} {isolated(breach.title)}",
    }  # fmt: skip
    return {"as_stated": filled_in(words, values), "own_moment": awareness_link(organisation.slug, breach.id)}


def _people_of(organisation_id: UUID) -> list[User]:
    return [user for user, role in members_of(organisation_id) if role in ACTIVE]


def out_of_reach() -> list[str]:
    """Return the names of the acting organisation's people whose address no mail can go to."""
    members = members_of(acting_organisation())
    return [user.name for user, _ in members if addressee(user.name, user.email) is None]


def _of_contacts(contacts: list[dict[str, Any]]) -> list[Addressee]:
    """Return the contacts that can be mailed; one with an impossible address is left out."""
    addressees = (addressee(contact.get("name") or "", contact.get("email") or "") for contact in contacts)
    return [to for to in addressees if to is not None]

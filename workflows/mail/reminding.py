"""Reminders to the people of the acting organisation: one message per person, however many clocks ran together."""

from typing import Any
from uuid import UUID

from tenants.agreements.consents import ASKED, Asking
from tenants.history.entries import Actor
from tenants.identity.users import members_of
from tenants.isolation import acting_organisation
from tenants.lines import filled_in, isolated
from tenants.organisations.organisations import Organisation, the_acting_organisation
from tenants.organisations.proofs import Proof
from tenants.register.breaches import Breach
from workflows.engine.steps import Heard
from workflows.mail.batches import Addressee, addressee, plan
from workflows.mail.links import awareness_link, message_link, overview_link
from workflows.mail.proof_words import proof_words
from workflows.mail.words import local_moment, word
from workflows.roles import DECIDERS, MAY, WORKERS

ACTIVE = WORKERS | DECIDERS


def remind_people(what: str, heard: list[Heard], stated: Breach | None = None) -> bool:
    """Mail everybody who can act that `what` must be done and until when; returns whether there is anybody.

    `stated` is the breach that ends first of those whose clock runs on the processor's word: the mail says whose word
    it is.
    """
    return _remind(what, heard, _people_of(acting_organisation()), stated)


def remind_contacts(what: str, heard: list[Heard], contacts: list[dict[str, Any]], stated: Breach | None) -> bool:
    """Mail the same to the contacts that a processor named, for a register that is not opened yet."""
    return _remind(what, heard, _of_contacts(contacts), stated)


def _remind(what: str, heard: list[Heard], addressees: list[Addressee], stated: Breach | None) -> bool:
    organisation = the_acting_organisation()
    soonest = min(heard, key=lambda h: h.alarm_at)
    late = any(h.late for h in heard)
    common = {
        "organisation": organisation.name, "count": str(len(heard)),
        "what": word(f"clock.{what}", organisation.locale),
        "soonest": local_moment(soonest.alarm_at, organisation.locale), "link": overview_link(),
    }  # fmt: skip
    about: UUID = soonest.subject.id
    pairs = [(about, addressee) for addressee in addressees]
    if pairs:
        key = "reminder_overdue" if late else "reminder_clock"
        if stated is not None:
            key, common = f"{key}_stated", common | _as_stated(stated, organisation)
        plan("reminder", key, common, pairs, organisation.locale)
    return bool(pairs)


def tell_of_failures(subjects: list[UUID]) -> None:
    """Mail everybody who can act that so many steps could not be done by the machine."""
    _tell("step_failed", subjects[0], len(subjects))


def tell_of_unheard_clocks(subjects: list[UUID]) -> None:
    """Mail everybody who can act that so many terms cannot be watched by the machine."""
    _tell("clock_unheard", subjects[0], len(subjects))


def tell_of_unconfirmed(breach_id: UUID, people: int) -> None:
    """Mail everybody who can act that for so many people the last event about their mail never came."""
    _tell("mail_unheard", breach_id, people)


def tell_of_message(breach_id: UUID, processor: str) -> None:
    """Mail everybody who can act that a processor told about a breach, which now stands in their register."""
    organisation = the_acting_organisation()
    common = {"organisation": organisation.name, "processor": processor, "link": overview_link()}
    pairs = [(breach_id, addressee) for addressee in _people_of(organisation.id)]
    if pairs:
        plan("reminder", "breach_received", common, pairs, organisation.locale)


def tell_of_opened_register(register_id: UUID, client: str) -> None:
    """Mail everybody who can act at the office that somebody opened the register of this client by a mailed link."""
    organisation = the_acting_organisation()
    common = {"organisation": organisation.name, "client": client, "link": overview_link()}
    pairs = [(register_id, addressee) for addressee in _people_of(organisation.id)]
    if pairs:
        plan("reminder", "register_opened", common, pairs, organisation.locale)


def tell_of_client_proven(controller_id: UUID, client: str) -> None:
    """Mail everybody who can act at the office that this client proved its number, and another had its register."""
    organisation = the_acting_organisation()
    common = {"organisation": organisation.name, "client": client, "link": overview_link()}
    pairs = [(controller_id, addressee) for addressee in _people_of(organisation.id)]
    if pairs:
        plan("reminder", "client_proven", common, pairs, organisation.locale)


def tell_of_office_gone(office_id: UUID, office: str) -> None:
    """Mail everybody who can act that this processor writes to another register now: an organisation proved its number
    there."""
    organisation = the_acting_organisation()
    common = {"organisation": organisation.name, "processor": office, "link": overview_link()}
    pairs = [(office_id, addressee) for addressee in _people_of(organisation.id)]
    if pairs:
        plan("reminder", "office_gone", common, pairs, organisation.locale)


def tell_of_asking(asking: Asking, office: str) -> None:
    """Mail everybody who can act that this office asks to be accepted, or that it wrote while it is not accepted (any
    more)."""
    organisation = the_acting_organisation()
    title, found_at, state = asking.title, asking.found_at, asking.state or ASKED
    common = {"organisation": organisation.name, "processor": office, "link": overview_link()}
    if title is not None and found_at is not None:
        common["found_at"] = local_moment(found_at, organisation.locale)
        standing = word(f"standing.{state}", organisation.locale)
        common |= {"title": title, "standing": standing, "link": message_link(organisation.slug, asking.id)}
    pairs = [(asking.id, addressee) for addressee in _people_of(organisation.id)]
    if pairs:
        plan("reminder", "processor_writes" if title else "processor_asks", common, pairs, organisation.locale)


def _tell(key: str, about: UUID, count: int) -> None:
    organisation = the_acting_organisation()
    common = {"organisation": organisation.name, "count": str(count), "link": overview_link()}
    pairs = [(about, addressee) for addressee in _people_of(organisation.id)]
    if pairs:
        plan("reminder", key, common, pairs, organisation.locale)


def tell_of_broken_glass(about: UUID, by: Actor) -> None:
    """Mail everybody who may review, except the person who did it, that somebody did alone what takes several
    people."""
    organisation = the_acting_organisation()
    common = {"organisation": organisation.name, "link": overview_link()}
    pairs = [
        (about, to)
        for user, role in members_of(organisation.id)
        if role in MAY["review_broken_glass"] and user.id != by.id
        and (to := addressee(user.name, user.email, {"who": by.name}))
    ]  # fmt: skip
    if pairs:
        plan("reminder", "glass_broken", common, pairs, organisation.locale)


def tell_people(key: str, about: UUID, of: str, how: str | None, proof: Proof | None) -> None:
    """Mail everybody who can act for the acting organisation that `of` was verified, how, and what that proves.

    `how` None: it is not verified any more. `proof` None: it was taken back before the mail was written.
    """
    organisation = the_acting_organisation()
    common = {"organisation": of, "link": overview_link()}
    if how is not None:
        proven = f"{proof_words(proof, organisation.locale)}. " if proof else ""
        common["how"] = proven + word(f"verified.{how}", organisation.locale)
    pairs = [(about, addressee) for addressee in _people_of(organisation.id)]
    if pairs:
        plan("reminder", key, common, pairs, organisation.locale)


def tell_of_renamed_client(about: UUID, before: str, after: str) -> None:
    """Mail everybody who can act that the operator gave a client of this office another name."""
    organisation = the_acting_organisation()
    common = {"organisation": organisation.name, "before": before, "after": after, "link": overview_link()}
    pairs = [(about, addressee) for addressee in _people_of(organisation.id)]
    if pairs:
        plan("reminder", "client_renamed", common, pairs, organisation.locale)


def _as_stated(breach: Breach, organisation: Organisation) -> dict[str, str]:
    """Return who stated the awareness of this organisation, and where it states its own moment.

    If a member confirmed the receipt, the moment is the organisation's own act and not its processor's statement.
    """
    assert breach.stated_by and breach.stated_aware_at
    locale, how = organisation.locale, breach.stated_aware_how
    words = word("as_stated.receipt" if how == "receipt" else "as_stated.by", locale)
    values = {
        "by": isolated(breach.stated_by), "how": word(f"told_how.{how}", locale),
        "moment": local_moment(breach.stated_aware_at, locale),
        "breach": f"{breach.reference} {isolated(breach.title)}",
    }  # fmt: skip
    return {"as_stated": filled_in(words, values), "own_moment": awareness_link(organisation.slug, breach.id)}


def _people_of(organisation_id: UUID) -> list[Addressee]:
    people = (addressee(user.name, user.email) for user, role in members_of(organisation_id) if role in ACTIVE)
    return [to for to in people if to is not None]


def out_of_reach() -> list[str]:
    """Return the names of the acting organisation's people whose address no mail can go to."""
    members = members_of(acting_organisation())
    return [user.name for user, _ in members if addressee(user.name, user.email) is None]


def _of_contacts(contacts: list[dict[str, Any]]) -> list[Addressee]:
    """Return the contacts that can be mailed; one with an impossible address is left out."""
    addressees = (addressee(contact.get("name") or "", contact.get("email") or "") for contact in contacts)
    return [to for to in addressees if to is not None]

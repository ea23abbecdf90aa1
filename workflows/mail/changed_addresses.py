"""Mails about a change of the addresses to which the incidents of clients are mailed.

Who had an address that worked, and that goes, gets one mail, once a day. The owners of the office get one mail about
all clients of an act. More of them within an hour are gathered, and come in one mail when that hour is over.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import select

from tenants.agreements.contact_standing import as_contact, standing_of
from tenants.agreements.processing_agreements import ProcessingAgreement
from tenants.database import db
from tenants.history.entries import Actor
from tenants.identity.users import OWNER, User, members_of
from tenants.isolation import acting_organisation, database_now
from tenants.organisations.organisations import the_acting_organisation
from tenants.register.escalations import LED_ELSEWHERE
from workflows.engine.hints import hint_after_commit
from workflows.mail.batches import Addressee, addressee, plan
from workflows.mail.gathering import said_lately, withdraw_waiting
from workflows.mail.limits import are_over
from workflows.mail.links import overview_link
from workflows.mail.own_people import plan_to_people
from workflows.mail.sender_names import called_as_sender
from workflows.mail.words import counted, day_words, word

TO_CONTACT, TO_OWNERS = "contact_gone", "contacts_changed"
AN_HOUR = timedelta(hours=1)
MOST_NAMED = 20
"""How many clients a mail names; of the others it says how many they are."""


@dataclass(frozen=True)
class ChangedAddresses:
    """The addresses of one client that an act changes. `gone`: the contacts whose address is not the client's any more.
    `from_day`: the day from which that is so; None for now."""

    agreement_id: UUID
    client: str
    gone: tuple[dict[str, Any], ...]
    from_day: date | None = None

    def named(self, locale: str) -> str:
        """Return the client's name within a sentence, with the day from which its addresses change."""
        if self.from_day is None:
            return self.client
        return word("contact_gone.from", locale).format(client=self.client, day=day_words(self.from_day, locale))


def tell_of_changed(changed: Sequence[ChangedAddresses], by: Actor) -> None:
    """Plan these mails. Call this before those contacts are written over."""
    _tell_contacts(changed, by)
    _tell_owners([each.agreement_id for each in changed], by)
    hint_after_commit(acting_organisation())


def _tell_contacts(changed: Sequence[ChangedAddresses], by: Actor) -> None:
    """An address that failed, or that is in doubt, is passed over."""
    office = the_acting_organisation()
    gone = [
        (contact, each.named(office.locale)) for each in changed for contact in each.gone
        if LED_ELSEWHERE not in contact
    ]  # fmt: skip
    rows = {address: row for address, row in standing_of(contact for contact, _ in gone).items() if row.works}
    untold = {address for address, over in zip(rows, are_over(TO_CONTACT, list(rows)), strict=True) if not over}
    clients: dict[str, list[str]] = {}
    names: dict[str, str] = {}
    for contact, client in gone:
        address = as_contact(contact["email"])
        if address in untold:
            clients.setdefault(address, []).append(client)
            names.setdefault(address, contact.get("name") or "")
    mails = [
        (rows[address].id, to) for address, here in clients.items()
        if (to := _to_contact(names[address], address, here, by, office.locale)) is not None
    ]  # fmt: skip
    common = {"office": office.name, "on_behalf_of": called_as_sender(office)}
    plan("security", TO_CONTACT, common, mails, office.locale)


def _to_contact(name: str, address: str, clients: list[str], by: Actor, locale: str) -> Addressee | None:
    return addressee(name, address, {"who": by.name, "whose": _listed(clients, 1, locale)})


def _tell_owners(agreements: list[UUID], by: Actor) -> None:
    """Mail the owners, who acted among them: it may have been somebody else with their session."""
    organisation = the_acting_organisation()
    lately = said_lately(organisation.id, TO_OWNERS)
    waiting = withdraw_waiting(organisation.id, TO_OWNERS)
    ids = _with_waiting("agreements", waiting, agreements)
    people = _with_waiting("people", waiting, [by.id] if by.id else [])
    who, clients = _names_of(people), _clients_of(ids)
    kept = {"agreements": " ".join(map(str, ids)), "people": " ".join(map(str, people))}
    common = {"organisation": organisation.name, "link": overview_link(), **kept}
    # Names are kept among the sealed values, never in the batch.
    readers = [
        (user, {"who": who, "clients": _listed(clients, MOST_NAMED, user.locale)})
        for user, role in members_of(organisation.id) if role == OWNER
    ]  # fmt: skip
    after = lately[-1].at + AN_HOUR if lately else None
    not_before = after if after and after > database_now() else None
    plan_to_people("security", TO_OWNERS, organisation.id, readers, lambda locale: common, not_before)


def _with_waiting(name: str, waiting: list[dict[str, str]], ids: list[UUID]) -> list[UUID]:
    """Return these ids behind those of the mails that waited, each once."""
    before = (UUID(each) for common in waiting for each in common.get(name, "").split())
    return list(dict.fromkeys([*before, *ids]))


def _names_of(people: list[UUID]) -> str:
    return ", ".join(db.session.scalars(select(User.name).where(User.id.in_(people)).order_by(User.name)))


def _clients_of(agreements: list[UUID]) -> list[str]:
    """Return name and number of each client that the acting office has still."""
    mine = (ProcessingAgreement.processor_id == acting_organisation()) & ProcessingAgreement.id.in_(agreements)
    named = select(ProcessingAgreement.controller_name, ProcessingAgreement.client_number).where(mine).distinct()
    return [f"{name} ({number})" for name, number in db.session.execute(named.order_by(*named.selected_columns))]


def _listed(clients: list[str], most: int, locale: str) -> str:
    """Return words for these clients within a sentence: so many by their names, the others as a number."""
    named, others = list(dict.fromkeys(clients))[:most], len(set(clients)) - most
    words = ", ".join(named)
    return f"{words} {counted('contact_check.others', others, locale)}" if others > 0 else words

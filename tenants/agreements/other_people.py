"""Which names stand at addresses of the acting office whose holders said that they are its contact no more."""

from collections.abc import Collection
from dataclasses import dataclass, field

from sqlalchemy import exists, select, text

from tenants.agreements.contact_standing import ContactStanding
from tenants.database import db
from tenants.isolation import acting_organisation, database_now

NAMED = text("""
    select s.address, lower(trim(coalesce(c ->> 'name', ''))) as name,
           a.in_force_to < (now() at time zone 'Europe/Amsterdam')::date as is_ended
      from contact_standing s join processing_agreement a on a.processor_id = s.organisation_id
     cross join jsonb_array_elements(a.contacts) c
     where s.organisation_id = :office and s.says_no_at is not null and s.left_at is null
       and lower(trim(c ->> 'email')) = s.address""")


def as_name(name: str | None) -> str:
    """Return a name as it is compared here; so NAMED reads it."""
    return (name or "").strip(" ").lower()


@dataclass
class Names:
    """The names at one address, as they are compared: in all agreements, and in those that have not ended."""

    ever: set[str] = field(default_factory=set)
    not_ended: set[str] = field(default_factory=set)

    @property
    def present(self) -> set[str]:
        """The names in agreements that have not ended; in all of them where each has ended."""
        return self.not_ended or self.ever


def names_where_no_was_said() -> dict[str, Names]:
    """Return the names at each address of the acting office whose holder said no, by address."""
    refused = (ContactStanding.organisation_id == acting_organisation()) & ContactStanding.says_no_at.is_not(None)
    if not db.session.scalar(select(exists().where(refused))):
        return {}
    names: dict[str, Names] = {}
    for address, name, is_ended in db.session.execute(NAMED, {"office": acting_organisation()}):
        here = names.setdefault(address, Names())
        here.ever.add(name)
        if not is_ended:
            here.not_ended.add(name)
    return names


def ask_anew(addresses: Collection[str]) -> None:
    """Forget what the holders of these addresses of the acting office answered, and let the addresses be asked now.

    The link of the mail before ends: whoever has it answers nothing for the person who stands there now.
    """
    mine = (ContactStanding.organisation_id == acting_organisation()) & ContactStanding.address.in_(addresses)
    query = select(ContactStanding).where(mine).order_by(ContactStanding.address).with_for_update()
    for row in db.session.scalars(query.execution_options(populate_existing=True)):
        row.says_no_at = row.successor = row.confirmed_at = row.asked_at = row.reminded_at = None
        row.token_hash = row.earlier_token_hash = row.token_expires_at = None
        row.next_at = database_now()

"""A contact comes in the place of another one, in all agreements and messages of the acting office with its clients.

Where the new contact stands there already, the old one goes: each address stands there once, at its first place.
"""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import TextClause, text

from tenants.agreements.contact_standing import as_contact
from tenants.agreements.doubted_contacts import OF_CLIENT
from tenants.database import db
from tenants.isolation import acting_organisation

ADDRESS = "lower(trim(c.contact->>'email'))"
# The contact itself is replaced wherever it stands. Where its address stands at another name or telephone number, the
# first contact with that address is replaced, and others lose the address: the office says that it is wrong. A contact
# that waits for the office's check stays: it gets no mail, and is settled there.
CORRECTED = "coalesce(c.contact = cast(:before as jsonb), false)"
AT_ADDRESS = f"coalesce({ADDRESS} = cast(:address as text) and not c.contact ? 'led_elsewhere_at', false)"
# A contact that waits for the office's check is settled at its address; no other one loses it.
SETTLED = f"coalesce({ADDRESS} = cast(:address as text) and c.contact ? 'led_elsewhere_at', false)"
# The mails of a message went to its contacts in order: a contact that goes from before that point moves it back.
RUNG = ", rung = t.rung - (select count(*) from unnest(put.removed) as gone where gone <= t.rung)"
# Each contact of a list, and what it is to this change; which of them are replaced; where the new contact comes to
# stand, with the telephone number that stands at its address. The list is then written without the places that it has
# no more.
REPLACED = """
    update {table} n set contacts = put.contacts{rung}
      from {table} t cross join lateral (
        with listed as (
          select c.contact, c.nth, {hit} as is_meant, {at_address} as has_wrong_address,
                 coalesce({address} = cast(:new_address as text)
                          and not c.contact ? 'led_elsewhere_at', false) as is_new
            from jsonb_array_elements(t.contacts) with ordinality as c(contact, nth)),
        chosen as (
          select l.*, l.is_meant or coalesce(not bool_or(l.is_meant) over () and l.nth = min(l.nth) filter (
                        where l.has_wrong_address) over (), false) as is_replaced
            from listed l),
        joined as (
          select c.*, c.is_replaced or c.is_new as becomes_new from chosen c),
        incoming as (
          select bool_or(j.is_replaced) as is_hit, min(j.nth) filter (where j.becomes_new) as place,
                 min(j.nth) filter (where j.is_new and not j.is_replaced) as stood_at,
                 jsonb_strip_nulls(jsonb_build_object('phone', min(j.contact->>'phone') filter (
                   where j.is_new and not j.is_replaced))) || cast(:contact as jsonb) as contact
            from joined j)
        select i.is_hit, i.place, i.stood_at, i.contact as instead,
               (array_agg(j.contact order by j.nth) filter (where j.is_replaced))[1] as replaced,
               array_agg(j.nth order by j.nth) filter (where j.becomes_new and j.nth > i.place) as removed,
               jsonb_agg(case when j.becomes_new then i.contact when j.has_wrong_address then j.contact - 'email'
                              else j.contact end order by j.nth)
                 filter (where not j.becomes_new or j.nth = i.place) as contacts
          from joined j cross join incoming i group by i.is_hit, i.place, i.stood_at, i.contact) put
     where t.processor_id = :office and {of_client} and put.is_hit and n.processor_id = :office and n.id = t.id
    returning n.id, put.replaced, put.instead, put.place, put.stood_at, put.removed"""


@dataclass(frozen=True)
class Replaced:
    """A contact that was replaced in one agreement or message ("agreement" or "escalation"): as it was, and as it is.

    `place`: where the new contact stands, from 1. `stood_at`: where it stood already before this, or None; `removed`:
    the places, as they were, that the list does not have any more.
    """

    subject: str
    subject_id: UUID
    before: dict[str, Any]
    contact: dict[str, Any]
    place: int
    stood_at: int | None
    removed: tuple[int, ...]

    @property
    def moved(self) -> dict[str, Any]:
        """What an entry of the history says of places that went; nothing where none did."""
        if not self.removed:
            return {}
        return {"place": self.place, "stood_at": self.stood_at, "removed": list(self.removed)}


def _in_both(hit: str, at_address: str) -> tuple[tuple[str, TextClause], ...]:
    """Return the statement for messages, and for agreements."""
    parts = {"hit": hit, "at_address": at_address, "address": ADDRESS}
    of_message = {"table": "escalation", "rung": RUNG, "of_client": OF_CLIENT}
    of_agreement = {"table": "processing_agreement", "rung": "", "of_client": "t.controller_id = any(:registers)"}
    return (
        ("escalation", text(REPLACED.format(**parts, **of_message))),
        ("agreement", text(REPLACED.format(**parts, **of_agreement))),
    )


CORRECT, SETTLE = _in_both(CORRECTED, AT_ADDRESS), _in_both(SETTLED, "false")


def replace_contact(
    registers: Iterable[UUID], before: dict[str, Any] | None, contact: dict[str, Any], address: str | None
) -> list[Replaced]:  # fmt: skip
    """Put a contact in the place of `before` in all agreements and messages of the acting office with these clients.

    `address`: the one that is wrong, as it is compared: it goes wherever else it stands there; None: none is wrong.
    """
    return _put(CORRECT, registers, contact, before=json.dumps(before), address=address)


def settle_contact(register: UUID, address: str, contact: dict[str, str]) -> list[Replaced]:
    """Put this contact in the place of those that wait for the office's check at this address, in every agreement and
    message of the acting office with this client."""
    return _put(SETTLE, [register], contact, address=as_contact(address))


def _put(
    statements: tuple[tuple[str, TextClause], ...], registers: Iterable[UUID], contact: dict[str, Any], **values: Any
) -> list[Replaced]:  # fmt: skip
    values |= {
        "office": acting_organisation(), "registers": list(registers), "contact": json.dumps(contact),
        "new_address": as_contact(contact.get("email") or "") or None,
    }  # fmt: skip
    replaced = [
        Replaced(subject, row.id, row.replaced, row.instead, row.place, row.stood_at, tuple(row.removed or ()))
        for subject, statement in statements for row in db.session.execute(statement, values)
    ]  # fmt: skip
    db.session.expire_all()
    return replaced


def address_replaced(before: dict[str, Any] | None, contact: dict[str, Any]) -> str | None:
    """Return the address that this change says is wrong, as it is compared; None when the address stays or was none."""
    old, new = (as_contact((each or {}).get("email") or "") for each in (before, contact))
    return old if old and old != new else None

"""A contact stands once in the list of a client, however that list comes in."""

from typing import Any

from tenants.agreements.contact_standing import as_contact
from tenants.errors import Invalid


def doubled(contacts: list[dict[str, Any]], of: str = "contacts") -> list[Invalid]:
    """Return a fault for each contact that stands in the list before: with the same address, or the same name and
    telephone number. It names the one that stands there. `of`: the field of the list."""
    faults: list[Invalid] = []
    first: dict[object, str] = {}
    for nth, contact in enumerate(contacts):
        email = as_contact(contact.get("email") or "")
        known = email or (contact["name"].casefold(), "".join((contact.get("phone") or "").split()))
        if known in first:
            field = "email" if email else "name"
            faults.append(Invalid("contact.doubled", f"{of}.{nth}.{field}", name=first[known]))
        first.setdefault(known, contact["name"])
    return faults

"""A client that the acting office may have already, under another number: found before it is registered again.

What is compared is what the office wrote itself, and the register to which a registration would lead: nobody learns
anything else from a Chamber of Commerce number (KvK).
"""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import text

from tenants.agreements.client_list import folded
from tenants.agreements.contact_standing import as_contact
from tenants.agreements.doubled_agreements import agreements_with_kvk
from tenants.agreements.new_clients import NewClient
from tenants.database import db
from tenants.isolation import acting_organisation

KVK, NAME, DOMAIN, HALF = "kvk_number", "name", "domain", "half"
WORD = re.compile(r"[^\W_]+")
PUBLIC_PROVIDERS = frozenset({
    "caiway.nl", "casema.nl", "chello.nl", "delta.nl", "freeler.nl", "gmail.com", "gmx.net", "googlemail.com",
    "hetnet.nl", "home.nl", "hotmail.com", "hotmail.nl", "icloud.com", "kpnmail.nl", "kpnplanet.nl", "live.com",
    "live.nl", "mac.com", "me.com", "msn.com", "odido.nl", "online.nl", "outlook.com", "outlook.nl", "planet.nl",
    "proton.me", "protonmail.com", "quicknet.nl", "solcon.nl", "t-mobilethuis.nl", "tele2.nl", "telfort.nl",
    "upcmail.nl", "wxs.nl", "xs4all.nl", "yahoo.com", "ziggo.nl", "zonnet.nl",
})  # fmt: skip
"""Where mail addresses of many different organisations end: such a domain says nothing."""
LEGAL_FORMS = frozenset({"bv", "nv", "vof", "cv", "stichting", "vereniging", "maatschap", "eenmanszaak"})
SHORTEST = 5
"""Names of fewer letters are only like one that is the same."""
MOST = 5
"""How many are shown of one client, and at how many clients a domain may stand: one that more share says nothing."""
# Each client once, with the domains of the addresses of its contacts.
KNOWN = text("""
    select a.id, a.client_number, a.controller_name, array(
             select distinct split_part(lower(trim(c->>'email')), '@', 2) from jsonb_array_elements(a.contacts) c
              where c->>'email' like '%@%') as domains
      from processing_agreement a where a.processor_id = :office order by a.in_force_from desc, a.id""")


class LikelyDouble(NamedTuple):
    """A client that is like a new one: which of the new ones, by what, and which client.

    `agreement_id`: an agreement of the acting office with it; None for another new one of the same list.
    """

    nth: int
    why: str
    agreement_id: UUID | None
    client_number: str
    name: str


@dataclass(frozen=True)
class _New:
    """What is compared of a new client."""

    name: str
    domains: frozenset[str]
    agreements: frozenset[UUID]


def likely_doubles(clients: Iterable[NewClient]) -> list[LikelyDouble]:
    """Return the clients of the acting office that are like one of these, at most MOST for each, in two queries.

    A client whose number the office uses already is that client, unless its KvK number leads to another one.
    """
    new_clients = list(clients)
    by_kvk = agreements_with_kvk({client["kvk_number"] for client in new_clients})
    rows = db.session.execute(KNOWN, {"office": acting_organisation()}).all()
    number_of = {row.id: row.client_number for row in rows}
    numbers = set(number_of.values())
    wanted = {
        nth: _new(client, known) for nth, client in enumerate(new_clients)
        for known in [by_kvk.get(client["kvk_number"], set())]
        if client["client_number"] not in numbers
        or (known and client["client_number"] not in {number_of.get(agreement) for agreement in known})
    }  # fmt: skip
    index, shared = _index(wanted), _shared(rows)
    doubles: dict[tuple[int, str], LikelyDouble] = {}
    for row in rows:
        for nth, why in _like(row, index, shared):
            if row.client_number == new_clients[nth]["client_number"]:
                continue
            doubles.setdefault((nth, row.client_number), LikelyDouble(nth, why, row.id, row.client_number, row[2]))
    return _most_of_each(doubles.values())


def _new(client: NewClient, agreements: set[UUID]) -> _New:
    return _New(compared(client["name"]), domains_of(client) - PUBLIC_PROVIDERS, frozenset(agreements))


def domains_of(client: NewClient) -> frozenset[str]:
    """Return the domains of the mail addresses of this client's contacts."""
    addresses = (as_contact(contact.get("email") or "") for contact in client["contacts"])
    return frozenset(address.rpartition("@")[2] for address in addresses) - {""}


def _index(wanted: dict[int, _New]) -> dict[tuple[str, Any], list[int]]:
    """Return which of the new clients have each of the values that are compared."""
    index: dict[tuple[str, Any], list[int]] = {}
    for nth, new in wanted.items():
        halves = ((HALF, half) for half in halves_of(new.name, len(new.name)))
        values = [*((NAME, variant) for variant in near(new.name)), *((DOMAIN, domain) for domain in new.domains)]
        for value in {*((KVK, agreement) for agreement in new.agreements), *values, *halves}:
            alike = index.setdefault(value, [])
            if len(alike) < MOST:
                alike.append(nth)
    return index


def _shared(rows: Sequence[Any]) -> set[str]:
    """Return the domains that stand at more than MOST of the clients."""
    clients_at = Counter(domain for row in rows for domain in row.domains)
    return {domain for domain, clients in clients_at.items() if clients > MOST}


def _like(row: Any, index: dict[tuple[str, Any], list[int]], shared: set[str]) -> Iterable[tuple[int, str]]:
    """Yield each new client that this one is like, the surest reason first."""
    for nth in index.get((KVK, row.id), ()):
        yield nth, KVK
    name = compared(row.controller_name)
    # One letter changes one half of a name at most, so most names are left out by two looks into the index.
    if any((HALF, half) in index for length in range(-1, 2) for half in halves_of(name, len(name) + length)):
        for variant in near(name):
            for nth in index.get((NAME, variant), ()):
                yield nth, NAME
    for domain in set(row.domains) - shared:
        for nth in index.get((DOMAIN, domain), ()):
            yield nth, DOMAIN


def _most_of_each(doubles: Iterable[LikelyDouble]) -> list[LikelyDouble]:
    shown: dict[int, list[LikelyDouble]] = {}
    for double in sorted(doubles, key=lambda double: (double.nth, (KVK, NAME, DOMAIN).index(double.why))):
        if len(shown.setdefault(double.nth, [])) < MOST:
            shown[double.nth].append(double)
    return [double for of_one in shown.values() for double in of_one]


def compared(name: str) -> str:
    """Return the letters and figures of a name. Accents, capitals, signs and the legal form do not count."""
    plain = name.lower() if name.isascii() else folded(name)
    return "".join(word for word in WORD.findall(plain.replace(".", "")) if word not in LEGAL_FORMS)


def near(name: str) -> frozenset[str]:
    """Return a compared name, and each text that leaves out one letter of it.

    Two names are similar when they have one of these in common: they differ by one letter that is typed too much, too
    little, wrongly, or in the place of its neighbour. Figures count as they are: client 12 is not client 13.
    """
    if len(name) < SHORTEST:
        return frozenset({name} - {""})
    letters = (place for place, sign in enumerate(name) if sign.isalpha())
    return frozenset({name, *(name[:place] + name[place + 1 :] for place in letters)})


def halves_of(name: str, length: int) -> set[str]:
    """Return the begin and the end of a name, as long as those of a similar name of this length."""
    half = max(length - 1, 1) // 2
    return {f"{half}<{name[:half]}", f"{half}>{name[len(name) - half :]}"}

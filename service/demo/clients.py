"""The clients of the demo office, as it would register them: agreements, contacts in order, roles per service.

Some first contacts are out of reach on purpose, to show how the next contact is tried (see
service/sandbox/outcomes.py).
"""

from service.demo import names
from tenants.agreements.new_clients import NewClient
from tenants.organisations.organisations import slug_of

HOURS = (24, 36, 48, 72, None)
CLAIMED = 2
"""How many of them, from the first, have opened their register already."""
EXPIRED = 2
PROCESSED = ({"bookkeeping": "processor"}, {"payroll_bare": "processor"},
             {"bookkeeping": "processor", "payroll_bare": "processor"})  # fmt: skip
CONTROLLED = ("tax_returns", "audit", "payroll_extended")
"""By the sector's guideline of 2019 the office itself is controller for these services."""
PLACES = ("directie", "administratie", "info")
TROUBLE = {(23, 5): "bounce", (31, 7): "defer", (41, 9): "blocked", (89, 40): "drop", (101, 50): "spam"}
"""What happens to mail to the first contact: for every so many clients, counted from which one."""


def clients(count: int) -> list[NewClient]:
    """Return `count` clients with an agreement in force, and a few more whose agreement has ended."""
    return [_client(number) for number in range(count)] + [_expired(count + n) for n in range(EXPIRED)]


def client_number(number: int) -> str:
    """Return the client number that the office gives this client."""
    return f"K{number + 1:05d}"


def is_reachable(number: int) -> bool:
    """Return whether any contact of this client can be reached by mail."""
    return number % 97 != 11


def domain(number: int) -> str:
    """Return the mail domain of this client's people. It exists nowhere (RFC 2606)."""
    return f"klant-{number + 1:05d}.example"


def _client(number: int) -> NewClient:
    name = names.company(number)
    return {
        "slug": slug_of(name), "name": name, "kvk_number": f"00{number + 1:06d}",
        "client_number": client_number(number), "financial_undertaking": _financial(number),
        "hours_to_notify": HOURS[number % len(HOURS)], "contacts": _contacts(number), "services": _services(number),
        "in_force_from": f"{2019 + number % 6}-{1 + number % 12:02d}-01", "in_force_to": None,
    }  # fmt: skip


def _expired(number: int) -> NewClient:
    return _client(number) | {"in_force_from": "2019-01-01", "in_force_to": "2023-12-31"}


def _financial(number: int) -> bool | None:
    if names.TRADES[number % len(names.TRADES)] == names.FINANCIAL:
        return True
    return None if number % 11 == 4 else False


def _services(number: int) -> dict[str, str]:
    also = {CONTROLLED[number // 15 % len(CONTROLLED)]: "controller"} if number % 15 in (3, 9) else {}
    return PROCESSED[number % len(PROCESSED)] | also


def _contacts(number: int) -> list[dict[str, str]]:
    trouble = _trouble(number)
    count = max(1 + number % len(PLACES), 2 if trouble else 1)
    words = [trouble] + [""] * count if is_reachable(number) else ["bounce"] * count
    return [_contact(number, nth, words[nth]) for nth in range(count)]


def _trouble(number: int) -> str:
    return next((word for (every, at), word in TROUBLE.items() if number % every == at), "")


def _contact(number: int, nth: int, word: str) -> dict[str, str]:
    place = f"{PLACES[nth]}+{word}" if word else PLACES[nth]
    return {
        "name": names.person(4 * number + nth + 5),
        "email": f"{place}@{domain(number)}",
        "phone": f"+31 800 {number:04d} {nth}",
    }

"""Each client number of an office is one client, and the operator may say how many clients an office has at most.

An office cannot read the Chamber of Commerce number (KvK) of a register, but knows that each client number is one
register. All of it can be asked before anything is registered.
"""

from collections.abc import Iterable, Sequence
from uuid import UUID, uuid4

from sqlalchemy import text

from tenants.agreements.new_clients import NewClient
from tenants.database import db
from tenants.errors import Invalid
from tenants.isolation import acting_organisation
from tenants.organisations.admission import the_admission

Registers = dict[str, dict[UUID, str]]
"""By client number: the registers to which it leads, each with what the office last called the client."""
NUMBERS = text("""
    select distinct client_number from processing_agreement
     where processor_id = :office and controller_id is distinct from (select my_test_register())""")
LED = text("""
    select client_number, controller_id, controller_name from processing_agreement
     where processor_id = :office and client_number = any(:numbers) order by id""")
# Where a registration under each of these KvK numbers would lead: to a client of the office, or else somewhere new.
WOULD_LEAD = text("""
    select distinct w.kvk_number, a.controller_id from clients_with_numbers(cast(:numbers as text[])) w
      join processing_agreement a on a.processor_id = :office and a.id = w.agreement_id""")


def too_many_clients(clients: Iterable[NewClient]) -> Invalid | None:
    """Return why these are more clients than the operator allows the acting office; None when they are not."""
    admission = the_admission()
    if admission is None or admission.most_clients is None:
        return None
    known = set(db.session.scalars(NUMBERS, {"office": acting_organisation()}))
    if len(known | {client["client_number"] for client in clients}) <= admission.most_clients:
        return None
    return Invalid("office.too_many_clients", "clients", most=admission.most_clients)


def registers_by_number(clients: Iterable[NewClient]) -> Registers:
    """Return to which registers the numbers of these clients lead now."""
    numbers = [client["client_number"] for client in clients]
    registers: Registers = {}
    for number, register, name in db.session.execute(LED, {"office": acting_organisation(), "numbers": numbers}):
        registers.setdefault(number, {})[register] = name
    return registers


def registers_expected(clients: Sequence[NewClient], before: Registers) -> Registers:
    """Return to which registers the numbers of these clients would lead when they were registered. `before`: to which
    they lead now."""
    numbers = [client["kvk_number"] for client in clients if client["client_number"] in before]
    values = {"office": acting_organisation(), "numbers": numbers}
    led: dict[str, UUID] = {number: register for number, register in db.session.execute(WOULD_LEAD, values)}
    after = {number: dict(registers) for number, registers in before.items()}
    for client in clients:
        register = led.setdefault(client["kvk_number"], uuid4())
        after.setdefault(client["client_number"], {}).setdefault(register, client["name"])
    return after


def numbers_taken(clients: Sequence[NewClient], before: Registers, after: Registers) -> list[Invalid]:
    """Return a fault for each client whose number led to a register before and leads to another one after, and for each
    whose number is that of a client with another KvK number in the same list."""
    first: dict[str, NewClient] = {}
    for client in clients:
        first.setdefault(client["client_number"], client)
    names = {
        nth: first[client["client_number"]]["name"] for nth, client in enumerate(clients)
        if first[client["client_number"]]["kvk_number"] != client["kvk_number"]
    } | {
        nth: next(iter(before[client["client_number"]].values())) for nth, client in enumerate(clients)
        if _is_led_elsewhere(client["client_number"], before, after)
    }  # fmt: skip
    return [
        Invalid("agreement.number_taken", f"clients.{nth}.client_number", client_number=clients[nth]["client_number"],
                name=name)
        for nth, name in names.items()
    ]  # fmt: skip


def _is_led_elsewhere(number: str, before: Registers, after: Registers) -> bool:
    return 0 < len(before.get(number, {})) < len(after[number])

"""An owner joins a second register of its organisation into the acting one (Art. 33(5)): both stay readable."""

from uuid import UUID

from tenants.errors import AlreadyDone, Invalid, NotFound
from tenants.history.entries import Actor, Entry, record
from tenants.isolation import acting_organisation
from tenants.organisations.joining import Joinable, join_register, registers_to_join
from workflows.accounts.seating import refuse_unless_seat_counts
from workflows.engine.hints import hint_after_commit


def joinable(by: Actor) -> list[Joinable]:
    """Return the registers that this person owns beside the acting one, with the same number."""
    return registers_to_join(by.id) if by.id and by.for_id is None else []


def join(register: UUID, by: Actor) -> int:
    """Join the register in one act, with its agreements and accepted processors; return how many agreements. It is then
    read only.

    Raises NotAllowed without a fresh second factor, NotFound when there is no such register of this owner (a deputy of
    one does not count), Invalid while something stands in the way there, AlreadyDone when another was first.
    """
    refuse_unless_seat_counts(by)
    chosen = next((candidate for candidate in joinable(by) if candidate.register == register), None)
    if chosen is None or by.id is None:
        raise NotFound("joining.unknown")
    _refuse_what_stands_in_the_way(chosen)
    moved = join_register(register, by.id)
    if moved is None:
        raise AlreadyDone("joining.done")
    details = {"register": register, "name": chosen.name, "slug": chosen.slug, "agreements": moved}
    record([Entry("organisation", acting_organisation(), "register.joined_in", by, details)])
    hint_after_commit(acting_organisation())
    return moved


def _refuse_what_stands_in_the_way(chosen: Joinable) -> None:
    if chosen.is_office:
        raise Invalid("joining.office", name=chosen.name)
    if chosen.loses_proof:
        raise Invalid("joining.loses_proof", name=chosen.name)
    if chosen.without_place:
        raise Invalid("joining.without_place", name=chosen.name, count=chosen.without_place)
    if chosen.open_dossiers:
        raise Invalid("joining.open_dossiers", name=chosen.name, count=chosen.open_dossiers)

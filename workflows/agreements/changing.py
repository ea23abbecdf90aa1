"""An office agrees other hours, services or roles with a client (Art. 28(3)), or renews what ended: from a day on.

An incident hits what is in force on the local day on which it was noticed. So nothing changes for a day of an incident
about which the client has not decided, and a message that is open keeps the hours with which it began.
"""

from uuid import UUID

from tenants.agreements.changed_agreements import Terms, put_terms
from tenants.agreements.clients import Agreement, Client, locked_client
from tenants.errors import Invalid, ManyInvalid
from tenants.history.entries import Actor, Entry, record
from tenants.organisations.admission import refuse_unless_admitted


def change_terms(agreement_id: UUID, terms: Terms, seen: int, by: Actor) -> UUID:
    """Agree these terms with the client of this agreement. Returns the agreement that has them.

    From the first day of an agreement it is corrected, unless these are its terms; after the last one it is renewed.
    `seen`: the version of the client that `by` looked at. Raises NotAllowed when the office is not admitted, NotFound,
    OutOfDate, and ManyInvalid with each fault at its field.
    """
    refuse_unless_admitted()
    client = locked_client(agreement_id, seen)
    before = client.begun_by(terms.in_force_from)
    faults = _faults(client, before, terms)
    if faults or before is None:
        raise ManyInvalid(faults)
    if _written(terms) == _terms_of(before):
        return before.id
    changed = put_terms(before.id, terms)
    details = {"client_number": before.client_number, "before": _terms_of(before), "after": _written(terms)}
    record([Entry("agreement", changed, "agreement.changed", by, details, version=seen)])
    return changed


def _faults(client: Client, before: Agreement | None, terms: Terms) -> list[Invalid]:
    faults = []
    if before is None:
        faults.append(Invalid("agreement.before_first", "in_force_from", day=client.agreements[0].in_force_from))
    if terms.in_force_to is not None and terms.in_force_to < terms.in_force_from:
        faults.append(Invalid("agreement.ends_before", "in_force_to"))
    if before is not None and before.relied_on is not None and terms.in_force_from <= before.relied_on:
        faults.append(Invalid("agreement.relied_on", "in_force_from", day=before.relied_on))
    following = client.after(before) if before else None
    if following and (terms.in_force_to is None or following.in_force_from <= terms.in_force_to):
        faults.append(Invalid("agreement.overlaps_next", "in_force_to", day=following.in_force_from))
    return faults


def _terms_of(agreement: Agreement) -> dict[str, object]:
    return _written(Terms(
        in_force_from=agreement.in_force_from, in_force_to=agreement.in_force_to,
        hours_to_notify=agreement.hours_to_notify, services=agreement.services,
    ))  # fmt: skip


def _written(terms: Terms) -> dict[str, object]:
    days = {"in_force_from": terms.in_force_from, "in_force_to": terms.in_force_to}
    return {name: day.isoformat() if day else None for name, day in days.items()} | {
        "hours_to_notify": terms.hours_to_notify, "services": terms.services,
    }  # fmt: skip

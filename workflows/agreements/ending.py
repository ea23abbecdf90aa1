"""An office ends its agreement with a client: from the day after, no incident hits it.

One that was noticed on the last day or before still does. The client keeps its register, with all that is in it, and
may have other offices.
"""

from datetime import date
from uuid import UUID

from tenants.agreements.changed_agreements import put_end
from tenants.agreements.clients import Agreement, Client, locked_client
from tenants.errors import Invalid, ManyInvalid
from tenants.history.entries import Actor, Entry, record
from tenants.organisations.admission import refuse_unless_admitted


def end_agreement(agreement_id: UUID, last_day: date, reason: str | None, seen: int, by: Actor) -> None:
    """Let this be the last local day on which an agreement with this client is in force.

    What was agreed for a later day and never began is withdrawn. `seen`: the version of the client that `by` looked at.
    Raises NotAllowed when the office is not admitted, NotFound, OutOfDate, and ManyInvalid for a day before the newest
    agreement began or before an incident about which the client has not decided, and for a later day than the last one
    of an agreement that is over: it is renewed (changing.py).
    """
    refuse_unless_admitted()
    client = locked_client(agreement_id, seen)
    ending = client.begun_by(last_day)
    faults = _faults(client, ending, last_day)
    if faults or ending is None:
        raise ManyInvalid(faults)
    withdrawn = put_end(ending.id, last_day)
    details = {"client_number": ending.client_number, "in_force_to": last_day.isoformat()}
    if ending.in_force_to is not None:
        details["before"] = ending.in_force_to.isoformat()
    record([
        Entry("agreement", ending.id, "agreement.ended", by, details, {"reason": reason} if reason else {}, seen),
        *(Entry("agreement", each, "agreement.withdrawn", by, {"client_number": ending.client_number})
          for each in withdrawn),
    ])  # fmt: skip


def _faults(client: Client, ending: Agreement | None, last_day: date) -> list[Invalid]:
    begun = client.begun_by(client.today)
    if ending is None or (begun is not None and begun.in_force_from > last_day):
        newest = begun or client.agreements[0]
        return [Invalid("agreement.ends_before_begin", "last_day", day=newest.in_force_from)]
    if ending.in_force_to is not None and ending.in_force_to < min(client.today, last_day):
        return [Invalid("agreement.over", "last_day", day=ending.in_force_to)]
    if ending.relied_on is not None and last_day < ending.relied_on:
        return [Invalid("agreement.end_relied_on", "last_day", day=ending.relied_on)]
    return []

"""An office writes the name or the number of a client otherwise. Neither is dated: both stand in all its agreements.

An incident is recorded by name and number, so they say whose register it opens: a person changes them, with a second
factor of that moment.
Messages keep the name with which they were sent, and the client's register keeps its own name.
"""

from uuid import UUID

from tenants.agreements.changed_agreements import name_with_number, put_name
from tenants.agreements.clients import locked_client
from tenants.errors import Invalid, NotAllowed
from tenants.history.entries import Actor, Entry, record
from tenants.organisations.admission import refuse_unless_admitted
from workflows.accounts.seating import refuse_unless_seat_counts


def rename_client(agreement_id: UUID, name: str, client_number: str, seen: int, by: Actor) -> None:
    """Give the client of this agreement this name and number, unless it has them.

    `seen`: the version of the client that `by` looked at. Raises NotAllowed when the office is not admitted, for an API
    token, and without a second factor of at most five minutes ago; NotFound, OutOfDate, and Invalid when another client
    has this number.
    """
    refuse_unless_admitted()
    if by.is_token:
        raise NotAllowed("client.name_not_by_token")
    refuse_unless_seat_counts(by)
    client = locked_client(agreement_id, seen)
    before = client.current
    if (name, client_number) == (before.controller_name, before.client_number):
        return
    if client_number != before.client_number and (taken_by := name_with_number(client_number, client)) is not None:
        raise Invalid("agreement.number_taken", "client_number", client_number=client_number, name=taken_by)
    put_name(before.id, name, client_number)
    details = {"client_number": {"before": before.client_number, "after": client_number}}
    personal = {"name": {"before": before.controller_name, "after": name}}
    record([Entry("agreement", before.id, "agreement.renamed", by, details, personal, seen)])

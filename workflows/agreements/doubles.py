"""An office that registers a client reads first which of its clients are like it, and says that it is another one."""

from collections.abc import Sequence

from tenants.agreements.doubles_within import doubles_within
from tenants.agreements.likely_doubles import DOMAIN, LikelyDouble, likely_doubles
from tenants.agreements.new_clients import NewClient
from tenants.errors import Invalid


def likely_doubles_of(clients: Sequence[NewClient], is_confirmed: bool) -> list[Invalid]:
    """Return a fault for each client of the acting office that is like one of these, and for each of these that is like
    one before it, at what it is like; none when a person says that these are other clients."""
    doubles = [] if is_confirmed else [*likely_doubles(clients), *doubles_within(clients)]
    return [_fault(double) for double in doubles]


def _fault(double: LikelyDouble) -> Invalid:
    field = "contacts" if double.why == DOMAIN else double.why
    return Invalid(
        f"client.likely_double_{double.why}", f"clients.{double.nth}.{field}", name=double.name,
        client_number=double.client_number,
    )  # fmt: skip

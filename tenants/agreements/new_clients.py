"""A client and its agreement as an office is about to register them."""

from typing import TypedDict


class NewClient(TypedDict):
    """A client and its agreement, as an office registers it. services maps a service to the office's role."""

    slug: str
    name: str
    kvk_number: str
    client_number: str
    financial_undertaking: bool | None
    hours_to_notify: int | None
    contacts: list[dict[str, str]]
    services: dict[str, str]
    in_force_from: str
    in_force_to: str | None

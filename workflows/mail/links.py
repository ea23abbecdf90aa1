"""The addresses that mails point to. The address of the service is set once, when the process starts."""

from uuid import UUID

_installation = {"base_url": ""}


def use_base_url(url: str) -> None:
    """Set the public address of this installation, such as https://meldketen.example."""
    _installation["base_url"] = url.rstrip("/")


def receipt_link(token: str) -> str:
    """Return the page where a controller confirms receipt and opens its register."""
    return f"{_installation['base_url']}/receipt/{token}"


def invitation_link(token: str) -> str:
    """Return the page where an invited person makes an account."""
    return f"{_installation['base_url']}/invitation/{token}"


def reset_link(token: str) -> str:
    """Return the page where a person chooses a new password."""
    return f"{_installation['base_url']}/password-reset/{token}"


def lost_factor_link(token: str) -> str:
    """Return the page where a person who lost the second factor begins the wait for another."""
    return f"{_installation['base_url']}/proof/lost/link/{token}"


def overview_link() -> str:
    """Return the page with the open tasks of an organisation."""
    return f"{_installation['base_url']}/"


def awareness_link(slug: str, breach_id: UUID) -> str:
    """Return the page where a controller states when it was aware of a breach."""
    return f"{_installation['base_url']}/o/{slug}/breaches/{breach_id}/awareness"


def message_link(slug: str, breach_id: UUID) -> str:
    """Return the page with the message of a processor that the organisation does not accept, or not any more."""
    return f"{_installation['base_url']}/o/{slug}/processors#message-{breach_id}"


def genuine_link() -> str:
    """Return the page where a reader checks that a message is genuine."""
    return f"{_installation['base_url']}/genuine"

"""Addresses that mails point to. Where the service lives is told once, by whoever starts the process."""

from uuid import UUID

_installation = {"base_url": ""}


def use_base_url(url: str) -> None:
    """The public address of this installation, such as https://meldketen.example."""
    _installation["base_url"] = url.rstrip("/")


def receipt_link(token: str) -> str:
    """Where a controller confirms receipt and opens its register."""
    return f"{_installation['base_url']}/receipt/{token}"


def invitation_link(token: str) -> str:
    """Where somebody who was invited makes an account."""
    return f"{_installation['base_url']}/invitation/{token}"


def reset_link(token: str) -> str:
    """Where somebody chooses a new password."""
    return f"{_installation['base_url']}/password-reset/{token}"


def lost_factor_link(token: str) -> str:
    """Where somebody who lost their second factor begins the wait for another."""
    return f"{_installation['base_url']}/proof/lost/link/{token}"


def overview_link() -> str:
    """What needs somebody now."""
    return f"{_installation['base_url']}/"


def awareness_link(slug: str, breach_id: UUID) -> str:
    """Where a controller states itself when it was aware of a breach."""
    return f"{_installation['base_url']}/o/{slug}/breaches/{breach_id}/awareness"


def message_link(slug: str, breach_id: UUID) -> str:
    """Where a message stands of a processor that is not accepted (any more)."""
    return f"{_installation['base_url']}/o/{slug}/processors#message-{breach_id}"


def genuine_link() -> str:
    """Where a reader checks that a message is genuine."""
    return f"{_installation['base_url']}/genuine"

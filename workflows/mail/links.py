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


def reply_address_link(token: str) -> str:
    """Return the page where somebody confirms that answers to an organisation's mails may go to their address."""
    return f"{_installation['base_url']}/reply-address/{token}"


def lost_factor_link(token: str) -> str:
    """Return the page where a person who lost the second factor begins the wait for another."""
    return f"{_installation['base_url']}/proof/lost/link/{token}"


def contact_link(token: str) -> str:
    """Return the page where a contact of an office says whether they still are."""
    return f"{_installation['base_url']}/contact/{token}"


def overview_link() -> str:
    """Return the page with the open tasks of an organisation."""
    return f"{_installation['base_url']}/"


def account_link() -> str:
    """Return the page of the reader's own account."""
    return f"{_installation['base_url']}/account"


def awareness_link(slug: str, breach_id: UUID) -> str:
    """Return the page where a controller states when it was aware of a breach."""
    return f"{_installation['base_url']}/o/{slug}/breaches/{breach_id}/awareness"


def message_link(slug: str, breach_id: UUID) -> str:
    """Return the page with the message of a processor that the organisation does not accept, or not any more."""
    return f"{_installation['base_url']}/o/{slug}/processors#message-{breach_id}"


def genuine_link() -> str:
    """Return the page where a reader checks that a message is genuine."""
    return f"{_installation['base_url']}/genuine"


def organisation_link(slug: str) -> str:
    """Return the page with the open tasks of this organisation."""
    return f"{_installation['base_url']}/o/{slug}/"


def step_link(slug: str, workflow: str, subject_id: UUID) -> str:
    """Return the place on the page of a breach or a notice where its next step stands."""
    page = "notices" if workflow == "bulk_notice" else "breaches"
    return f"{_installation['base_url']}/o/{slug}/{page}/{subject_id}#next"

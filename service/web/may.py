"""Who may begin something that is no step of a workflow: the steps guard themselves."""

from service.access import role
from tenants.errors import NotAllowed
from tenants.users import PRIVACY_OFFICER


def is_officer() -> bool:
    """Whether the one who looks keeps the register."""
    return role() == PRIVACY_OFFICER


def only_officers() -> None:
    """Raises NotAllowed for whoever may only read or approve."""
    if not is_officer():
        raise NotAllowed("role.not_enough")

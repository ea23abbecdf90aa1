"""Whoever makes this request, as a dossier asks for them."""

from service.admission.access import actor_for, user
from workflows.dossiers.viewer import Viewer


def viewer() -> Viewer:
    """The person of this request, in the seats that they have at its organisation. Raises Unauthorized for nobody."""
    who = user()
    return Viewer(who.id, who.name, who.email, actor_for)

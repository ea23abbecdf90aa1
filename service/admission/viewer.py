"""The person who makes this request, in the form that a dossier asks for."""

from service.admission.access import actor_for, user
from workflows.dossiers.viewer import Viewer


def viewer() -> Viewer:
    """Return the person of this request, with their seats at its organisation.

    Raises Unauthorized when nobody is logged in.
    """
    who = user()
    return Viewer(who.id, who.name, who.email, actor_for)

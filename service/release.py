"""A release: the database is brought to this version and filled with what this version declares.

Every database comes from here: an installation's, that of `make run`, and those of tests, bench and chaos.
"""

from migrations.release import Declared, HumanStep, Installation, migrate
from workflows.accounts.tokens import SCOPES
from workflows.catalogue import steps_of_people


def release(installation: Installation) -> None:
    """Run every migration that the database has not had yet, fill it, and let the service's own role in.

    Raises ReleasedVersionChanged when the database holds a person's step otherwise than this build declares it.
    """
    migrate(installation, declared())


def declared() -> Declared:
    """Return the steps of people in every version of every workflow, and the acts that an API token may do."""
    steps = (
        HumanStep(workflow.name, workflow.version, step.name, step.other_than, step.fresh)
        for workflow, step in steps_of_people()
    )
    return Declared(tuple(steps), SCOPES)

"""Whether a step is a person's is asked for the workflow and version of its run, no more for the name alone."""

from migrations.schema import replace

revision = "0061"
down_revision = "0060"


def upgrade() -> None:
    replace("keep_steps_of_people")

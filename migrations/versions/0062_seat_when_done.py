"""A person's step is done by somebody who has a seat at the moment when it is written."""

from migrations.schema import replace

revision = "0062"
down_revision = "0061"


def upgrade() -> None:
    replace("role_held", "keep_four_eyes")

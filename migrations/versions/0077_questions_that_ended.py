"""A question that later facts ended is not open any more in the form that was sent."""

from migrations.schema import replace

revision = "0077"
down_revision = "0076"


def upgrade() -> None:
    replace("note_what_is_due")

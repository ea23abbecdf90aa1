"""A register that is closed again keeps no end of a link that a stranger had mailed."""

from migrations.schema import replace

revision = "0091"
down_revision = "0090"


def upgrade() -> None:
    replace("describe_as_registered")

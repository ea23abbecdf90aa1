"""A client's version grows when a planned agreement is withdrawn."""

from migrations.schema import replace

revision = "0089"
down_revision = "0088"


def upgrade() -> None:
    replace("count_version", "end_agreement")

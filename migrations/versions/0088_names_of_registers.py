"""An office that writes a client's name otherwise leaves the name of that client's register as it is."""

from migrations.schema import replace

revision = "0088"
down_revision = "0087"


def upgrade() -> None:
    replace("rename_client")

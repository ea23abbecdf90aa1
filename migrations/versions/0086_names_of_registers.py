"""An office that writes a client's name otherwise leaves the name of that client's register as it is."""

from migrations.schema import replace

revision = "0086"
down_revision = "0085"


def upgrade() -> None:
    replace("rename_client")

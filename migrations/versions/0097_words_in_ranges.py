"""What waits for its words is taken as a range of its index, whatever the statistics of its table say."""

from migrations.schema import replace

revision = "0097"
down_revision = "0096"


def upgrade() -> None:
    replace("index_pending")

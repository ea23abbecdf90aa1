"""The agreement with a test client is in force 30 days back: a test may be about a day before its client was made."""

from migrations.schema import replace

revision = "0109"
down_revision = "0108"


def upgrade() -> None:
    replace("make_test_client")

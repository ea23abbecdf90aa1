"""Several owners ask together for the end of a seat, each at most once a day after taking it back."""

from pathlib import Path

from alembic import op

revision = "0047"
down_revision = "0046"

SQL = Path(__file__).parent.parent / "sql"


def upgrade() -> None:
    bare = op.get_bind().execution_options(no_parameters=True)
    bare.exec_driver_sql((SQL / "0047_asked_together.sql").read_text("utf-8"))

"""A notice whose last event never came: when to look, and what its readers are when nobody ever hears of them."""

from pathlib import Path

from alembic import op

revision = "0006"
down_revision = "0005"

SQL = Path(__file__).parent.parent / "sql"


def upgrade() -> None:
    bare = op.get_bind().execution_options(no_parameters=True)
    bare.exec_driver_sql((SQL / "0006_lost_events.sql").read_text("utf-8"))

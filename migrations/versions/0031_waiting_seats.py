"""A seat that waits changes nothing of its organisation."""

from pathlib import Path

from alembic import op

revision = "0031"
down_revision = "0030"

SQL = Path(__file__).parent.parent / "sql"


def upgrade() -> None:
    bare = op.get_bind().execution_options(no_parameters=True)
    bare.exec_driver_sql((SQL / "0031_waiting_seats.sql").read_text("utf-8"))

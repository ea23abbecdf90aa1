"""To which register an agreement or a message leads is written by the doors alone."""

from pathlib import Path

from alembic import op

revision = "0050"
down_revision = "0049"

SQL = Path(__file__).parent.parent / "sql"


def upgrade() -> None:
    bare = op.get_bind().execution_options(no_parameters=True)
    bare.exec_driver_sql((SQL / "0050_led_by_doors.sql").read_text("utf-8"))

"""No breach comes into a register while it is joined into another."""

from pathlib import Path

from alembic import op

revision = "0037"
down_revision = "0036"

SQL = Path(__file__).parent.parent / "sql"


def upgrade() -> None:
    bare = op.get_bind().execution_options(no_parameters=True)
    bare.exec_driver_sql((SQL / "0037_one_at_a_time.sql").read_text("utf-8"))

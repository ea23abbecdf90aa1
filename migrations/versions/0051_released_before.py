"""No moment rests on mail to a stranger in a register that was released before 0043."""

from pathlib import Path

from alembic import op

revision = "0051"
down_revision = "0050"

SQL = Path(__file__).parent.parent / "sql"


def upgrade() -> None:
    bare = op.get_bind().execution_options(no_parameters=True)
    bare.exec_driver_sql((SQL / "0051_released_before.sql").read_text("utf-8"))

"""Both offices hear of a register that was split, and what one of them wrote leaves the other's register."""

from pathlib import Path

from alembic import op

revision = "0035"
down_revision = "0034"

SQL = Path(__file__).parent.parent / "sql"


def upgrade() -> None:
    bare = op.get_bind().execution_options(no_parameters=True)
    bare.exec_driver_sql((SQL / "0035_split_registers.sql").read_text("utf-8"))

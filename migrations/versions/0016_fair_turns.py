"""Every queue chooses organisations first and rows second; what fails waits by itself."""

from pathlib import Path

from alembic import op

revision = "0016"
down_revision = "0015"

SQL = Path(__file__).parent.parent / "sql"


def upgrade() -> None:
    bare = op.get_bind().execution_options(no_parameters=True)
    bare.exec_driver_sql((SQL / "0016_fair_turns.sql").read_text("utf-8"))

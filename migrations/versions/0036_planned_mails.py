"""Mails that an earlier version planned are sent, though their texts say more since."""

from pathlib import Path

from alembic import op

revision = "0036"
down_revision = "0035"

SQL = Path(__file__).parent.parent / "sql"


def upgrade() -> None:
    bare = op.get_bind().execution_options(no_parameters=True)
    bare.exec_driver_sql((SQL / "0036_planned_mails.sql").read_text("utf-8"))

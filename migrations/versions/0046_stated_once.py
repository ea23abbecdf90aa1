"""A receipt that does not count is stated once for each link."""

from pathlib import Path

from alembic import op

revision = "0046"
down_revision = "0045"

SQL = Path(__file__).parent.parent / "sql"


def upgrade() -> None:
    bare = op.get_bind().execution_options(no_parameters=True)
    bare.exec_driver_sql((SQL / "0046_stated_once.sql").read_text("utf-8"))

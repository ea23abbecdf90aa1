"""The people of an organisation hear that the operator changed its name."""

from pathlib import Path

from alembic import op

revision = "0034"
down_revision = "0033"

SQL = Path(__file__).parent.parent / "sql"


def upgrade() -> None:
    bare = op.get_bind().execution_options(no_parameters=True)
    bare.exec_driver_sql((SQL / "0034_renamed.sql").read_text("utf-8"))

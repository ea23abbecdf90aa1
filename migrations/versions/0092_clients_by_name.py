"""The clients of an office are sorted by name and by number from an index."""

from pathlib import Path

from alembic import op

revision = "0092"
down_revision = "0091"

SQL = Path(__file__).parent.parent / "sql"


def upgrade() -> None:
    bare = op.get_bind().execution_options(no_parameters=True)
    bare.exec_driver_sql((SQL / "0092_clients_by_name.sql").read_text("utf-8"))

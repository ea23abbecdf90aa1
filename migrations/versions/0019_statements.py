"""A moment that another organisation states is its statement; receipts name the link's address."""

from pathlib import Path

from alembic import op

revision = "0019"
down_revision = "0018"

SQL = Path(__file__).parent.parent / "sql"


def upgrade() -> None:
    bare = op.get_bind().execution_options(no_parameters=True)
    for part in ("0019_statements", "0019_waiting"):
        bare.exec_driver_sql((SQL / f"{part}.sql").read_text("utf-8"))

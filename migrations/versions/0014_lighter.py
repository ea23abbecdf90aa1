"""Mail in fewer writes: a list is in batches before it is released, and what becomes of a reader touches no index."""

from pathlib import Path

from alembic import op

revision = "0014"
down_revision = "0013"

SQL = Path(__file__).parent.parent / "sql"


def upgrade() -> None:
    bare = op.get_bind().execution_options(no_parameters=True)
    bare.exec_driver_sql((SQL / "0014_lighter.sql").read_text("utf-8"))

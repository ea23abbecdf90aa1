"""The register is filtered by where a breach stands, whatever its size. Words are kept by the keys of what waits."""

from pathlib import Path

from alembic import op

from migrations.schema import replace

revision = "0086"
down_revision = "0085"

SQL = Path(__file__).parent.parent / "sql"


def upgrade() -> None:
    bare = op.get_bind().execution_options(no_parameters=True)
    bare.exec_driver_sql((SQL / "0086_filters.sql").read_text("utf-8"))
    replace("index_pending")

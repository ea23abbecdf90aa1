"""A register's own moment and the office's stand side by side."""

from pathlib import Path

from alembic import op

revision = "0033"
down_revision = "0032"

SQL = Path(__file__).parent.parent / "sql"


def upgrade() -> None:
    bare = op.get_bind().execution_options(no_parameters=True)
    for file in ("0033_own_moments.sql", "0033_refused_when_ended.sql", "0033_decided_alone.sql"):
        bare.exec_driver_sql((SQL / file).read_text("utf-8"))

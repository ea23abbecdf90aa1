"""Joining two registers takes nobody's place or proof, and everybody hears of it."""

from pathlib import Path

from alembic import op

revision = "0048"
down_revision = "0047"

SQL = Path(__file__).parent.parent / "sql"


def upgrade() -> None:
    bare = op.get_bind().execution_options(no_parameters=True)
    bare.exec_driver_sql((SQL / "0048_joined_unheard.sql").read_text("utf-8"))

"""Whose word a session's second factor is; and a seat that waits proves nothing of the organisation."""

from pathlib import Path

from alembic import op

revision = "0045"
down_revision = "0044"

SQL = Path(__file__).parent.parent / "sql"


def upgrade() -> None:
    bare = op.get_bind().execution_options(no_parameters=True)
    bare.exec_driver_sql((SQL / "0045_whose_proof.sql").read_text("utf-8"))

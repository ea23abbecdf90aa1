"""A notice knows who changed its sender, and a confirmed address for answers is used until another one is confirmed."""

from pathlib import Path

from alembic import op

from migrations.schema import replace

revision = "0098"
down_revision = "0097"

SQL = Path(__file__).parent.parent / "sql"


def upgrade() -> None:
    bare = op.get_bind().execution_options(no_parameters=True)
    bare.exec_driver_sql((SQL / "0098_sender_approved.sql").read_text("utf-8"))
    replace("approve_unprepared", "move_notices", "describe_as_registered")

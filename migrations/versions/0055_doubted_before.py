"""Contacts of registers that were released long ago wait for the office's word; a release ends waiting reminders."""

from pathlib import Path

from alembic import op

from migrations.schema import replace

revision = "0055"
down_revision = "0054"

SQL = Path(__file__).parent.parent / "sql"


def upgrade() -> None:
    replace("drop_reminders", "release_claim")
    bare = op.get_bind().execution_options(no_parameters=True)
    bare.exec_driver_sql((SQL / "0055_doubted_before.sql").read_text("utf-8"))

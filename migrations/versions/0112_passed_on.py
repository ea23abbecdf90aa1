"""A message of one's own processor becomes an incident of one's own, for one's own clients."""

from pathlib import Path

from alembic import op

from migrations.schema import replace, replace_rules

revision = "0112"
down_revision = "0111"

SQL = Path(__file__).parent.parent / "sql"


def upgrade() -> None:
    bare = op.get_bind().execution_options(no_parameters=True)
    bare.exec_driver_sql((SQL / "0112_passed_on.sql").read_text("utf-8"))
    replace("messages_above", "keep_passing_on")
    replace_rules("incident")

"""The overview knows which incidents a person ended, and which entries of the history a member has seen."""

from pathlib import Path

from alembic import op

from migrations.schema import replace_rules

revision = "0067"
down_revision = "0066"

SQL = Path(__file__).parent.parent / "sql"


def upgrade() -> None:
    bare = op.get_bind().execution_options(no_parameters=True)
    bare.exec_driver_sql((SQL / "0067_overview.sql").read_text("utf-8"))
    replace_rules("incident_end")
    replace_rules("history_seen")

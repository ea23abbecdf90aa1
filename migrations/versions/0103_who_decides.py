"""Whoever filled in an address for answers prepared the notices that it stands in; no preparer releases a notice."""

from pathlib import Path

from alembic import op

from migrations.schema import replace, replace_rules

revision = "0103"
down_revision = "0102"

SQL = Path(__file__).parent.parent / "sql"


def upgrade() -> None:
    bare = op.get_bind().execution_options(no_parameters=True)
    bare.exec_driver_sql((SQL / "0103_who_decides.sql").read_text("utf-8"))
    replace("approve_unprepared", "describe_as_registered")
    replace_rules("organisation", "step")

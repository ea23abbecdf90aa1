"""The answers of an assessment are kept by person while it is not recorded yet."""

from pathlib import Path

from alembic import op

from migrations.schema import replace, replace_rules

revision = "0063"
down_revision = "0062"

SQL = Path(__file__).parent.parent / "sql"


def upgrade() -> None:
    bare = op.get_bind().execution_options(no_parameters=True)
    bare.exec_driver_sql((SQL / "0063_assessment_draft.sql").read_text("utf-8"))
    replace("end_lapsed")
    replace_rules("assessment_draft")

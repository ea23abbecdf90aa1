"""What an assessment rests on: facts, advice, severity; a term that the authority moved."""

from pathlib import Path

from alembic import op

revision = "0002"
down_revision = "0001"

SQL = Path(__file__).parent.parent / "sql"


def upgrade() -> None:
    bare = op.get_bind().execution_options(no_parameters=True)
    bare.exec_driver_sql((SQL / "0002_assessment.sql").read_text("utf-8"))

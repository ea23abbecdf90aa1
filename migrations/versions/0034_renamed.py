"""The operator founds the first office, and a rename by the operator is told to whom it concerns."""

from pathlib import Path

from alembic import op

revision = "0034"
down_revision = "0033"

SQL = Path(__file__).parent.parent / "sql"


def upgrade() -> None:
    bare = op.get_bind().execution_options(no_parameters=True)
    for name in ("founded", "renamed"):
        bare.exec_driver_sql((SQL / f"0034_{name}.sql").read_text("utf-8"))

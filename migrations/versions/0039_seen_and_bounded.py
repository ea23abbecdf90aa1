"""The operator sees whom it admitted; a queue takes only what it can do; notices of before wait."""

from pathlib import Path

from alembic import op

revision = "0039"
down_revision = "0038"

SQL = Path(__file__).parent.parent / "sql"


def upgrade() -> None:
    bare = op.get_bind().execution_options(no_parameters=True)
    bare.exec_driver_sql((SQL / "0039_seen_and_bounded.sql").read_text("utf-8"))

"""A proof says what it proved: the number alone, or the name as well; a proven name changes by the operator alone."""

from pathlib import Path

from alembic import op

revision = "0028"
down_revision = "0027"

SQL = Path(__file__).parent.parent / "sql"


def upgrade() -> None:
    bare = op.get_bind().execution_options(no_parameters=True)
    bare.exec_driver_sql((SQL / "0028_proven_name.sql").read_text("utf-8"))
